from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from generation.pages.compose import ALT_TEXT_LIMIT, Composer
from generation.pages.export import ExportError, to_jpeg_within, to_png
from generation.pages.ink import MISSING, PAPER, cover
from generation.pages.layout import lay_out
from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.story import Lettering

COMPOSER = Composer(page_width=400)
BLUE = (30, 60, 200)


def panel(number: int | None, *lettering: Lettering, alt_text: str = "A scene.") -> PlannedPanel:
    return PlannedPanel("", "", 0, (), ("Tom",), number, lettering, alt_text)


def plan(*panels: PlannedPanel, title: str = "", credits: str = "") -> RenderPlan:
    return RenderPlan(
        title, "toon", "comic", 64, 64, 1, 1.0, 0, 0.5, 0.0, 4, panels, credits=credits
    )


def pictures(count: int) -> dict[int, Image.Image]:
    return {number: Image.new("RGB", (64, 64), BLUE) for number in range(1, count + 1)}


WORDS = st.text(max_size=200)
SAID = st.builds(Lettering, WORDS, st.sampled_from((None, "Tom", "Lisa")))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(SAID, max_size=3), min_size=1, max_size=4))
def test_gutters_stay_white_whatever_is_said(said: list[list[Lettering]]) -> None:
    panels = [panel(number, *words) for number, words in enumerate(said, start=1)]
    (page,) = COMPOSER.compose(plan(*panels), pictures(len(said)))
    outside = page.image.copy()
    canvas = ImageDraw.Draw(outside)
    for rect in lay_out(len(said), 1.0, 400).panels:
        canvas.rectangle((rect.x, rect.y, rect.right - 1, rect.bottom - 1), PAPER)
    assert ImageChops.invert(outside).getbbox() is None


def test_a_caption_is_drawn_over_the_art_and_leaves_the_rest_of_it() -> None:
    words = plan(panel(1, Lettering("Tom writes code.")))
    silent = Composer().compose(plan(panel(1)), pictures(1))[0].image
    lettered = Composer().compose(words, pictures(1))[0].image
    changed = ImageChops.difference(silent, lettered).getbbox()
    assert changed is not None
    assert changed[1] > lettered.height / 2


def test_hidden_panels_are_not_shown_and_missing_pictures_are_grey() -> None:
    (page,) = COMPOSER.compose(plan(panel(1), panel(2), panel(None)), pictures(1))
    first, second = lay_out(2, 1.0, 400).panels
    assert page.image.getpixel((first.x + 50, first.y + 50)) == BLUE
    assert page.image.getpixel((second.x + 50, second.y + 50)) == MISSING


def test_thirteen_panels_are_two_pages_with_their_own_alt_texts() -> None:
    story = plan(*(panel(number) for number in range(1, 14)), title="Tabs", credits="Ada")
    one, two = COMPOSER.compose(story, pictures(13))
    assert one.alt_text.splitlines()[0] == "Panel 1: A scene."
    assert two.alt_text.splitlines()[0] == "Panel 8: A scene."
    assert len(two.alt_text.splitlines()) == 6


@pytest.mark.parametrize(
    "title", ["Tabs or spaces?", "制表符还是空格？", "A title that is " * 30, "שלום"]
)
def test_title_and_credits_have_their_own_room(title: str) -> None:
    bare = COMPOSER.compose(plan(panel(1)), pictures(1))[0].image
    titled = COMPOSER.compose(plan(panel(1), title=title, credits=title), pictures(1))[0].image
    assert titled.height > bare.height
    assert titled.width == bare.width


@given(st.lists(st.text(max_size=900), min_size=1, max_size=12))
def test_an_alt_text_fits_discord_and_keeps_something_of_every_panel(texts: list[str]) -> None:
    panels = [
        panel(number, alt_text="x" + text.replace("\n", " ").replace("\r", " "))
        for number, text in enumerate(texts, start=1)
    ]
    (page,) = COMPOSER.compose(plan(*panels), {})
    assert len(page.alt_text) <= ALT_TEXT_LIMIT
    for one in panels:
        assert f"Panel {one.number}: x" in page.alt_text


@pytest.mark.parametrize("size", [(64, 64), (200, 50), (50, 200), (1, 1)])
def test_a_picture_of_another_shape_covers_its_panel(size: tuple[int, int]) -> None:
    assert cover(Image.new("L", size, 90), 120, 80).getcolors() == [(9600, (90, 90, 90))]


def test_a_page_is_the_same_from_the_same_plan() -> None:
    story = plan(panel(1, Lettering("Hi", "Tom")), title="Tabs", credits="Ada")
    pages = [Composer(300).compose(story, pictures(1))[0].image for _ in range(2)]
    assert pages[0].tobytes() == pages[1].tobytes()


def test_a_page_width_is_kept() -> None:
    story = replace(plan(panel(1)), width=96)
    assert Composer(777).compose(story, pictures(1))[0].image.width == 777


def noise() -> Image.Image:
    return Image.effect_noise((400, 300), 90).convert("RGB")


def test_a_png_is_the_page_to_the_bit() -> None:
    page = noise()
    assert Image.open(BytesIO(to_png(page))).tobytes() == page.tobytes()


@pytest.mark.parametrize("limit", [1_000_000, 60_000, 20_000, 4_000])
def test_a_jpeg_fits_its_limit(limit: int) -> None:
    data = to_jpeg_within(noise(), limit)
    assert len(data) <= limit
    assert Image.open(BytesIO(data)).format == "JPEG"


def test_a_limit_that_no_picture_fits_is_an_error() -> None:
    with pytest.raises(ExportError, match="of 10 bytes"):
        to_jpeg_within(noise(), 10)


def test_variants_stand_side_by_side_each_with_its_own_pictures() -> None:
    panels = [panel(1), panel(None), panel(2), panel(None)]
    varied = replace(plan(*panels), variants=(5, 6))
    (sheet,) = COMPOSER.compose(varied, {1: pictures(1)[1], 2: Image.new("RGB", (64, 64), "red")})
    left, right = (
        sheet.image.crop((at * 200, 0, at * 200 + 200, sheet.image.height)).getcolors(1 << 20)
        for at in (0, 1)
    )
    assert max(left or [])[1] == BLUE
    assert max(right or [])[1] == (255, 0, 0)

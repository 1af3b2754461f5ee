"""Words find their speakers where these were seen, and keep off their faces."""

from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generation.pages.export import to_png
from generation.pages.layout import Rect
from generation.pages.lettering import letter_panel
from generation.pages.speakers import Speakers, speakers_in
from generation.pages.whereabouts import KEY, Box, whereabouts
from generation.script.story import Lettering
from tests.generation.pages.test_lettering import SETTERS

PANEL = Rect(100, 50, 512, 512)
TOM = Box(0.55, 0.3, 0.95, 1.0)
SHARE = st.floats(0, 1)


def reopened(picture: Image.Image, places: dict[str, Box]) -> Image.Image:
    return Image.open(BytesIO(to_png(picture, places)))


def test_a_file_says_where_its_characters_are() -> None:
    picture = Image.new("RGB", (64, 64))
    places = {"Tom": TOM, "小明": Box(0, 0, 0.5, 1)}
    assert whereabouts(reopened(picture, places)) == places
    assert whereabouts(reopened(picture, {})) == {}
    assert whereabouts(picture) == {}
    picture.info[KEY] = "no JSON"
    assert whereabouts(picture) == {}


def test_a_balloon_is_where_its_speaker_was_seen_though_named_in_another_order() -> None:
    picture = reopened(Image.new("RGB", (256, 256)), {"Tom": TOM, "Lisa": Box(0.05, 0.3, 0.4, 1)})
    seen = speakers_in(PANEL, ("Tom", "Lisa"), picture)
    (balloon,) = letter_panel(PANEL, [Lettering("Hm.", "Tom")], seen, SETTERS.__getitem__, 20)
    (guessed,) = letter_panel(
        PANEL, [Lettering("Hm.", "Tom")], Speakers(("Tom", "Lisa")), SETTERS.__getitem__, 20
    )
    middle = PANEL.x + PANEL.width / 2
    assert balloon.rect.x > middle > guessed.rect.right
    assert balloon.tip is not None
    assert balloon.tip[1] <= seen.mouth("Tom", PANEL)[1]


def test_what_is_cut_off_is_counted_off() -> None:
    """A wide picture in a square panel: its sides are not seen."""
    picture = reopened(
        Image.new("RGB", (200, 100)), {"Tom": Box(0.5, 0, 0.75, 1), "X": Box(0, 0, 0.2, 1)}
    )
    seen = speakers_in(Rect(0, 0, 300, 300), ("Tom", "X"), picture).seen
    assert seen == {"Tom": Rect(150, 0, 150, 300)}


def test_a_balloon_moves_off_a_face_that_reaches_the_top() -> None:
    picture = reopened(Image.new("RGB", (256, 256)), {"Tom": Box(0.35, 0.0, 0.65, 1.0)})
    seen = speakers_in(PANEL, ("Tom",), picture)
    (balloon,) = letter_panel(PANEL, [Lettering("Look!", "Tom")], seen, SETTERS.__getitem__, 20)
    (face,) = seen.faces
    assert balloon.rect.overlaps(face.moved(round(balloon.rect.x - face.x), 0))  # it is as high
    centred = round(PANEL.x + (PANEL.width - balloon.rect.width) / 2)
    over = balloon.rect.moved(centred - balloon.rect.x, 0)
    assert common(balloon.rect, face) < 0.6 * common(over, face)


def common(one: Rect, other: Rect) -> int:
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0, across) * max(0, down)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(SHARE, SHARE, SHARE, SHARE), max_size=3), st.text("ab 天。", max_size=120)
)
def test_words_stay_in_their_panel_wherever_people_stand(
    boxes: list[tuple[float, float, float, float]], text: str
) -> None:
    places = {
        str(at): Box(min(a, b), min(c, d), max(a, b), max(c, d))
        for at, (a, b, c, d) in enumerate(boxes)
    }
    seen = speakers_in(PANEL, tuple(places), reopened(Image.new("RGB", (64, 96)), places))
    pieces = [Lettering(text, name) for name in (*places, "Off")]
    blocks = letter_panel(PANEL, pieces, seen, SETTERS.__getitem__, 24)
    for block in blocks:
        assert PANEL.contains(block.rect)
        assert block.tip is None or PANEL.contains(Rect(*block.tip, 0, 0))
    for at, block in enumerate(blocks):
        assert not any(block.rect.overlaps(other.rect) for other in blocks[at + 1 :])

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.pages.fonts import Shelf
from generation.pages.layout import Rect
from generation.pages.lettering import Block, letter_panel
from generation.pages.speakers import Speakers
from generation.pages.typeset import Typesetter
from generation.script.story import Lettering

SHELF = Shelf.installed()
SETTERS = {size: Typesetter(SHELF, size) for size in range(1, 60)}
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(st.sampled_from("ab 天気。！שלום عرب😀W"), max_size=300),
    st.integers(1, 400).map(lambda count: "word " * count),
    st.integers(1, 400).map(lambda count: "字" * count),
    st.integers(1, 400).map(lambda count: "W" * count),
)
PIECES = st.lists(
    st.builds(Lettering, TEXTS, st.sampled_from((None, "Tom", "Lisa", "Off"))), max_size=5
)


def lettered(panel: Rect, pieces: list[Lettering], letter_size: int = 27) -> tuple[Block, ...]:
    return letter_panel(panel, pieces, Speakers(("Tom", "Lisa")), SETTERS.__getitem__, letter_size)


@settings(max_examples=50, deadline=None)
@given(PIECES, st.integers(20, 1200), st.integers(20, 1200), st.integers(9, 50))
def test_words_never_leave_their_panel_nor_cover_each_other(
    pieces: list[Lettering], width: int, height: int, letter_size: int
) -> None:
    panel = Rect(31, 17, width, height)
    blocks = lettered(panel, pieces, letter_size)
    for block in blocks:
        assert panel.contains(block.rect)
        setter = SETTERS[block.size]
        assert all(setter.width(line) <= block.rect.width for line in block.lines)
        assert setter.height(len(block.lines)) <= block.rect.height
        if block.tip is not None:
            assert panel.contains(Rect(*block.tip, 0, 0))
    for one, other in combinations(blocks, 2):
        assert not one.rect.overlaps(other.rect)


def texts(blocks: tuple[Block, ...]) -> list[str]:
    return [" ".join(block.lines) for block in blocks]


def test_captions_before_speech_are_at_the_top_and_others_at_the_bottom() -> None:
    panel = Rect(0, 0, 560, 560)
    pieces = [Lettering("Morning."), Lettering("Tabs!", "Tom"), Lettering("Later...")]
    first, balloon, last = lettered(panel, pieces)
    assert first.rect.bottom < balloon.rect.y < 200
    assert last.rect.y > 450
    assert (first.tip, last.tip) == (None, None)


def test_balloons_hang_over_their_speakers_in_the_order_of_reading() -> None:
    panel = Rect(0, 0, 560, 560)
    left, right = lettered(panel, [Lettering("Tabs!", "Tom"), Lettering("Spaces!", "Lisa")])
    assert left.rect.right < 280 < right.rect.x
    assert left.rect.y < right.rect.y
    later, sooner = lettered(panel, [Lettering("Spaces!", "Lisa"), Lettering("Tabs!", "Tom")])
    assert sooner.rect.y > later.rect.y + later.rect.height / 2


def test_long_words_get_smaller_letters_and_at_last_an_ellipsis() -> None:
    panel = Rect(0, 0, 400, 400)
    short, long, endless = (
        lettered(panel, [Lettering("Some words. " * count)])[0] for count in (2, 20, 500)
    )
    assert short.size == 27
    assert long.size < short.size
    assert texts((endless,))[0].endswith("…")
    assert len(texts((endless,))[0]) > 500


def test_right_to_left_captions_stand_at_the_right() -> None:
    panel = Rect(0, 0, 560, 560)
    (block,) = lettered(panel, [Lettering("שלום עולם")])
    assert block.direction == "rtl"
    assert block.rect.x > 280


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\u202e\u2066"])
def test_nothing_to_say_is_no_box(text: str) -> None:
    assert lettered(Rect(0, 0, 500, 500), [Lettering(text), Lettering(text, "Tom")]) == ()

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pages.layout import MOST_PANELS, Rect, lay_out, split_pages
from generation.script.choices import Layout


@given(
    st.integers(1, 12),
    st.floats(0.03, 32),
    st.integers(200, 2400),
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from(Layout),
)
def test_panels_lie_inside_the_page_and_never_overlap(
    count: int, aspect: float, width: int, header: int, footer: int, layout: Layout
) -> None:
    page = lay_out(count, aspect, width, header=header, footer=footer, layout=layout)
    whole = Rect(0, 0, page.width, page.height)
    assert len(page.panels) == count
    rects = [*page.panels, page.header, page.footer]
    assert all(whole.contains(rect) for rect in rects)
    assert all(rect.width > 0 and rect.height > 0 for rect in page.panels)
    assert not any(one.overlaps(other) for one, other in combinations(rects, 2))


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (1, [1]),
        (2, [2]),
        (3, [1, 2]),
        (4, [2, 2]),
        (5, [2, 3]),
        (6, [2, 2, 2]),
        (7, [2, 3, 2]),
        (8, [3, 2, 3]),
        (9, [3, 3, 3]),
        (10, [2, 3, 3, 2]),
        (12, [3, 3, 3, 3]),
    ],
)
def test_square_pictures_stand_in_rows_of_like_length(count: int, rows: list[int]) -> None:
    tops = [rect.y for rect in lay_out(count, 1.0).panels]
    assert [tops.count(top) for top in dict.fromkeys(tops)] == rows


@pytest.mark.parametrize("aspect", [1.0, 1.5, 0.75])
def test_panels_have_the_shape_of_their_pictures(aspect: float) -> None:
    for rect in lay_out(9, aspect).panels:
        assert rect.width / rect.height == pytest.approx(aspect, rel=0.02)


@given(st.integers(0, 200))
def test_more_than_twelve_panels_make_balanced_pages(count: int) -> None:
    pages = split_pages(count)
    assert [at for page in pages for at in page] == list(range(count))
    sizes = [len(page) for page in pages]
    assert all(size <= 12 for size in sizes)
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_thirteen_panels_are_seven_and_six() -> None:
    assert split_pages(13) == [range(7), range(7, 13)]


@pytest.mark.parametrize(
    ("layout", "count", "rows"),
    [
        (Layout.GRID, 1, [1]),
        (Layout.GRID, 5, [2, 2, 1]),
        (Layout.GRID, 8, [3, 3, 2]),
        (Layout.STRIP, 4, [1, 1, 1, 1]),
    ],
)
def test_grids_and_strips_have_panels_of_one_size(
    layout: Layout, count: int, rows: list[int]
) -> None:
    panels = lay_out(count, 1.0, layout=layout).panels
    tops = [rect.y for rect in panels]
    assert [tops.count(top) for top in dict.fromkeys(tops)] == rows
    widths = [rect.width for rect in panels]
    assert max(widths) - min(widths) <= 1


def test_a_long_strip_goes_on_on_the_next_page() -> None:
    assert split_pages(6, MOST_PANELS[Layout.STRIP]) == [range(3), range(3, 6)]

"""Where panels go on a page: pure geometry in whole pixels."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from generation.script.choices import Layout

MOST_PANELS = {  # a page; more panels make more pages
    Layout.PAGE: 12,
    Layout.GRID: 12,
    Layout.STRIP: 4,  # the length of a newspaper's strip; a longer one is a thread in a chat window
}
MOST_IN_ROW = 4
SMALL_GRID, LARGE_GRID = 2, 3  # panels in a row
LARGE = 6  # panels, from which on a grid has rows of three, so that pages stay short
STRIP_WIDTH = 0.6  # of a page's width: one panel in a row would be larger than its picture
MARGIN = 0.034  # of the page's width
GUTTER = 0.014
PAGE_SHAPE = 1.35  # height to width; a comic album's page
FLATTEST, TALLEST = 0.45, 1.8  # height to width; pages beyond look bad in a chat window


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels: left and top edge, width and height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def inset(self, by: int) -> "Rect":
        return Rect(
            self.x + by, self.y + by, max(0, self.width - 2 * by), max(0, self.height - 2 * by)
        )

    def moved(self, dx: int, dy: int) -> "Rect":
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def contains(self, other: "Rect") -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: "Rect") -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A page of `width` x `height`; `panels` in reading order. Header and footer may be empty."""

    width: int
    height: int
    panels: tuple[Rect, ...]
    header: Rect
    footer: Rect


def split_pages(count: int, most: int = MOST_PANELS[Layout.PAGE]) -> list[range]:
    """Panels of each page, as equal as can be, the longer pages first: 13 are 7 and 6."""
    pages = math.ceil(count / most)
    sizes = [count // pages + (page < count % pages) for page in range(pages)]
    starts = [sum(sizes[:page]) for page in range(pages)]
    return [range(start, start + size) for start, size in zip(starts, sizes, strict=True)]


def lay_out(
    count: int,
    aspect: float,
    width: int = 1200,
    *,
    header: int = 0,
    footer: int = 0,
    layout: Layout = Layout.PAGE,
) -> PageLayout:
    """A page for 1 to 12 panels (4 in a strip) whose pictures are `aspect` times as wide as high.

    Each row fills the page's width with panels of the picture's own shape, so nothing is cropped;
    only the last row of a grid may be shorter. `header` and `footer` are the heights kept free
    above and below, in pixels.
    """
    margin, gutter = round(width * MARGIN), max(2, round(width * GUTTER))
    width = round(width * STRIP_WIDTH) if layout is Layout.STRIP else width
    across = width - 2 * margin
    panels: list[Rect] = []
    y = margin + header
    for in_row, columns in _rows(count, aspect, layout):
        edges = [round(at * (across + gutter) / columns) for at in range(columns + 1)]
        height = max(1, round((edges[1] - gutter) / aspect))
        panels += [
            Rect(margin + left, y, right - left - gutter, height)
            for left, right in pairwise(edges[: in_row + 1])
        ]
        y += height + gutter
    bottom = y - gutter
    return PageLayout(
        width=width,
        height=bottom + footer + margin,
        panels=tuple(panels),
        header=Rect(margin, margin, across, header),
        footer=Rect(margin, bottom, across, footer),
    )


def _rows(count: int, aspect: float, layout: Layout) -> list[tuple[int, int]]:
    """Panels of each row, and how many there is room for."""
    if layout is Layout.PAGE:
        best = min(_compositions(count), key=lambda rows: _cost(rows, aspect))
        return [(in_row, in_row) for in_row in best]
    columns = 1 if layout is Layout.STRIP else LARGE_GRID if count > LARGE else SMALL_GRID
    columns = min(columns, count)
    return [(min(columns, count - at), columns) for at in range(0, count, columns)]


def _compositions(count: int) -> Iterator[tuple[int, ...]]:
    """All ways to fill rows, from the top, with up to four panels each."""
    if count == 0:
        yield ()
    for first in range(1, min(count, MOST_IN_ROW) + 1):
        for rest in _compositions(count - first):
            yield (first, *rest)


def _cost(rows: tuple[int, ...], aspect: float) -> float:
    """How far a page is from a good one: of an album page's shape, with rows of like length (one
    panel more or less is lively, more is not), and no panel much larger than the others."""
    height = sum(1 / (in_row * aspect) for in_row in rows)
    shape = abs(math.log(height / PAGE_SHAPE))
    extreme = max(0.0, height - TALLEST, FLATTEST - height)
    uneven = max(rows) - min(rows)
    lopsided = sum(left != right for left, right in zip(rows, reversed(rows), strict=True))
    return shape + 4 * extreme + 0.18 * uneven**2 + 0.03 * lopsided + 0.25 * (max(rows) > 3)

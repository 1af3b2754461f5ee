"""Right-to-left text: which pieces of a line are read in which direction, in order of display.

The Unicode bidirectional algorithm (UAX 9) without explicit marks, which are dropped: strong
letters decide, numbers keep their digits in order, spaces and punctuation join their neighbours.
Inside a piece the shaper (raqm) does the rest.
"""

import unicodedata
from itertools import groupby

RTL = frozenset(("R", "AL"))
NUMBERS = frozenset(("EN", "AN"))


def base_direction(text: str) -> str:
    """The direction of a paragraph, that of its first strong letter: "ltr" or "rtl"."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind == "L":
            return "ltr"
        if kind in RTL:
            return "rtl"
    return "ltr"


def in_order_of_display(text: str, base: str) -> list[tuple[str, str]]:
    """`(direction, piece)` from left to right; the letters inside a piece stay in reading order."""
    if base == "ltr" and text.isascii():
        return [("ltr", text)] if text else []
    levels = _levels(text, 1 if base == "rtl" else 0)
    pieces = []
    for level, letters in groupby(zip(levels, text, strict=True), key=lambda pair: pair[0]):
        pieces.append((level, "".join(letter for _, letter in letters)))
    return [("rtl" if level % 2 else "ltr", piece) for level, piece in _reordered(pieces)]


def _levels(text: str, base: int) -> list[int]:
    """Embedding level of each letter: even is left to right, odd right to left."""
    strong: list[int | None] = []
    last_was_rtl = base == 1
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind == "L" or kind in RTL:
            last_was_rtl = kind in RTL
            strong.append(1 if last_was_rtl else 2 * base)
        elif kind in NUMBERS:
            strong.append(2 if last_was_rtl else 2 * base)
        elif kind == "NSM" and strong:
            strong.append(strong[-1])
        else:
            strong.append(None)
    return _filled(strong, base)


def _filled(strong: list[int | None], base: int) -> list[int]:
    """Neutral letters between two of one direction take it (numbers count as right to left, rule
    N1); others take the paragraph's."""
    before: int | None = None
    befores: list[int | None] = []
    for level in strong:
        before = level if level is not None else before
        befores.append(before)
    after: int | None = None
    result: list[int] = []
    for level, left in zip(reversed(strong), reversed(befores), strict=True):
        after = level if level is not None else after
        if level is not None:
            result.append(level)
        else:
            result.append(_neutral(left, after, base))
    return result[::-1]


def _neutral(left: int | None, right: int | None, base: int) -> int:
    sides = {_direction(side, base) for side in (left, right)}
    if len(sides) > 1:
        return base
    return 1 if sides == {1} else 2 * base


def _direction(level: int | None, base: int) -> int:
    if level is None:
        return base
    return 1 if level == 1 or (base == 0 and level == 2) else 0


def _reordered(pieces: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Rule L2: from the highest level down, turn every stretch of that level or higher."""
    for limit in range(max((level for level, _ in pieces), default=0), 0, -1):
        turned: list[tuple[int, str]] = []
        for high, group in groupby(pieces, key=lambda piece: piece[0] >= limit):
            stretch = list(group)
            turned += reversed(stretch) if high else stretch
        pieces = turned
    return pieces

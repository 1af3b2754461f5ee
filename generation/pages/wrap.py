"""Where lines of text may break, and breaking them to a width.

The parts of the Unicode line breaking algorithm (UAX 14) that comics need: spaces, hyphens and
dashes; between any two Chinese or Japanese letters, except before closing and after opening
punctuation (kinsoku); and anywhere between letters as seen (grapheme clusters) when a word alone
is wider than the line.
"""

from collections.abc import Callable
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

_CLUSTER = regex.compile(r"\X")
_IDEOGRAPH = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]"
)
_CLOSING = regex.compile(
    r"""[\p{Pe}\p{Pf}!?,.;:%'"…‥‧·・、。，．！？：；％～〜ー々〻ヽヾゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ]"""
)
_OPENING = regex.compile(r"""[\p{Ps}\p{Pi}'"#$€£¥＃]""")
_HYPHENS = "-‐–—/"
_ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece without a place to break. `space`: a space follows, unless the line ends here."""

    text: str
    space: bool


def units(text: str) -> list[Unit]:
    """The pieces between the places where a line may break."""
    found: list[Unit] = []
    for word in text.split():
        pieces = [word] if word.isascii() and "-" not in word and "/" not in word else _cut(word)
        found += [Unit(piece, piece is pieces[-1]) for piece in pieces]
    return found


def clusters(text: str) -> list[str]:
    """Letters as a reader sees them, with their marks."""
    return [str(cluster) for cluster in _CLUSTER.findall(text)]


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The text in lines of at most `width`, the shortest lines that need no further line.

    A single cluster wider than `width` is a line of its own.
    """
    pieces = units(text)
    sizes = {piece: measure(piece) for piece in {unit.text for unit in pieces}}
    space = measure(" ")
    lines = _fill(pieces, sizes, space, width, measure)
    if len(lines) < 2:
        return lines
    low, high = width / len(lines), width
    for _ in range(6):  # to a sixty-fourth of the width
        middle = (low + high) / 2
        if len(_fill(pieces, sizes, space, middle, measure)) > len(lines):
            low = middle
        else:
            high = middle
    return _fill(pieces, sizes, space, high, measure)


def _fill(
    pieces: list[Unit],
    sizes: dict[str, float],
    space: float,
    width: float,
    measure: Callable[[str], float],
) -> list[str]:
    lines: list[str] = []
    line, used, gap = "", 0.0, False
    for unit in pieces:
        size = sizes[unit.text]
        if line and used + space * gap + size <= width:
            line, used = line + " " * gap + unit.text, used + space * gap + size
        else:
            if line:
                lines.append(line)
            *full, line = [unit.text] if size <= width else _broken(unit.text, width, measure)
            lines += full
            used = measure(line) if full else size
        gap = unit.space
    return [*lines, line] if line else lines


def _broken(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """A word wider than a line, broken between clusters."""
    lines = [""]
    used = 0.0
    for cluster in clusters(word):
        size = measure(cluster)
        if lines[-1] and used + size > width:
            lines.append("")
            used = 0.0
        lines[-1] += cluster
        used += size
    return lines


def _cut(word: str) -> list[str]:
    pieces = [""]
    before = ""
    for cluster in clusters(word):
        if before and _may_break(before, cluster):
            pieces.append("")
        pieces[-1] += cluster
        before = cluster
    return [piece for piece in (piece.replace(_ZERO_WIDTH_SPACE, "") for piece in pieces) if piece]


def _may_break(before: str, after: str) -> bool:
    if before == _ZERO_WIDTH_SPACE:
        return True
    if _CLOSING.match(after) or _OPENING.match(before):
        return False
    if before in _HYPHENS:
        return after[0].isalpha()
    return bool(_IDEOGRAPH.match(before) or _IDEOGRAPH.match(after))

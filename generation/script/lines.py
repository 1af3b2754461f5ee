"""Story text cut into clean lines, and into its two halves: the cast and the panels."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from generation.script.names import NOBODY_KEY, name_key

_LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufeff]")  # among them NUL, which databases refuse
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a letter: no encoding can store it
CHARACTER_LINE = re.compile(r"[\[［]([^\[\]［］]*)[\]］][:：\s]*(.*)", re.DOTALL)
# A balanced pair without brackets inside, a bracket alone, or a `#` that isn't half of the
# keycap emoji. A `#` inside a pair belongs to the name.
TOKEN = re.compile(r"[\[［]([^\[\]［］]*)[\]］]|[\[\]［］]|[#＃](?![\ufe0e\ufe0f]?\u20e3)")
HASHES = "#＃"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with its number from 1, not blank, without space around it."""

    number: int
    text: str


def clean(text: str) -> str:
    """One line in NFC with single spaces and nothing unprintable.

    Only for texts of bounded length: composing a long run of combining marks takes quadratic time.
    """
    printable = _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub(" ", text))
    return " ".join(unicodedata.normalize("NFC", printable).split())


def blocks(text: str) -> list[list[Line]]:
    """The lines that are not blank, grouped by the blank lines between them."""
    found: list[list[Line]] = [[]]
    for number, raw in enumerate(_LINE_ENDS.split(text), start=1):
        line = _UNPRINTABLE.sub(" ", raw).strip()
        if line:
            found[-1].append(Line(number, line))
        elif found[-1]:
            found.append([])
    return [block for block in found if block]


def halves(text: str, longest: int, known: Collection[str] = ()) -> tuple[list[Line], list[Line]]:
    """Character lines and panel lines of a story file. Lines over `longest` aren't looked into.
    `known`: keys of names that were described before, elsewhere."""
    found = blocks(text)
    if not found:
        return [], []
    first, rest = found[0], [line for block in found[1:] for line in block]
    if not rest:
        return _split_block(first, longest, known)
    if not any(_named(line.text) for line in first) and not _names_somebody(rest):
        return [], first + rest  # a story without a cast, with empty lines between its panels
    return first, rest


def _split_block(
    lines: list[Line], longest: int, described: Collection[str]
) -> tuple[list[Line], list[Line]]:
    """Without an empty line, the cast ends where a line has a caption, has no name in front, or
    names somebody who was already described."""
    known = set(described)
    for index, line in enumerate(lines):
        name = _named(line.text) if len(line.text) <= longest else None
        if name is None or name in known or _has_caption(line.text):
            return lines[:index], lines[index:]
        known.add(name)
    return lines, []


def _named(text: str) -> str | None:
    """The key of the name in brackets in front of a line; None for no name and for `[NC]`."""
    match = CHARACTER_LINE.match(text)
    key = name_key(match[1]) if match else NOBODY_KEY
    return None if key == NOBODY_KEY else key


def _has_caption(text: str) -> bool:
    return any(match[0] in HASHES for match in TOKEN.finditer(text))


def _names_somebody(lines: Iterable[Line]) -> bool:
    return any(
        match[1] is not None and name_key(match[1]) != NOBODY_KEY
        for line in lines
        for match in TOKEN.finditer(line.text)
    )

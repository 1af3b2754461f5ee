"""A caption taken apart into caption boxes and speech balloons."""

import re

from generation.script.names import NOBODY, Cast
from generation.script.story import Lettering

_PARTS = re.compile(r"[|｜]")
_COLON = re.compile(r"[:：]")
_BRACKETED = re.compile(r"[\[［]([^\[\]［］]*)[\]］]")
FURTHEST_COLON = 200  # letters; no name is longer, and captions may be nothing but colons
_QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"), ("『", "』"))


def take_apart(caption: str, cast: Cast) -> tuple[Lettering, ...]:
    """`Tom: "Tabs!" | Lisa: Spaces! | Later...` is two balloons and a caption box.

    A part that begins with the name of a character and a colon is that character's balloon, and
    loses the quotation marks around it. Names in brackets are lettered without brackets.
    """
    parts = [_part(part.strip(), cast) for part in _PARTS.split(caption)]
    return tuple(part for part in parts if part.text)


def _part(text: str, cast: Cast) -> Lettering:
    for colon in _COLON.finditer(text, 0, FURTHEST_COLON):
        name = _BRACKETED.sub(r"\1", text[: colon.start()])
        speaker = cast.find(name)
        if speaker is not None and speaker != NOBODY:
            return Lettering(_unbracket(_unquote(text[colon.end() :].strip()), cast), speaker)
    return Lettering(_unbracket(text, cast))


def _unquote(text: str) -> str:
    for opening, closing in _QUOTES:
        inside = text[1:-1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            return text if opening in inside or closing in inside else inside.strip()
    return text


def _unbracket(text: str, cast: Cast) -> str:
    """`[Bob]` becomes Bob. `[sighs]` and `[1]` stay: small letters and digits are no names."""

    def bare(match: re.Match[str]) -> str:
        word = match[1].strip()
        known = cast.find(word)
        if known is None and (word[:1].islower() or not word[:1].isalpha()):
            return match[0]
        return word

    return _BRACKETED.sub(bare, text)

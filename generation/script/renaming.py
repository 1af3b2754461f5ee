"""A character gets another name: the lines that name it follow."""

import re

from generation.script.lines import HASHES, TOKEN
from generation.script.names import name_key

_PARTS = re.compile(r"([|｜])")
_SPEAKER = re.compile(r"\s*[\[［]?([^\[\]［］:：]*?)[\]］]?\s*([:：])", re.DOTALL)


def rename(line: str, old: str, new: str) -> str:
    """The panel line with every `[old]` as `[new]`, and `old:` in front of a balloon as `new:`."""
    key = name_key(old)
    hash_at = next((m.start() for m in TOKEN.finditer(line) if m[0] in HASHES), len(line))
    scene, caption = line[:hash_at], line[hash_at:]
    if caption:
        parts = _PARTS.split(caption[1:])
        caption = caption[0] + "".join(_rename_speaker(part, key, new) for part in parts)
    return _rename_marks(scene, key, new) + _rename_marks(caption, key, new)


def names(line: str, name: str) -> bool:
    """The line names this character in brackets, or has a balloon of it."""
    return rename(line, name, "\0") != line


def _rename_marks(text: str, key: str, new: str) -> str:
    def renamed(match: re.Match[str]) -> str:
        return f"[{new}]" if match[1] is not None and name_key(match[1]) == key else match[0]

    return TOKEN.sub(renamed, text)


def _rename_speaker(part: str, key: str, new: str) -> str:
    match = _SPEAKER.match(part)
    if match is None or name_key(match[1]) != key:
        return part
    return f"{part[: len(part) - len(part.lstrip())]}{new}{part[match.start(2) :]}"

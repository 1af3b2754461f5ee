"""Where in a panel each character is expected, as far as the words say: from left to right.

Only a beginning: once the drawing shows where a character is, the drawing decides.
"""

import re
from collections.abc import Sequence

Strip = tuple[float, float]  # from and to, as shares of the panel's width

_END = r"(?=\s*(?:[^\w\s]|$|(?:of|side|and|while)\b))"  # "in her left hand" is no place
_BEFORE = r"\b(?:on|to|at|from|in)\s+(?:the\s+|his\s+|her\s+|their\s+)?(?:far\s+)?"
_LEFT = re.compile(rf"{_BEFORE}left{_END}|左[边侧面方]", re.IGNORECASE)
_MIDDLE = re.compile(rf"{_BEFORE}(?:middle|centre|center){_END}|中间|中央|正中", re.IGNORECASE)
_RIGHT = re.compile(rf"{_BEFORE}right{_END}|右[边侧面方]", re.IGNORECASE)
_RANKS = ((_LEFT, 0), (_MIDDLE, 1), (_RIGHT, 2))
_UNSAID = 1  # between those of whom the words say left or right
_NAME = re.compile(r"\[([^\[\]]*)\]")


def strips(scene: str, names: Sequence[str]) -> dict[str, Strip]:
    """Equal strips of the panel's width, one for each name: those said to be on the left first,
    those on the right last, and otherwise in the order given."""
    said = _said(scene)
    order = sorted(names, key=lambda name: said.get(name, _UNSAID))
    width = 1 / max(1, len(order))
    return {name: (at * width, (at + 1) * width) for at, name in enumerate(order)}


def _said(scene: str) -> dict[str, int]:
    """The rank of each name that stands beside a layout word.

    Such a word belongs to the name before it ("[Tom] on the left, [Lisa] ..."), unless the scene
    begins with one ("On the left [Tom], on the right [Lisa]").
    """
    parts = _NAME.split(scene)
    first = 0 if _rank(parts[0]) is not None else 2
    found: dict[str, int] = {}
    for name, text in zip(parts[1::2], parts[first::2], strict=False):
        rank = _rank(text)
        if rank is not None:
            found.setdefault(name, rank)
    return found


def _rank(text: str) -> int | None:
    return next((rank for pattern, rank in _RANKS if pattern.search(text)), None)

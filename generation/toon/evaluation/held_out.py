"""Combinations of looks that are meant for the benchmark alone.

The stories state them, so that it shows whether the model puts together what it learned apart.
Whether a model's training really left them out is for its model card to say: the world's sampler
(`world.sampler`) does not leave them out, so for what is trained on it they are seldom seen, not
unseen. A test watches that this stays true as long as it is written here.
"""

from __future__ import annotations

from collections.abc import Mapping

from generation.toon.reader import Value

HELD_OUT: tuple[Mapping[str, Value], ...] = (
    {"hair": "blue", "style": "bun"},
    {"hair": "pink", "style": "bun"},
    {"hair": "pink", "style": "spiky"},
    {"hair": "blue", "style": "spiky"},
    {"hair": "blond", "skin": "dark"},
    {"hair": "grey", "shirt": "orange"},
    {"kind": "rabbit", "fur": "orange"},
    {"kind": "dog", "fur": "white"},
    {"kind": "robot", "shirt": "purple"},
    {"kind": "cat", "hat": True},
)


def is_held_out(look: Mapping[str, Value]) -> bool:
    """Whether the fields of a look hold one of the combinations."""
    return any(
        all(look.get(field) == value for field, value in combination.items())
        for combination in HELD_OUT
    )

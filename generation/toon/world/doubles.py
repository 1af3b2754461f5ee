"""Doubles: two characters who differ in one look, each in the same two scenes, told in the same
words. Only a panel that was drawn before can tell which of them is meant.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from generation.toon.world.captions import SAY_LOOKS_IN_GROUP, Caption, caption, describe
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.samples import Sample
from generation.toon.world.scene import (
    FUR_COLOURS,
    HAIR_COLOURS,
    HAIR_STYLES,
    SHIRT_COLOURS,
    SKINS,
    Look,
    Scene,
)

FIELDS: dict[str, tuple[Any, ...]] = {
    "style": HAIR_STYLES,
    "glasses": (True, False),
    "hat": (True, False),
    "skin": SKINS,
    "hair": HAIR_COLOURS,
    "shirt": SHIRT_COLOURS,
    "fur": FUR_COLOURS,
}
OFTEN = (8, 4, 3, 2, 2, 1, 2)  # how often each of them is what differs: the hardest most
PAIRS = 0.25  # share of doubles with somebody beside them in the second scene
STANDING = 0.5  # share of first scenes that are portraits

Double = tuple[Sample, Sample]  # what was drawn before, and the panel that is to keep its looks


def doubles(seed: int, telling: int = 0) -> tuple[Double, Double]:
    """Two characters in the same two scenes. Each `telling` says them in other words, which are
    the same for both characters and leave open what differs."""
    chance = random.Random(f"doubles {seed}")
    look = random_look(chance)
    field = _field(look, chance)
    other = replace(
        look,
        **{field: chance.choice([one for one in FIELDS[field] if one != getattr(look, field)])},
    )
    before, after = before_and_after(look, chance)
    chance = random.Random(f"doubles {seed} told {telling}")
    words = _unsaid(look, field, chance)
    casts = [_cast(scene, look, words, chance) for scene in (before, after)]
    told = [
        caption(scene, cast, chance) for scene, cast in zip((before, after), casts, strict=True)
    ]
    first, second = (
        (Sample(_played(before, look, who), told[0]), Sample(_played(after, look, who), told[1]))
        for who in (look, other)
    )
    return first, second


def _field(look: Look, chance: random.Random) -> str:
    shown = [field for field in FIELDS if field in look.visible()]
    return chance.choices(shown, [OFTEN[list(FIELDS).index(field)] for field in shown])[0]


def before_and_after(look: Look, chance: random.Random) -> tuple[Scene, Scene]:
    """Two scenes of a character, alone in the first, which may be a portrait."""
    before = scene_with((look,), chance)
    if chance.random() < STANDING:
        before = replace(before, figures=(replace(before.figures[0], pose="standing"),))
    cast = [look]
    if chance.random() < PAIRS:
        cast.insert(chance.randrange(2), random_look(chance))
    return before, scene_with(tuple(cast), chance)


def _unsaid(look: Look, field: str, chance: random.Random) -> Caption:
    while True:
        words = describe(look, chance, SAY_LOOKS_IN_GROUP)
        if field not in words.said:
            return words


def _cast(scene: Scene, look: Look, words: Caption, chance: random.Random) -> list[Caption]:
    return [
        words if figure.look == look else describe(figure.look, chance) for figure in scene.figures
    ]


def _played(scene: Scene, look: Look, who: Look) -> Scene:
    """The scene with `who` in the place of `look`."""
    figures = tuple(
        replace(figure, look=who) if figure.look == look else figure for figure in scene.figures
    )
    return replace(scene, figures=figures)

"""Deeds: a character in one scene, and in a second that differs in what it does or how it feels, as
words say. Its looks are those of the first scene, its deed isn't.

Panels of a story look at a calm portrait. Doubles teach to keep its looks, and a network that was
taught nothing else keeps its face too, whatever words say of the mood.
"""

from __future__ import annotations

import random

from generation.toon.world.captions import SAY_LOOKS_IN_GROUP, caption, describe
from generation.toon.world.doubles import Double, before_and_after
from generation.toon.world.sampler import random_look
from generation.toon.world.samples import Sample
from generation.toon.world.scene import Look, Scene
from generation.toon.world.twins import changed, own_poses

FIELDS = ("expression", "pose")
OFTEN = (3, 1)  # how often each of them is what differs: what is drawn wrong most
TRIES = 200


def deeds(seed: int, telling: int = 0) -> tuple[Double, Double]:
    """The first scene with each of both second ones. Each `telling` says them in other words.

    Raises:
        ValueError: no caption was found that says the deed.
    """
    chance = random.Random(f"deeds {seed}")
    look = random_look(chance)
    before, after = _scenes(look, chance)
    who = next(at for at, figure in enumerate(after.figures) if figure.look == look)
    field = chance.choices(FIELDS, OFTEN)[0]
    other = changed(after, who, field, chance)
    for attempt in range(TRIES):
        words = f"deeds {seed} told {telling} {attempt}"
        first, *told = (_told(scene, look, words) for scene in (before, after, other))
        if all(f"{who}.{field}" in one.caption.said for one in told):
            return (first, told[0]), (first, told[1])
    raise ValueError(f"no caption of deeds {seed} says {field}")


def _scenes(look: Look, chance: random.Random) -> tuple[Scene, Scene]:
    while True:
        before, after = before_and_after(look, chance)
        if own_poses(after):
            return before, after


def _told(scene: Scene, look: Look, words: str) -> Sample:
    """The character is described in the same words in all scenes."""
    described = describe(look, random.Random(words), SAY_LOOKS_IN_GROUP)
    chance = random.Random(f"{words} scene")
    cast = [
        described if figure.look == look else describe(figure.look, chance)
        for figure in scene.figures
    ]
    return Sample(scene, caption(scene, cast, chance))

"""Samples of the second round by seed: all that the world can draw, the first round's scenes among
them, and what is said of it.
"""

from __future__ import annotations

import random

from generation.toon.world.captions import (
    SAY_LOOKS,
    SAY_LOOKS_IN_GROUP,
    SAY_MOST,
    describe,
)
from generation.toon.world.richer import random_drawing, richer_look, richer_scene
from generation.toon.world.sampler import PAIRS, random_scene
from generation.toon.world.samples import GROUP, Sample
from generation.toon.world.scene import Look
from generation.toon.world.telling import tell

ROUND_ONE = 0.3  # share of scenes that are the first round's
COUNTS = (9, 52, 34, 5)  # how often there is nobody, one, two, three


def round_two(seed: int, telling: int = 0) -> Sample:
    """A scene with its own characters. Each `telling` says another part of it in other words."""
    chance = random.Random(f"round two {seed}")
    if chance.random() < ROUND_ONE:
        scene = random_scene(chance)
    else:
        count = chance.choices((0, 1, 2, 3), COUNTS)[0]
        looks = tuple(richer_look(chance) for _ in range(count))
        scene = richer_scene(looks, random_drawing(chance), chance)
    words = random.Random(f"round two {seed} told {telling}")
    say = words.choice((SAY_LOOKS, SAY_MOST))
    cast = [describe(figure.look, words, say) for figure in scene.figures]
    return Sample(scene, tell(scene, cast, words))


def round_two_group(seed: int, panels: int = GROUP, telling: int = 0) -> tuple[Sample, ...]:
    """Panels of a story: the same one or two characters in the same words, all in one style.

    Of two, both are in the first and last panels, and each is alone in one panel between them.
    """
    chance = random.Random(f"round two group {seed}")
    first, second, drawing = richer_look(chance), richer_look(chance), random_drawing(chance)
    casts: list[tuple[Look, ...]] = [(first,)] * panels
    if chance.random() < PAIRS:
        both = (first, second)
        casts = [both, (first,), (second,), *[both] * (panels - 3)]
    scenes = [
        richer_scene(tuple(chance.sample(cast, len(cast))), drawing, chance) for cast in casts
    ]
    words = random.Random(f"round two group {seed} told {telling}")
    told = {look: describe(look, words, SAY_LOOKS_IN_GROUP) for look in (first, second)}
    return tuple(
        Sample(scene, tell(scene, [told[figure.look] for figure in scene.figures], words))
        for scene in scenes
    )

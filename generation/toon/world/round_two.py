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
from generation.toon.world.sampler import random_scene
from generation.toon.world.samples import GROUP, Sample
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
    """Panels of a story: one character in the same words and the same style, everywhere."""
    chance = random.Random(f"round two group {seed}")
    look, drawing = richer_look(chance), random_drawing(chance)
    scenes = [richer_scene((look,), drawing, chance) for _ in range(panels)]
    words = random.Random(f"round two group {seed} told {telling}")
    told = describe(look, words, SAY_LOOKS_IN_GROUP)
    return tuple(Sample(scene, tell(scene, [told], words)) for scene in scenes)

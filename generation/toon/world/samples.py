"""Training samples by seed: a scene, its caption, its picture."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from generation.toon.world.captions import (
    SAY_LOOKS,
    SAY_LOOKS_IN_GROUP,
    SAY_MOST,
    Caption,
    caption,
    describe,
)
from generation.toon.world.draw import PICTURE_SIZE, draw_scene
from generation.toon.world.sampler import random_group, random_scene
from generation.toon.world.scene import Scene

GROUP = 4  # panels of one cast


@dataclass(frozen=True)
class Sample:
    """The truth about a picture, and what its caption says of it."""

    scene: Scene
    caption: Caption

    def picture(self, size: int = PICTURE_SIZE) -> Image.Image:
        return draw_scene(self.scene, size)


def single(seed: int, telling: int = 0) -> Sample:
    """A scene with its own characters. Each `telling` says another part of it in other words."""
    scene = random_scene(random.Random(f"single {seed}"))
    chance = random.Random(f"single {seed} told {telling}")
    say = chance.choice((SAY_LOOKS, SAY_MOST))
    cast = [describe(figure.look, chance, say) for figure in scene.figures]
    return Sample(scene, caption(scene, cast, chance))


def group(seed: int, panels: int = GROUP, telling: int = 0) -> tuple[Sample, ...]:
    """Panels of a story: the same characters, described in the same words, in different scenes."""
    scenes = random_group(panels, random.Random(f"group {seed}"))
    chance = random.Random(f"group {seed} told {telling}")
    looks = [figure.look for figure in scenes[0].figures]
    told = {look: describe(look, chance, SAY_LOOKS_IN_GROUP) for look in looks}
    casts = [[told[figure.look] for figure in scene.figures] for scene in scenes]
    return tuple(
        Sample(scene, caption(scene, cast, chance))
        for scene, cast in zip(scenes, casts, strict=True)
    )

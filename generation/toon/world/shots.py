"""States of the drawn world that a motion leads from and to."""

from __future__ import annotations

from dataclasses import dataclass

from generation.toon.world.camera import WHOLE, Camera
from generation.toon.world.scene import Figure, Scene
from generation.toon.world.stances import Stance, stances


@dataclass(frozen=True)
class Shot:
    """A state of the world: a scene, how far each figure stands from its usual place (units to the
    right; none: where it usually does), and what the camera sees."""

    scene: Scene
    shifts: tuple[float, ...] = ()
    camera: Camera = WHOLE

    def standing(self) -> list[tuple[Figure, Stance]]:
        moved = self.shifts or (0.0,) * len(self.scene.figures)
        return [
            (figure, Stance(one.x + shift, one.neck, one.scale))
            for figure, one, shift in zip(
                self.scene.figures, stances(self.scene), moved, strict=True
            )
        ]

    def left(self) -> Shot:
        """The shot when everybody has walked out of it."""
        scene = self.scene
        empty = Scene(scene.place, scene.night, (), scene.extras, scene.seed)
        return Shot(empty, (), self.camera)

"""States of the drawn world that a motion leads from and to."""

from __future__ import annotations

from dataclasses import dataclass

from generation.toon.world.draw import Stance, stances
from generation.toon.world.pen import UNITS, Pen
from generation.toon.world.scene import Figure, Scene


@dataclass(frozen=True)
class Camera:
    """What is seen: the point in the middle, in units, and how much larger (1: everything)."""

    x: float = UNITS / 2
    y: float = UNITS / 2
    zoom: float = 1.0

    def see(self, pen: Pen) -> Pen:
        half = UNITS / 2
        return pen.moved(half - self.x * self.zoom, half - self.y * self.zoom, self.zoom)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the world is in the picture, in units."""
        half = UNITS / 2
        return half + (x - self.x) * self.zoom, half + (y - self.y) * self.zoom


WHOLE = Camera()


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

"""What part of the world a picture shows."""

from __future__ import annotations

from dataclasses import dataclass

from generation.toon.world.pen import UNITS, Pen


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

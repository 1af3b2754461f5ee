"""Lines in a picture, both axes in powers of two: growth shows as a slope."""

import math
from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

SIZE = (760, 480)  # pixels
LEFT, TOP, RIGHT, BOTTOM = 80, 46, 180, 56  # room around the axes
INK, FAINT, PAPER = (40, 40, 40), (225, 225, 225), (255, 255, 255)
COLOURS = (
    (120, 120, 120),
    (210, 90, 30),
    (230, 160, 60),
    (150, 60, 150),
    (31, 90, 180),
    (50, 140, 70),
)
LETTERS = 14  # pixels
DOT = 3

Points = Sequence[tuple[float, float]]


def plot(title: str, x_name: str, lines: Mapping[str, Points]) -> Image.Image:
    """A line for each name through its points; points that aren't over 0 have no place here."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(LETTERS)
    pen.text((LEFT, 14), title, INK, font)
    pen.text((LEFT, SIZE[1] - 24), x_name, INK, font)
    points = [point for line in lines.values() for point in line if min(point) > 0]
    if not points:
        return picture
    across = _Axis([x for x, _ in points], LEFT, SIZE[0] - RIGHT)
    up = _Axis([y for _, y in points], SIZE[1] - BOTTOM, TOP)
    for y in up.ticks:
        pen.line([(LEFT, up.at(y)), (SIZE[0] - RIGHT, up.at(y))], FAINT)
        pen.text((6, up.at(y) - 8), f"{y:.4g}", INK, font)
    for x in sorted({x for x, _ in points}):
        pen.text((across.at(x) - 6, SIZE[1] - BOTTOM + 6), f"{x:g}", INK, font)
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(across.at(x), up.at(y)) for x, y in line if min(x, y) > 0]
        pen.line(places, colour, 2)
        for x, y in places:
            pen.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=colour)
        pen.text((SIZE[0] - RIGHT + 12, TOP + 22 * number), name, colour, font)
    return picture


class _Axis:
    """Values to pixels, by their logarithms."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        low, high = math.log2(min(values)), math.log2(max(values))
        if high - low < 1:  # a factor of two at least: noise isn't blown up to look like growth
            low, high = low - 0.5, high + 0.5
        self.low, self.high = low, high
        self.first, self.last = first, last

    def at(self, value: float) -> float:
        share = (math.log2(value) - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)

    @property
    def ticks(self) -> list[float]:
        """Five values, evenly spread."""
        steps = 4
        return [2 ** (self.low + (self.high - self.low) * at / steps) for at in range(steps + 1)]

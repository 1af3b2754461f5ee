"""Strips of frames: what the world draws in motion, one motion a row."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from generation.toon.world.motion import frames, moment, spots, times
from generation.toon.world.moving import KINDS, MotionKind, moving

STRIP_SEEDS = 1 << 42  # motions that no training has seen
LABEL = 18  # pixels above each row


def world_strip(
    seed: int, count: int, size: int, kinds: Sequence[MotionKind] = KINDS, marked: bool = False
) -> Image.Image:
    """One motion of each kind in `count` frames of `size` pixels; `marked` puts a cross where the
    truth says that each character's neck is."""
    rows: list[list[Image.Image]] = []
    labels: list[str] = []
    for place, kind in enumerate(kinds):
        sample = moving(STRIP_SEEDS + seed * len(KINDS) + place, kind)
        row = frames(sample.motion, count, size)
        if marked:
            for part, picture in zip(times(count), row, strict=True):
                for spot in spots(moment(sample.motion, part), size):
                    _cross(picture, spot.x, spot.y)
        rows.append(row)
        labels.append(f"{kind}: {sample.captions[0].text}  ->  {sample.captions[1].text}")
    return strip(rows, labels)


def strip(rows: Sequence[Sequence[Image.Image]], labels: Sequence[str]) -> Image.Image:
    """Rows of pictures, all of one size, each with its label above."""
    width, height = rows[0][0].size
    longest = max(len(row) for row in rows)
    sheet = Image.new("RGB", (longest * width, len(rows) * (height + LABEL)), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for y, (row, label) in enumerate(zip(rows, labels, strict=True)):
        top = y * (height + LABEL)
        pen.text((4, top + 2), label, fill=(0, 0, 0), font_size=12)
        for x, picture in enumerate(row):
            sheet.paste(picture, (x * width, top + LABEL))
    return sheet


def _cross(picture: Image.Image, x: float, y: float) -> None:
    pen = ImageDraw.Draw(picture)
    for dx, dy in ((5, 0), (0, 5)):
        pen.line((x - dx, y - dy, x + dx, y + dy), fill=(255, 0, 255), width=2)

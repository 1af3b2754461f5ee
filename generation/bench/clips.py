"""Measure motion between panels against the drawn world's true motion.

Every way gets the first and the last frame of held-out motions, and is compared with the true
frames between them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image
from torch import Tensor

from generation.bench import motion_measures as measures
from generation.clips.latents import pixels
from generation.clips.tween import Between, Tweener, tween
from generation.toon.evaluation.statistics import Figure, Tally, figure, share
from generation.toon.reader import Reader, Reading
from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.motion import Motion, draw_moment, frames, moment, times
from generation.toon.world.moving import KINDS, MotionKind, MotionSample, moving

HELD_OUT = 1 << 43  # motions that no training has seen
FADE = "cross-fade"  # the way that others are told as a share of
STABLE = ("kind", "skin", "hair", "style", "shirt", "fur", "glasses", "hat")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is measured: motions of each kind, frames of each, denoising steps."""

    motions: int = 6
    frames: int = 16
    steps: int = 12
    kinds: tuple[MotionKind, ...] = KINDS
    side: int = PICTURE_SIZE  # pixels


QUICK = Size(motions=1, steps=6)


@dataclass(frozen=True)
class Clip:
    """A held-out motion with its true frames, and the same places empty."""

    sample: MotionSample
    pictures: tuple[Image.Image, ...]
    empty: tuple[Image.Image, ...]


@dataclass(frozen=True)
class Measured:
    """One way's tallies, one for each motion, by measure."""

    way: str
    tallies: Mapping[str, tuple[Tally, ...]]

    def figure(self, name: str) -> Figure:
        return figure(self.tallies[name], seed=0)

    def over(self, other: Measured, name: str) -> Figure:
        """This way's figure as a share of another's, motion by motion."""
        return share(self.tallies[name], other.tallies[name], seed=0)


def held_out(size: Size) -> list[Clip]:
    """The motions that all ways are measured on."""
    clips: list[Clip] = []
    for at in range(size.motions):
        for place, kind in enumerate(size.kinds):
            sample = moving(HELD_OUT + at * len(KINDS) + place, kind)
            clips.append(
                Clip(
                    sample,
                    tuple(frames(sample.motion, size.frames, size.side)),
                    tuple(emptied(sample.motion, size.frames, size.side)),
                )
            )
    return clips


def emptied(motion: Motion, count: int, side: int) -> list[Image.Image]:
    """The frames without anybody."""
    return [draw_moment(replace(moment(motion, part), actors=()), side) for part in times(count)]


class Bench:
    """Measures ways, which may be told apart by any names, on the same clips."""

    def __init__(self, size: Size, reader: Reader | None) -> None:
        """Without a `reader` the measures that need one are left out."""
        self.size, self.reader = size, reader
        self.clips = held_out(size)
        self.strips: dict[str, list[list[Image.Image]]] = {}

    def run(self, ways: Mapping[str, Tweener], tell: Tell) -> list[Measured]:
        """The truth itself comes first, as what is possible."""
        truth = [list(clip.pictures) for clip in self.clips]
        found = [self._measured("truth", truth, [])]
        for name, way in ways.items():
            made: list[list[Image.Image]] = []
            took: list[float] = []
            for number, clip in enumerate(self.clips):
                began = time.perf_counter()
                made.append(tween(way, self._request(clip, number)))
                took.append(time.perf_counter() - began)
                tell(f"{name}: {number + 1} of {len(self.clips)} ({clip.sample.kind})")
            found.append(self._measured(name, made, took))
        return found

    def _request(self, clip: Clip, number: int) -> Between:
        said = clip.sample.captions[0].text, clip.sample.captions[1].text
        ends = clip.pictures[0], clip.pictures[-1]
        return Between(*ends, said, self.size.frames, self.size.steps, seed=number)

    def _measured(self, name: str, made: list[list[Image.Image]], took: list[float]) -> Measured:
        self.strips[name] = made
        rows = [self._measure(clip, some) for clip, some in zip(self.clips, made, strict=True)]
        tallies = {key: tuple(row[key] for row in rows) for key in rows[0]}
        if took:  # nothing made the truth
            tallies["seconds"] = tuple(Tally(one, 1) for one in took)
        return Measured(name, tallies)

    @torch.no_grad()
    def _measure(self, clip: Clip, made: Sequence[Image.Image]) -> dict[str, Tally]:
        drawn, truth, empty = (pixels(some) for some in (made, clip.pictures, clip.empty))
        inner = drawn[1:-1], truth[1:-1]
        place = _place(clip, drawn, truth, empty)
        found = {
            "mse": _mean(measures.squared_error(*inner)),
            "ssim": _mean(measures.ssim(*inner)),
            "place": place,
            "pixels": Tally(place.hits * drawn.shape[-1], place.of),
            "seam": Tally(measures.seam_jump(drawn), 1),
            "flicker": Tally(measures.flicker(drawn), 1),
        }
        if self.reader is not None:
            found["perceptual"] = _mean(measures.perceptual(self.reader, *inner))
            found["stable"] = stability(self.reader.read(inner[0]), self.reader.read(inner[1]))
        return found


def _mean(values: Tensor) -> Tally:
    return Tally(float(values.sum()), len(values))


def _place(clip: Clip, drawn: Tensor, truth: Tensor, empty: Tensor) -> Tally:
    """Of clips with one character, shares of the width; others weigh nothing."""
    motion = clip.sample.motion
    if max(len(one.scene.figures) for one in (motion.start, motion.end)) != 1:
        return Tally()
    off = [
        measures.displacement(*three)
        for three in zip(drawn[1:-1], truth[1:-1], empty[1:-1], strict=True)
    ]
    known = [one for one in off if one is not None]
    return Tally(sum(known), len(known))


def stability(made: Sequence[Reading], truth: Sequence[Reading]) -> Tally:
    """How many of the looks that are read in true frames are read the same in made ones."""
    kept = Tally()
    for one, other in zip(made, truth, strict=True):
        for place, right in enumerate(other.figures):
            wanted = [name for name in STABLE if right[name] is not None]
            mine = one.figures[place] if place < len(one.figures) else None
            hits = sum(mine is not None and mine[name] == right[name] for name in wanted)
            kept = kept + Tally(hits, len(wanted))
    return kept


def psnr(mse: Figure) -> Figure:
    """In decibels; the interval turned over, as less error is more."""

    def decibels(value: float) -> float:
        return math.inf if value == 0 else -10 * math.log10(value)

    return Figure(decibels(mse.value), decibels(mse.high), decibels(mse.low))


def values(found: Sequence[Measured]) -> dict[str, dict[str, tuple[float, float, float]]]:
    """For JSON: value, low and high end of the 95 % interval, by way and measure."""
    told: dict[str, dict[str, tuple[float, float, float]]] = {}
    for one in found:
        figures = {name: one.figure(name) for name in one.tallies}
        figures["psnr"] = psnr(figures["mse"])
        fade = next((other for other in found if other.way == FADE), None)
        if fade is not None:
            figures["mse of cross-fade"] = one.over(fade, "mse")
        told[one.way] = {name: (it.value, it.low, it.high) for name, it in figures.items()}
    return told


_COLUMNS: tuple[tuple[str, str, float, int], ...] = (
    ("psnr", "PSNR, dB", 1, 2),
    ("mse of cross-fade", "MSE of fade's", 1, 3),
    ("ssim", "SSIM", 1, 3),
    ("perceptual", "perceptual", 1, 3),
    ("place", "place off, % of width", 100, 1),
    ("pixels", "in pixels", 1, 1),
    ("stable", "looks kept, %", 100, 1),
    ("seam", "seam / median step", 1, 2),
    ("flicker", "flicker, %", 100, 2),
    ("seconds", "seconds", 1, 2),
)


def table(found: Sequence[Measured]) -> str:
    """For people, in Markdown: each figure with its 95 % interval."""
    told = values(found)
    lines = ["| way | " + " | ".join(title for _, title, _, _ in _COLUMNS) + " |"]
    lines.append("| --- " * (len(_COLUMNS) + 1) + "|")
    for way, figures in told.items():
        cells = [
            "-" if name not in figures else _cell(figures[name], times_, digits)
            for name, _, times_, digits in _COLUMNS
        ]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(three: tuple[float, float, float], times_: float, digits: int) -> str:
    value, low, high = (f"{one * times_:.{digits}f}" for one in three)
    return "-" if value == "nan" else f"{value} [{low}, {high}]"

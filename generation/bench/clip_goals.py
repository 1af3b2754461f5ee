"""The goals of `inkthread bench clips`, with what was measured of each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from PIL import Image

from generation.bench.clip_ways import OURS, SLERP
from generation.bench.clips import FADE, Bench, Measured
from generation.clips.assemble import ClipPanel, Cutter, Wishes
from generation.clips.fit import mp4_within
from generation.goals import Goal

OF_OTHERS = 0.65  # of the squared error of cross-fade, and of latent slerp
OFF_PLACE = 0.04  # of the picture's width
LOST = 0.05  # of the looks that can be read in the true frames
SEAM = 1.5  # x the median step
PANELS = 4  # of the clip that is timed
SECONDS = 90.0  # for all of it: frames and film
MIB = 1 << 20
LIMIT = 10.0  # MiB of its file; what Discord takes where nothing else is known


@dataclass(frozen=True)
class Filmed:
    """A clip of PANELS panels: seconds in which its film was cut and written, and its bytes."""

    seconds: float
    size: int


def filmed(bench: Bench, way: str) -> Filmed:
    """A film of a way's first transitions, as long as a clip of PANELS panels."""
    made = (bench.strips[way] * PANELS)[: PANELS - 1]
    panels = [ClipPanel(frames[0]) for frames in made] + [ClipPanel(made[-1][-1])]
    transitions: Sequence[Sequence[Image.Image]] = made
    began = time.perf_counter()
    film = Cutter().assemble(panels, transitions, Wishes())
    size = len(mp4_within(film, round(LIMIT * MIB)).data)
    return Filmed(time.perf_counter() - began, size)


def goals(found: Sequence[Measured], film: Filmed | None) -> list[Goal]:
    """With a verdict on each; without ours, or without the reader, some aren't measured."""
    ways = {one.way: one for one in found}

    def of_ours(name: str) -> float:
        ours = ways.get(OURS)
        return ours.figure(name).value if ours is not None and name in ours.tallies else nan

    def over(other: str) -> float:
        both = OURS in ways and other in ways
        return ways[OURS].over(ways[other], "mse").value if both else nan

    seconds = (PANELS - 1) * of_ours("seconds") + (film.seconds if film else nan)
    return [
        Goal("squared error, x cross-fade's", over(FADE), OF_OTHERS),
        Goal("squared error, x latent slerp's", over(SLERP), OF_OTHERS),
        Goal("place, off by so much of the width", of_ours("place"), OFF_PLACE),
        Goal("looks that are not kept", 1 - of_ours("stable"), LOST),
        Goal("jump at a seam, x the median step", of_ours("seam"), SEAM),
        Goal(f"a clip of {PANELS} panels, seconds, here and now", seconds, SECONDS),
        Goal("its file, MiB", film.size / MIB if film else nan, LIMIT),
    ]

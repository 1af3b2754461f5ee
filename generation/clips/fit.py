"""Finds the best version of a film that keeps a limit: first lower quality, then smaller, then
fewer frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generation.clips.encode import EachFrame, Quality, to_mp4, to_webp, unwatched
from generation.clips.errors import ClipTooLarge
from generation.clips.film import Film

Writer = Callable[[Quality], bytes]

CRF_STEP = 2
HALF = 6.0  # of the rate factor halves a file, about (x264's own rule of thumb)
CLOSER = 3  # more tries for a better version, once one fits

# Best first. Lower quality is seen less than fewer pixels down to about 30, where lines get dirty.
LADDER: tuple[Quality, ...] = (
    *(Quality(1.0, crf) for crf in range(18, 31, CRF_STEP)),
    *(Quality(0.75, crf) for crf in range(26, 33, CRF_STEP)),
    *(Quality(0.5, crf) for crf in range(26, 37, CRF_STEP)),
    *(Quality(0.375, crf, 2) for crf in range(30, 39, CRF_STEP)),
    *(Quality(0.25, crf, 3) for crf in range(34, 49, CRF_STEP)),
    *(Quality(0.125, crf, 6) for crf in range(40, 51, CRF_STEP)),
)


@dataclass(frozen=True)
class Written:
    """A file's content and how it was written; `tries` is how many versions were made for it."""

    data: bytes
    quality: Quality
    tries: int


def mp4_within(
    film: Film, limit: int, subtitles: bool = False, each_frame: EachFrame = unwatched
) -> Written:
    """The best MP4 of at most `limit` bytes.

    Raises:
        ClipTooLarge: there is none.
    """
    return best_within(lambda quality: to_mp4(film, quality, subtitles, each_frame), limit)


def webp_within(film: Film, limit: int) -> Written:
    """The best animated WebP of at most `limit` bytes.

    Raises:
        ClipTooLarge: there is none.
    """
    return best_within(lambda quality: to_webp(film, quality), limit)


def best_within(write: Writer, limit: int, ladder: Sequence[Quality] = LADDER) -> Written:
    """The first rung that fits, found in few tries: each size that was too large tells about how
    many rungs to skip, and once one fits, those that were skipped are halved CLOSER times.

    Raises:
        ClipTooLarge: not even the last one fits.
    """
    failed, at, tries = -1, 0, 0
    while True:
        data, tries = write(ladder[at]), tries + 1
        if len(data) <= limit:
            break
        if at == len(ladder) - 1:
            raise ClipTooLarge(len(data), limit)
        failed, at = at, _next(ladder, at, limit / len(data))
    best, place = data, at
    for _ in range(CLOSER):
        if place - failed <= 1:
            break
        middle = (failed + place) // 2
        data, tries = write(ladder[middle]), tries + 1
        if len(data) <= limit:
            best, place = data, middle
        else:
            failed = middle
    return Written(best, ladder[place], tries)


def _next(ladder: Sequence[Quality], at: int, ratio: float) -> int:
    """The first rung that should be so much smaller than the one at `at`."""
    target = _weight(ladder[at]) + math.log2(ratio)
    for place in range(at + 1, len(ladder)):
        if _weight(ladder[place]) <= target:
            return place
    return len(ladder) - 1


def _weight(quality: Quality) -> float:
    """The binary logarithm of a file's size, up to a constant."""
    return 1.7 * math.log2(quality.scale) - quality.crf / HALF - 0.5 * math.log2(quality.skip)

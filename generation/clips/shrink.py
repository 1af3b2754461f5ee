"""A film that is too large, written anew within a limit. It is read again for every try, frame by
frame, so its length doesn't matter to memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction

import av

from generation.clips.encode import Quality, even, written
from generation.clips.fit import best_within


class NotAFilm(Exception):
    """The bytes are no film that can be read."""


def shrunk(film: bytes, limit: int) -> bytes:
    """The best MP4 of the same film of at most `limit` bytes.

    Raises:
        NotAFilm
        ClipTooLarge: there is none.
    """
    try:
        return best_within(lambda quality: _again(film, quality), limit).data
    except av.FFmpegError as exc:
        raise NotAFilm(str(exc)) from exc


def _again(film: bytes, quality: Quality) -> bytes:
    with av.open(io.BytesIO(film), "r") as source:
        video = source.streams.video[0]
        rate = Fraction(video.average_rate or 1) / quality.skip
        size = even((video.width, video.height), quality.scale)
        frames = _every(source, quality.skip, size, rate)
        return written(frames, size, rate, quality, source.metadata.get("title", ""))


def _every(
    source: av.container.InputContainer, skip: int, size: tuple[int, int], rate: Fraction
) -> Iterator[av.VideoFrame]:
    """Every `skip`-th frame, at its place in a film of that rate."""
    for number, frame in enumerate(source.decode(video=0)):
        if number % skip == 0:
            fitting = frame.reformat(*size, format="yuv420p", interpolation="LANCZOS")
            fitting.pts, fitting.time_base = number // skip, 1 / rate
            yield fitting

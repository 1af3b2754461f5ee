"""Videos of a folder as short runs of frames, to learn motion from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image, ImageOps

from generation.clips.errors import NoFootage
from generation.clips.film import FPS

KINDS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif")


@dataclass(frozen=True)
class Take:
    """Frames of one run, and what is seen in it, as a text beside the video says: `walk.txt` beside
    `walk.mp4`; empty where there is none."""

    frames: tuple[Image.Image, ...]
    caption: str


def takes(folder: Path, frames: int, size: tuple[int, int]) -> Iterator[Take]:
    """All runs of so many frames, about FPS a second, cut to `size` around the middle. What is left
    of a video at its end is too short, and left out.

    Raises:
        NoFootage: there is no video in the folder, one can't be read, or all are too short.
    """
    files = sorted(one for one in folder.rglob("*") if one.suffix.lower() in KINDS)
    found = 0
    for file in files:
        beside = file.with_suffix(".txt")
        caption = beside.read_text(encoding="utf-8").strip() if beside.is_file() else ""
        run: list[Image.Image] = []
        for picture in _pictures(file):
            run.append(ImageOps.fit(picture, size, Image.Resampling.LANCZOS))
            if len(run) == frames:
                found += 1
                yield Take(tuple(run), caption)
                run = []
    if not found:
        raise NoFootage(folder, len(files), frames)


def _pictures(file: Path) -> Iterator[Image.Image]:
    """Of every so many frames one.

    Raises:
        NoFootage: it can't be read.
    """
    try:
        with av.open(str(file), "r") as container:
            if not container.streams.video:
                return
            rate = float(container.streams.video[0].average_rate or FPS)
            every = max(1, round(rate / FPS))
            for number, frame in enumerate(container.decode(video=0)):
                if number % every == 0:
                    yield frame.to_image()  # type: ignore[no-untyped-call]
    except av.FFmpegError as exc:
        raise NoFootage(file, 1, 0) from exc

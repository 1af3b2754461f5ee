"""A film as a value: pictures that are held or pass by, with the words that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from generation.clips.errors import NothingToShow

FPS = 12  # frames per second: a cartoon's
SLOWEST, FASTEST = 8, 24


@dataclass(frozen=True)
class Piece:
    """Pictures that follow each other, each for `each` frames; `words` are its subtitle."""

    pictures: tuple[Image.Image, ...]
    each: int = 1
    words: str = ""

    @property
    def frames(self) -> int:
        return len(self.pictures) * self.each


@dataclass(frozen=True)
class Subtitle:
    """Words from one time to another, in seconds."""

    start: float
    end: float
    words: str


@dataclass(frozen=True)
class Film:
    """Pieces in order; all pictures have one size. `title` goes into the file's metadata."""

    pieces: tuple[Piece, ...]
    fps: int = FPS
    title: str = ""

    def __post_init__(self) -> None:
        """Raises:
        NothingToShow: there is no picture.
        ValueError: pictures differ in size, or the frame rate is none that a clip may have.
        """
        sizes = {picture.size for piece in self.pieces for picture in piece.pictures}
        if not sizes:
            raise NothingToShow
        if len(sizes) > 1:
            raise ValueError(f"pictures of different sizes: {sorted(sizes)}")
        if not SLOWEST <= self.fps <= FASTEST:
            raise ValueError(f"{self.fps} frames per second; {SLOWEST} to {FASTEST} are possible")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return next(piece.pictures[0].size for piece in self.pieces if piece.pictures)

    @property
    def frames(self) -> int:
        return sum(piece.frames for piece in self.pieces)

    @property
    def seconds(self) -> float:
        return self.frames / self.fps

    def runs(self) -> Iterator[tuple[Image.Image, int]]:
        """Every picture with the number of frames for which it is shown."""
        for piece in self.pieces:
            for picture in piece.pictures:
                yield picture, piece.each

    def subtitles(self) -> list[Subtitle]:
        """The pieces' words, in order, never overlapping; said on through several pieces, once."""
        found: list[Subtitle] = []
        at = 0
        for piece in self.pieces:
            words, start, end = piece.words.strip(), at / self.fps, (at + piece.frames) / self.fps
            if found and found[-1].words == words and found[-1].end == start:
                start = found.pop().start
            if words:
                found.append(Subtitle(start, end, words))
            at += piece.frames
        return found

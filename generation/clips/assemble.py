"""From panels to a film: holds long enough to read, transitions, words, credits."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from generation.clips.film import FPS, Film, Piece
from generation.pages.fonts import Shelf
from generation.pages.ink import INK, PAPER, draw_block
from generation.pages.layout import Rect
from generation.pages.lettering import letter_panel
from generation.pages.speakers import speakers_in
from generation.pages.typeset import Typesetter
from generation.pages.wrap import break_lines
from generation.script.story import Lettering

LEAST_HOLD = 1.2  # seconds; a picture is seen in one
LONGEST_HOLD = 9.0
LETTERS = 15.0  # read in a second; subtitles for adults allow 17 (Netflix, Timed Text Style Guide)
IDEOGRAPHS = 6.0  # read in a second; the same guide allows 9 for Chinese
FADE = 0.25  # seconds in which words come and go
CREDITS = 2.0  # seconds
LEAST_WIDTH = 512  # pixels: words stay readable on a phone
LETTER_SIZE = 0.05  # of the width
CREDITS_SIZE = 0.045


@dataclass(frozen=True)
class ClipPanel:
    """A drawn panel and what is said in it; `characters` from left to right, as on a page."""

    picture: Image.Image
    lettering: tuple[Lettering, ...] = ()
    characters: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For a subtitle: each piece on its own line, with who says it."""
        return "\n".join(
            f"{one.speaker}: {one.text}" if one.speaker else one.text for one in self.lettering
        )


@dataclass(frozen=True)
class Wishes:
    """How a film is made. `burnt_in` draws the words on the pictures as a page has them."""

    fps: int = FPS
    burnt_in: bool = True
    title: str = ""
    credits: str = ""


def reading_time(words: str) -> float:
    """Seconds for which a panel with these words is held."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    needed = LEAST_HOLD + wide / IDEOGRAPHS + (len(words) - wide) / LETTERS
    return min(needed, LONGEST_HOLD)


@dataclass
class Cutter:
    """Cuts films. Keeps opened fonts; keep one per process."""

    shelf: Shelf = field(default_factory=Shelf.installed)

    def assemble(
        self,
        panels: Sequence[ClipPanel],
        transitions: Sequence[Sequence[Image.Image]],
        wishes: Wishes,
    ) -> Film:
        """A film that shows every panel and, between two, their transition: frames from the one's
        picture to the other's, both included (fewer than three frames are a plain cut).

        The first frame is the first panel as it is read, so that it stands for the film.

        Raises:
            NothingToShow: there is no panel.
            ValueError: there isn't one transition between every two panels.
        """
        if len(transitions) != max(0, len(panels) - 1):
            raise ValueError(f"{len(transitions)} transitions between {len(panels)} panels")
        pieces: list[Piece] = []
        for place, panel in enumerate(panels):
            pieces += self._held(panel, wishes, place == 0, place == len(panels) - 1)
            if place < len(transitions):
                between = transitions[place][1:-1]
                pieces.append(Piece(tuple(enlarged(one) for one in between)))
        if panels and wishes.credits.strip():
            size = enlarged(panels[0].picture).size
            pieces.append(Piece((self._credits(size, wishes),), round(CREDITS * wishes.fps)))
        return Film(tuple(pieces), wishes.fps, wishes.title)

    def _held(self, panel: ClipPanel, wishes: Wishes, first: bool, last: bool) -> list[Piece]:
        """A panel, its words fading in and out where they are drawn on it."""
        plain = enlarged(panel.picture)
        shown = max(1, round(reading_time(panel.words) * wishes.fps))
        if not wishes.burnt_in or not panel.lettering:
            return [Piece((plain,), shown, panel.words)]
        lettered = self._lettered(plain, panel)
        steps = max(1, round(FADE * wishes.fps))
        shares = [step / (steps + 1) for step in range(steps + 1)]
        fading = [Image.blend(plain, lettered, share) for share in shares]
        pieces = [] if first else [Piece(tuple(fading), 1, panel.words)]
        pieces.append(Piece((lettered,), shown, panel.words))
        if not last:
            pieces.append(Piece(tuple(reversed(fading)), 1))
        return pieces

    def _lettered(self, picture: Image.Image, panel: ClipPanel) -> Image.Image:
        page = picture.copy()
        rect = Rect(0, 0, page.width, page.height)
        setters: dict[int, Typesetter] = {}

        def setter(size: int) -> Typesetter:
            return setters.setdefault(size, Typesetter(self.shelf, size))

        size = round(page.width * LETTER_SIZE)
        speakers = speakers_in(rect, panel.characters, picture)
        for block in letter_panel(rect, panel.lettering, speakers, setter, size):
            draw_block(page, block, setter(block.size))
        return page

    def _credits(self, size: tuple[int, int], wishes: Wishes) -> Image.Image:
        page = Image.new("RGB", size, INK)
        setter = Typesetter(self.shelf, max(9, round(size[0] * CREDITS_SIZE)))
        lines = [
            line
            for text in (wishes.title, wishes.credits)
            if text.strip()
            for line in break_lines(text.strip(), size[0] * 0.86, setter.width)
        ]
        top = (size[1] - setter.height(len(lines))) / 2
        canvas = ImageDraw.Draw(page)
        for number, line in enumerate(lines):
            x = (size[0] - setter.width(line)) / 2
            y = top + setter.height(number + 1) - setter.height(1)
            setter.draw(canvas, x, y, line, PAPER, "ltr")
        return page


def enlarged(picture: Image.Image) -> Image.Image:
    """Small pictures at a whole multiple of their size, at least LEAST_WIDTH wide."""
    times = -(-LEAST_WIDTH // picture.width)
    if times <= 1:
        return picture.convert("RGB")
    size = (picture.width * times, picture.height * times)
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)

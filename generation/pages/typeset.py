"""Measuring and drawing lines of text in mixed scripts."""

import re
import unicodedata
from dataclasses import dataclass, field

from PIL import ImageDraw, features

from generation.pages.bidi import in_order_of_display
from generation.pages.fonts import JOINERS, Face, Shelf

ASCENT = 0.9  # of the letter size: room above the baseline for capitals with accents and for 汉字
DESCENT = 0.28
LEADING = 1.22  # from baseline to baseline
WORD_SPACE = 0.07  # em added between words; comic faces have narrow spaces

Colour = tuple[int, int, int]


@dataclass
class Typesetter:
    """Sets text from a shelf at one size (pixels per em). Remembers the widths it measured."""

    shelf: Shelf
    size: int
    shaping: bool = field(default_factory=lambda: bool(features.check("raqm")))
    _widths: dict[str, float] = field(default_factory=dict)

    def width(self, text: str) -> float:
        """Pixels from the start to the end of a line."""
        if text not in self._widths:
            self._widths[text] = sum(
                self._length(face, piece, direction)
                for face, piece, direction in self._runs(text, "ltr")
            )
        return self._widths[text]

    def height(self, lines: int) -> float:
        return self.size * (ASCENT + DESCENT + LEADING * (lines - 1)) if lines else 0.0

    def draw(
        self, canvas: ImageDraw.ImageDraw, x: float, top: float, text: str, fill: Colour, base: str
    ) -> None:
        """Draw one line from its left edge and its top; `base` is the paragraph's direction."""
        baseline = top + ASCENT * self.size
        for face, piece, direction in self._runs(text, base):
            for word in _words(piece, direction):
                canvas.text(
                    (x, baseline),
                    word,
                    fill=fill,
                    font=face.at(self.size),
                    anchor="ls",
                    direction=direction if self.shaping else None,
                    stroke_width=face.boldness * self.size,
                )
                x += self._length(face, word, direction)

    def _runs(self, text: str, base: str) -> list[tuple[Face, str, str]]:
        """Pieces of one face and one direction from left to right."""
        found: list[tuple[Face, str, str]] = []
        for direction, stretch in in_order_of_display(printable(text), base):
            runs = [(face, piece, direction) for face, piece in self.shelf.runs(stretch)]
            if direction == "rtl":
                runs.reverse()
                if not self.shaping:
                    runs = [(face, piece[::-1], direction) for face, piece, _ in runs]
            found += runs
        return found

    def _length(self, face: Face, piece: str, direction: str) -> float:
        font = face.at(self.size)
        spaces = piece.count(" ") * WORD_SPACE * self.size if direction == "ltr" else 0.0
        return font.getlength(piece, direction=direction if self.shaping else None) + spaces


def _words(piece: str, direction: str) -> list[str]:
    """Words with the space after them; a right-to-left piece stays whole."""
    return re.findall(r"[^ ]* |[^ ]+$", piece) if direction == "ltr" else [piece]


def printable(text: str) -> str:
    """Without letters that show nothing; the joiners inside emoji and Indic words stay. Every kind
    of space and line end is a space."""
    return "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter in JOINERS
        or letter.isspace()
        or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )

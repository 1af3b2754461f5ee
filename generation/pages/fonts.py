"""Fonts: a comic face first, and for every letter it lacks the first face that has it.

The faces come from installed packages under open licences (SIL OFL 1.1, Apache 2.0): Delius, a
comic letterer's hand; Luckiest Guy for titles; Noto Sans for most other scripts, Noto Emoji; Noto
Sans CJK. Then whatever fonts the system has, and at last the face inside Pillow.
"""

import importlib.util
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

MOST_SYSTEM_FONTS = 500  # files looked into, at some milliseconds each
SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
CHINESE_LETTER = 0x4E00
TITLE_WEIGHT = 800  # of variable fonts
TITLE_BOLDNESS = 0.03  # em more than in captions, for the others
# Latin and Chinese share these, but draw them differently; opening ones go with what follows.
SHARED_OPENING, SHARED = "“‘", "”’…—·"
JOINERS = "\u200c\u200d"


@dataclass(eq=False)
class Face:
    """One font file. `boldness` thickens its strokes by that part of the letter size, so that
    faces of different weight look alike; `weight` sets a variable font. `path` None is Pillow's
    own face. Opened fonts and their coverage are kept in the face."""

    path: Path | None
    index: int = 0
    boldness: float = 0.0
    weight: int | None = None
    lighter: "Face | None" = None

    def __post_init__(self) -> None:
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}

    @cached_property
    def coverage(self) -> frozenset[int]:
        """Code points that have a glyph; none for a file that can't be read."""
        if self.lighter is not None:
            return self.lighter.coverage
        if self.path is None:
            return frozenset(range(32, 127))
        try:
            with self.path.open("rb") as file, TTFont(file, fontNumber=self.index) as font:
                # Glyph names are not asked for; reading them takes most of the time.
                font.setGlyphOrder([str(glyph) for glyph in range(font["maxp"].numGlyphs)])
                return frozenset(font.getBestCmap() or ())
        except (TTLibError, OSError, ValueError, KeyError, AssertionError):
            return frozenset()  # one of many fallbacks; another will do

    def heavier(self) -> "Face":
        """The same face in the weight of titles."""
        weight = self.weight and TITLE_WEIGHT
        return Face(self.path, self.index, self.boldness + TITLE_BOLDNESS, weight, lighter=self)

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font at `size` pixels per em."""
        if size not in self._sizes:
            self._sizes[size] = self._open(size)
        return self._sizes[size]

    def _open(self, size: int) -> ImageFont.FreeTypeFont:
        if self.path is None:
            return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))
        font = ImageFont.truetype(str(self.path), size, index=self.index)
        if self.weight is not None:
            weight = float(self.weight)
            axes = font.get_variation_axes()
            font.set_variation_by_axes(
                [
                    weight if "Weight" in str(axis["name"]) else float(axis["default"] or 0)
                    for axis in axes
                ]
            )
        return font


@dataclass(frozen=True)
class Shelf:
    """Faces by preference. Every letter is set in the first face that has it."""

    faces: tuple[Face, ...]

    @staticmethod
    def installed() -> "Shelf":
        """The faces of the installed packages, for captions and balloons."""
        return Shelf(tuple(_packaged("comic")))

    def for_titles(self) -> "Shelf":
        """The same faces behind a loud one."""
        return Shelf((*_packaged("title"), *(face.heavier() for face in self.faces)))

    @cached_property
    def _fallback(self) -> tuple[Face, ...]:
        return (*_system_faces(), Face(None))

    def face_of(self, letter: str, before: Face | None = None) -> Face:
        """The face for a letter; `before`'s is kept for marks that belong to the letter before."""
        if before is not None and (unicodedata.combining(letter) or _clings(letter)):
            return before
        code = ord(letter)
        for face in self.faces:
            if code in face.coverage:
                return face
        for face in self._fallback:
            if code in face.coverage:
                return face
        return self.faces[0] if self.faces else self._fallback[-1]

    def runs(self, text: str) -> list[tuple[Face, str]]:
        """The text in pieces of one face each, in the order of reading."""
        found: list[tuple[Face, str]] = []
        face: Face | None = None
        for at, letter in enumerate(text):
            following = self._shared(text, at, face) or self.face_of(letter, face)
            if face is None or following is not face:
                found.append((following, letter))
            else:
                found[-1] = (face, found[-1][1] + letter)
            face = following
        return found

    def _shared(self, text: str, at: int, before: Face | None) -> Face | None:
        """The Chinese face for punctuation that belongs to a Chinese letter."""
        if text[at] in SHARED_OPENING and at + 1 < len(text):
            neighbour: Face | None = self.face_of(text[at + 1])
        else:
            neighbour = before if text[at] in SHARED else None
        chinese = neighbour is not None and CHINESE_LETTER in neighbour.coverage
        return neighbour if chinese and neighbour and ord(text[at]) in neighbour.coverage else None


def _clings(letter: str) -> bool:
    return letter in JOINERS or unicodedata.category(letter) in ("Me", "Cf") or letter == "\ufe0f"


def _packaged(use: str) -> Iterator[Face]:
    if use == "title":
        yield from _files("fontpkg_luckiest_guy", ["files/LuckiestGuy-Regular.ttf"])
        return
    yield from _files("fontpkg_delius", ["files/Delius-Regular.ttf"], boldness=0.014)
    yield from _files("manimgx_fonts", ["NotoSans[[]wght].ttf"], weight=500)
    yield from _files(
        "manimgx_fonts", ["NotoSans[!-]*.ttf"], weight=500, skip=("NotoSans[wght].ttf",)
    )
    yield from _files("manimgx_fonts", ["NotoEmoji*.ttf"], weight=500)
    yield from _files("noto_cjk_sans_otc", ["NotoSansCJK-Regular.ttc"], boldness=0.008, index=2)


def _files(
    package: str,
    patterns: Sequence[str],
    *,
    boldness: float = 0.0,
    weight: int | None = None,
    index: int = 0,
    skip: Iterable[str] = (),
) -> Iterator[Face]:
    """Faces in an installed package that need not be there; it is located, never imported."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for pattern in patterns:
            for path in sorted(Path(folder).glob(pattern)):
                if path.name not in skip:
                    yield Face(path, index, boldness, weight)


def _system_faces() -> Iterator[Face]:
    """Fonts of the machine, upright and regular ones first, in a fixed order."""
    paths = (
        path
        for folder in SYSTEM_FOLDERS
        for path in Path(folder).expanduser().glob("**/*")
        if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    )
    plain_first = sorted(paths, key=lambda path: (_is_fancy(path.stem), len(path.stem), str(path)))
    for path in plain_first[:MOST_SYSTEM_FONTS]:
        yield Face(path)


def _is_fancy(name: str) -> bool:
    return any(
        word in name.lower() for word in ("bold", "italic", "oblique", "mono", "thin", "light")
    )

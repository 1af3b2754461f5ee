"""Drawing styles: the same scene as a comic, in lines, as film noir, in pastel, in watercolour.

A style chooses how thick ink lines are, and makes the finished picture out of the canvas, whose
ink is exactly known: it is flat colour still.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from generation.toon.world.pen import INK, SUPERSAMPLING, Colour, finish
from generation.toon.world.scene import Drawing

Field = NDArray[np.floating[Any]]

_WEIGHTS: dict[Drawing, float] = {
    "comic book": 1.0,
    "line art": 0.9,
    "film noir": 1.0,
    "pastel": 0.62,
    "storybook": 0.7,
}
CLOSE_WEIGHT = 0.74  # lines of a close-up are thinner than what is drawn, which they would cover
SOFT_INK: Colour = (138, 122, 158)
SEPIA: Colour = (86, 58, 46)
PAPER: Colour = (252, 242, 218)
GREY_OF = (0.30, 0.59, 0.11)  # how bright red, green and blue are (ITU-R BT.601)


def line_weight(drawing: Drawing, zoom: float) -> float:
    """How many times as thick as usual ink lines are."""
    return _WEIGHTS[drawing] * (1.0 if zoom == 1.0 else CLOSE_WEIGHT)


def finished(canvas: Image.Image, drawing: Drawing, seed: int) -> Image.Image:
    """The picture that a canvas is in a style, without its supersampling."""
    styles: dict[Drawing, Callable[[Image.Image, int], Image.Image]] = {
        "line art": _line_art,
        "film noir": _film_noir,
        "pastel": _pastel,
        "storybook": _storybook,
    }
    return finish(canvas) if drawing == "comic book" else styles[drawing](canvas, seed)


def _line_art(canvas: Image.Image, seed: int) -> Image.Image:
    """Black lines where there is ink, thin ones where two colours meet; all else is white paper."""
    pixels = np.asarray(canvas)
    inked = _inked(pixels)
    meet = np.zeros_like(inked)
    meet[1:] |= (pixels[1:] != pixels[:-1]).any(axis=2) & ~inked[1:] & ~inked[:-1]
    meet[:, 1:] |= (pixels[:, 1:] != pixels[:, :-1]).any(axis=2) & ~inked[:, 1:] & ~inked[:, :-1]
    thin = Image.fromarray(meet.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(3))
    paper = 255 - np.maximum(np.asarray(thin), inked.astype(np.uint8) * 255)
    return finish(Image.fromarray(paper)).convert("RGB")


def _film_noir(canvas: Image.Image, seed: int) -> Image.Image:
    """Grey, hard light from one side through blinds, black corners."""
    ink, colours = _apart(canvas)
    grey = colours @ np.array(GREY_OF, dtype=np.float32) / 255
    hard = 1 / (1 + np.exp(-6.5 * (grey - 0.48)))  # dark skin stays apart from ink
    x, y = _places(len(grey))
    side = 1.0 if seed % 2 else -1.0
    slat = np.abs(((y + side * 0.42 * (x - 0.5)) * 6) % 1 - 0.5)  # 0.5 where two of them meet
    blinds = np.clip((slat - 0.3) * 24 + 0.5, 0, 1)
    light = np.clip(1.3 - 1.7 * np.hypot(x - 0.5 - side * 0.12, (y - 0.42) * 0.9) ** 1.6, 0.2, 1)
    lit = hard * light * (1 - 0.5 * blinds)
    return _greyed(lit * (1 - ink) + 0.03 * ink)


def _pastel(canvas: Image.Image, seed: int) -> Image.Image:
    """Pale, soft colours with thin light outlines."""
    ink, colours = _apart(canvas)
    grey = (colours @ np.array(GREY_OF, dtype=np.float32))[..., None]
    pale = 255 - (255 - (0.72 * colours + 0.28 * grey)) * 0.54
    return _coloured(_over(pale, ink, SOFT_INK))


def _storybook(canvas: Image.Image, seed: int) -> Image.Image:
    """Watercolour on warm paper: uneven washes with dark edges, which end before the paper does."""
    ink, colours = _apart(canvas)
    size = canvas.width // SUPERSAMPLING
    noise = np.random.default_rng(seed)
    cloudy = _noise(noise, size, 9) * 0.6 + _noise(noise, size, 26) * 0.4
    soft = _blurred(colours, size / 170)
    edges = np.abs(soft - _blurred(soft, size / 64)).max(axis=2) / 255
    painted = _painted(cloudy)
    grain = 0.985 + 0.03 * _noise(noise, size, size)
    amount = np.clip(0.67 + 0.26 * cloudy + 0.5 * edges, 0, 1.15) * painted
    washed = np.array(PAPER) * grain[..., None] * (1 - amount[..., None] * (1 - soft / 255))
    return _coloured(_over(washed, ink * (0.45 + 0.55 * painted), SEPIA))


def _painted(cloudy: Field) -> Field:
    """How much of the paint there is at each place: none at the paper's border."""
    x, y = _places(len(cloudy))
    border = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y))
    painted: Field = np.clip((border - 0.035 + 0.05 * (cloudy - 0.5)) * 26, 0, 1)
    return painted


def _blurred(colours: Field, radius: float) -> Field:
    return np.asarray(_coloured(colours).filter(ImageFilter.GaussianBlur(radius)), np.float32)


def _inked(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    inked: NDArray[np.bool_] = (pixels == np.array(INK, dtype=np.uint8)).all(axis=2)
    return inked


def _apart(canvas: Image.Image) -> tuple[Field, Field]:
    """How much of each pixel is ink (0 to 1), and the colours without it."""
    pixels = np.asarray(canvas)
    inked = _inked(pixels)
    ink = _means(inked.astype(np.float32))
    rest = np.where(inked[..., None], 0, pixels).astype(np.float32)
    sums = np.stack([_means(rest[..., channel]) for channel in range(3)], axis=2)
    return ink, sums / np.maximum(1 - ink, 1e-6)[..., None]


def _means(values: Field) -> Field:
    side = len(values) // SUPERSAMPLING
    blocks = values.reshape(side, SUPERSAMPLING, side, SUPERSAMPLING)
    means: Field = blocks.mean(axis=(1, 3), dtype=np.float32)
    return means


def _over(colours: Field, ink: Field, colour: Colour) -> Field:
    """Ink of this colour on top."""
    part = ink[..., None]
    laid: Field = colours * (1 - part) + np.array(colour, dtype=np.float32) * part
    return laid


def _places(size: int) -> tuple[Field, Field]:
    """How far right and down each pixel is, 0 to 1."""
    at = (np.arange(size, dtype=np.float32) + 0.5) / size
    x, y = np.meshgrid(at, at)
    return x, y


def _noise(random: np.random.Generator, size: int, cells: int) -> Field:
    """Smooth noise of so many cells, 0 to 1, `(size, size)`."""
    grid = Image.fromarray(random.integers(0, 256, (cells, cells), dtype=np.uint8))
    smooth = grid.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(smooth, dtype=np.float32) / 255


def _coloured(colours: Field) -> Image.Image:
    return Image.fromarray(np.clip(np.round(colours), 0, 255).astype(np.uint8))


def _greyed(grey: Field) -> Image.Image:
    return Image.fromarray(np.clip(np.round(grey * 255), 0, 255).astype(np.uint8)).convert("RGB")

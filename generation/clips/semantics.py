"""The semantic motion predictor: two pictures to a path of tokens between them.

Source: Zhou et al., StoryDiffusion, arXiv 2405.01434, section 3.2. An image encoder maps both
panels into a semantic space, where the way between them is interpolated linearly; transformer
blocks turn that line into the path that the motion takes. The authors state 8 layers of width 1024
with 12 heads (which doesn't divide it) and leave open the number of tokens; ours follow from the
embedded model's size: 6 layers of its text encoder's width, 6 heads, 16 tokens a frame, each of
which keeps its place in the picture.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

THUMBNAIL = 32  # pixels of the small picture that tokens tell


@dataclass(frozen=True)
class SemanticShape:
    """Sizes of encoder and predictor. `side` are the pixels that are looked at; the encoder halves
    them once for each of `widths`, and what is left are the tokens, of `width` channels."""

    side: int = 128
    widths: tuple[int, ...] = (32, 48, 96, 128, 192)
    width: int = 192
    heads: int = 6
    encoder_layers: int = 2
    layers: int = 6
    most_frames: int = 32

    @property
    def tokens(self) -> int:
        """Tokens of one picture: 16 for the embedded model."""
        return int((self.side // 2 ** len(self.widths)) ** 2)

    def values(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of(values: dict[str, Any]) -> SemanticShape:
        return SemanticShape(**{**values, "widths": tuple(values["widths"])})


class ImageEncoder(nn.Module):
    """Pictures `(pictures, 3, height, width)` in -1..1 to tokens `(pictures, tokens, width)`, row
    by row from the upper left."""

    def __init__(self, shape: SemanticShape) -> None:
        super().__init__()
        self.shape = shape
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise((3, *shape.widths)):
            layers += [
                nn.Conv2d(before, after, 3, stride=2, padding=1),
                nn.GroupNorm(4, after),
                nn.SiLU(),
            ]
        self.body = nn.Sequential(*layers)
        self.widen = nn.Linear(shape.widths[-1], shape.width)
        self.places = nn.Parameter(torch.randn(shape.tokens, shape.width) * 0.02)
        self.blocks = _blocks(shape, shape.encoder_layers)
        self.norm = nn.LayerNorm(shape.width)
        self.cell = max(1, THUMBNAIL // math.isqrt(shape.tokens))  # pixels of a token, each way
        self.tell = nn.Linear(shape.width, 3 * self.cell**2)

    def thumbnail(self, tokens: Tensor) -> Tensor:
        """The small pictures that tokens tell, `(pictures, 3, side, side)` in -1..1, each token its
        own part: what it is trained by, and how a path is looked at."""
        side = math.isqrt(tokens.shape[1])
        parts = self.tell(tokens).transpose(1, 2).reshape(len(tokens), -1, side, side)
        return F.pixel_shuffle(parts, self.cell)

    def forward(self, pictures: Tensor) -> Tensor:
        side = self.shape.side
        if pictures.shape[-2:] != (side, side):
            pictures = F.interpolate(pictures, size=(side, side), mode="bilinear", antialias=True)
        found = self.body(pictures).flatten(2).transpose(1, 2)  # (pictures, tokens, channels)
        tokens: Tensor = self.norm(self.blocks(self.widen(found) + self.places))
        return tokens


class MotionPredictor(nn.Module):
    """Tokens of both ends to the tokens of every frame between them; the ends stay as they are."""

    def __init__(self, shape: SemanticShape) -> None:
        super().__init__()
        self.shape = shape
        self.places = nn.Parameter(torch.randn(shape.tokens, shape.width) * 0.02)
        self.times = nn.Linear(2, shape.width)
        self.blocks = _blocks(shape, shape.layers)
        self.norm = nn.LayerNorm(shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        nn.init.zeros_(self.out.weight)  # it begins with the straight line
        nn.init.zeros_(self.out.bias)

    def forward(self, first: Tensor, last: Tensor, times: Tensor) -> Tensor:
        """Two `(batch, tokens, width)` to `(batch, frames, tokens, width)` at `times` `(frames,)`,
        which begin with 0 and end with 1."""
        return self.foresee(first, last, times)[0]

    def foresee(self, first: Tensor, last: Tensor, times: Tensor) -> tuple[Tensor, Tensor]:
        """The path as `forward` gives it, and what it was made from, which tells more: features of
        the same shape."""
        line = straight(first, last, times)
        batch, frames, tokens, width = line.shape
        parts = times.to(line)
        known = torch.stack([parts, 4 * parts * (1 - parts)], dim=1)  # when; how far from an end
        seen = line + self.places + self.times(known)[:, None]
        hidden = self.blocks(seen.reshape(batch, frames * tokens, width))
        features = self.norm(hidden).view(line.shape)
        away = self.out(features)
        inside = torch.ones(frames, 1, 1, dtype=line.dtype, device=line.device)
        inside[0] = inside[-1] = 0.0
        return line + inside * away, features


def even_times(frames: int) -> Tensor:
    """`(frames,)` from 0 to 1, as a clip is shown."""
    return torch.linspace(0, 1, frames)


def straight(first: Tensor, last: Tensor, times: Tensor) -> Tensor:
    """The linear interpolation, `(batch, frames, tokens, width)`; exact at both ends."""
    parts = times.to(first).view(1, -1, 1, 1)
    return (1 - parts) * first[:, None] + parts * last[:, None]


def _blocks(shape: SemanticShape, layers: int) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(
        shape.width,
        shape.heads,
        4 * shape.width,
        dropout=0.0,
        activation="gelu",
        batch_first=True,
        norm_first=True,
    )
    return nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)

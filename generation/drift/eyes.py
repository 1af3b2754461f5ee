"""What compares two pictures of a character: Toon's reader, CLIP's eye, DINO."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, CLIPVisionModelWithProjection
from transformers.image_utils import (
    IMAGENET_DEFAULT_MEAN,
    IMAGENET_DEFAULT_STD,
    OPENAI_CLIP_MEAN,
    OPENAI_CLIP_STD,
)

from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.diffusion.hub import Place, place_of
from generation.diffusion.vision import pixels_of
from generation.script.catalogue import Model
from generation.toon.reader import Reader, Reading, Sight, as_panels, load_reader

CLIP_KINDS = ("clip", "clip_vision_model")
DINO_KINDS = ("dinov2", "dinov2_with_registers", "dinov3_vit", "vit")
SIDE = 224  # pixels; DINO takes other sizes too, but was trained on this one
LOOKS = ("kind", "skin", "hair", "style", "shirt", "fur", "glasses", "hat")


@dataclass(frozen=True)
class Glimpse:
    """A picture in which a character stands at `place` (from left, from 0) among `figures`, on the
    strip from `left` to `right`, shares of the width."""

    picture: Image.Image
    place: int = 0
    figures: int = 1
    left: float = 0.0
    right: float = 1.0


class Eye(Protocol):
    """Looks once at each picture; what it has seen is its own affair."""

    def see(self, glimpse: Glimpse) -> Any: ...

    def likeness(self, one: Any, other: Any) -> float | None:
        """Of two that it has seen: 0 to 1 (the same), or None where it can't tell."""


class ReaderEye:
    """Toon's: the share of what can be read of both figures that is the same."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._last: tuple[Image.Image, Reading] | None = None  # who is asked for next is often here

    def see(self, glimpse: Glimpse) -> Sight | None:
        """None where the figures that were asked for can't be told from others."""
        if self._last is None or self._last[0] is not glimpse.picture:
            self._last = glimpse.picture, self._reader.read(as_panels([glimpse.picture]))[0]
        found = self._last[1].figures
        return found[glimpse.place] if len(found) == glimpse.figures else None

    def likeness(self, one: Sight | None, other: Sight | None) -> float | None:
        if one is None or other is None:
            return None
        if one["kind"] is not None and other["kind"] not in (None, one["kind"]):
            return 0.0
        known = [
            one[field] == other[field]
            for field in LOOKS
            if one[field] is not None and other[field] is not None
        ]
        return sum(known) / len(known) if known else None


class EncoderEye:
    """CLIP's or DINO's: the cosine between what it makes of both strips, from 0 on."""

    def __init__(
        self, encoder: nn.Module, side: int, mean: Sequence[float], deviation: Sequence[float]
    ) -> None:
        self._encoder = encoder.eval().requires_grad_(False)
        self._side = side
        self._mean, self._deviation = mean, deviation

    def see(self, glimpse: Glimpse) -> Tensor:
        """`(features,)`."""
        pixels = pixels_of([_strip(glimpse)], self._side, self._mean, self._deviation)
        with torch.inference_mode():
            seen = self._encoder(pixels)
        said = getattr(seen, "image_embeds", None)
        features: Tensor = seen.last_hidden_state[:, 0] if said is None else said
        return features[0]

    def likeness(self, one: Tensor, other: Tensor) -> float | None:
        return max(0.0, float(F.cosine_similarity(one, other, dim=0)))


def load_eye(model: Model, folder: Path) -> Eye | None:
    """What the entry's `likeness_encoder` names, relative to the catalogue's `folder` or on the
    hub; None where it names nothing.

    Raises:
        ModelMissing: it isn't there or can't be read.
        ModelUnsupported: it is of another kind.
    """
    if not model.likeness_encoder:
        return None
    place = place_of(model.likeness_encoder, folder)
    if place.here and _is_reader(place.path):
        return ReaderEye(load_reader(place.path))
    where = _where(place)
    try:
        config = AutoConfig.from_pretrained(**where)
        if config.model_type in CLIP_KINDS:
            clip = CLIPVisionModelWithProjection.from_pretrained(**where, use_safetensors=True)
            side = clip.config.image_size
            return EncoderEye(clip, side, OPENAI_CLIP_MEAN, OPENAI_CLIP_STD)
        if config.model_type in DINO_KINDS:
            dino = AutoModel.from_pretrained(**where, use_safetensors=True)
            return EncoderEye(dino, SIDE, IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD)
    except (OSError, ValueError) as exc:
        raise ModelMissing(model.name, str(place), str(exc).split("\n")[0].rstrip(".")) from exc
    kind = config.model_type
    raise ModelUnsupported(model.name, f"its likeness encoder is '{kind}', neither CLIP nor DINO")


def _is_reader(folder: Path) -> bool:
    config = folder / "config.json"
    return config.is_file() and "thresholds" in json.loads(config.read_text(encoding="utf-8"))


def _where(place: Place) -> dict[str, Any]:
    source = str(place.path) if place.here else place.repository
    where: dict[str, Any] = {"pretrained_model_name_or_path": source}
    if not place.here and place.inner != ".":
        where["subfolder"] = place.inner
    return where


def _strip(glimpse: Glimpse) -> Image.Image:
    width, height = glimpse.picture.size
    left, right = round(glimpse.left * width), round(glimpse.right * width)
    return glimpse.picture.crop((left, 0, max(right, left + 1), height))

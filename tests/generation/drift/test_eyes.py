"""Image encoders that compare, tiny and untrained, and Toon's reader."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from transformers import BertConfig, CLIPVisionModelWithProjection, Dinov2Config, Dinov2Model

from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.drift.eyes import EncoderEye, Glimpse, ReaderEye, load_eye
from generation.script.catalogue import Model
from generation.toon.reader import FIGURE_FIELDS, Reader, Reading, Sight, Value
from tests.generation.diffusion.adapters import tiny_eye

ENTRY = Model("tiny", "Tiny", "tiny", "sd15", 64, 64, 4, 3.0)


def panel(left: str, right: str) -> Image.Image:
    image = Image.new("RGB", (64, 32), left)
    ImageDraw.Draw(image).rectangle((32, 0, 64, 32), fill=right)
    return image


def tiny_dino() -> Dinov2Model:
    config = Dinov2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14
    )
    return Dinov2Model(config)


@pytest.mark.parametrize("make", [tiny_eye, tiny_dino])
def test_it_finds_the_same_the_same_and_looks_only_where_the_character_stands(
    make: type[CLIPVisionModelWithProjection], tmp_path: Path
) -> None:
    make().save_pretrained(tmp_path / "eye")
    eye = load_eye(replace(ENTRY, likeness_encoder="eye"), tmp_path)
    assert isinstance(eye, EncoderEye)
    one = eye.see(Glimpse(panel("red", "blue"), 0, 2, 0.0, 0.5))
    same = eye.see(Glimpse(panel("red", "green"), 0, 2, 0.0, 0.5))
    other = eye.see(Glimpse(panel("blue", "red"), 0, 2, 0.0, 0.5))
    likeness = eye.likeness(one, same)
    assert likeness == pytest.approx(1.0, abs=1e-4)
    assert likeness is not None
    assert (eye.likeness(one, other) or 0.0) < likeness - 1e-4


def test_what_is_no_eye_is_refused(tmp_path: Path) -> None:
    assert load_eye(ENTRY, tmp_path) is None
    with pytest.raises(ModelMissing):
        load_eye(replace(ENTRY, likeness_encoder="./nowhere"), tmp_path)
    BertConfig().save_pretrained(tmp_path / "bert")
    with pytest.raises(ModelUnsupported, match="neither CLIP nor DINO"):
        load_eye(replace(ENTRY, likeness_encoder="bert"), tmp_path)


class Told:
    """A reader that has read these."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = list(readings)

    def read(self, _: Tensor) -> list[Reading]:
        return [self._readings.pop(0)]


def read(*figures: dict[str, Value]) -> Reading:
    blank: dict[str, Value | None] = dict.fromkeys(FIGURE_FIELDS)
    seen = Sight({"figures": len(figures), "place": None, "night": None})
    return Reading(seen, tuple(Sight({**blank, **figure}) for figure in figures))


TOM: dict[str, Value] = {"kind": "person", "hair": "red", "shirt": "blue", "glasses": True}


@pytest.mark.parametrize(
    ("figures", "place", "likeness"),
    [
        ([TOM], 0, 1.0),
        ([{**TOM, "hair": "black"}], 0, 0.75),
        ([{"kind": "person", "hair": "black"}], 0, 0.5),  # the rest can't be read
        ([{**TOM, "kind": "cat"}], 0, 0.0),
        ([{"kind": "cat"}, TOM], 1, 1.0),
        ([], 0, None),  # nobody is seen
        ([{}], 0, None),  # nothing can be read
    ],
)
def test_the_reader_compares_what_it_can_read_of_both(
    figures: Sequence[dict[str, Value]], place: int, likeness: float | None
) -> None:
    sheet, panel = (Image.new("RGB", (64, 64)) for _ in range(2))
    eye = ReaderEye(cast(Reader, Told(read(TOM), read(*figures))))
    there = Glimpse(panel, place, max(1, len(figures)))
    assert eye.likeness(eye.see(Glimpse(sheet)), eye.see(there)) == likeness


def test_two_characters_of_a_picture_take_one_look() -> None:
    panel = Image.new("RGB", (64, 64))
    eye = ReaderEye(cast(Reader, Told(read(TOM, {"kind": "cat"}))))  # a second look would fail
    tom, cat = (eye.see(Glimpse(panel, place, 2)) for place in (0, 1))
    assert tom is not None
    assert cat is not None
    assert (tom["kind"], cat["kind"]) == ("person", "cat")


def test_a_folder_with_a_reader_is_one(tmp_path: Path) -> None:
    torch.manual_seed(0)
    Reader().save(tmp_path / "reader")
    eye = load_eye(replace(ENTRY, likeness_encoder="reader"), tmp_path)
    assert isinstance(eye, ReaderEye)
    picture = eye.see(Glimpse(Image.new("RGB", (128, 128))))
    assert eye.likeness(picture, picture) in (None, 1.0)

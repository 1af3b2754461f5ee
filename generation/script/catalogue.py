"""What an operator can pick from: models and styles, read from `models.toml` and `styles.toml`."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from generation.script.open_looks import NO_LOTS, Portraits, tables

T = TypeVar("T")


class CatalogueError(Exception):
    """A catalogue file can't be read; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of `models.toml`.

    `source` is a diffusers folder (relative to the catalogue's file), a hub id or a single
    safetensors file. `base` is the diffusers folder or hub id from which a single file takes its
    shapes and tokenizer; by default that of its family's first model on the hub. `family` is `sd15`
    or `sdxl`. Sizes are in pixels, `vram` in GiB.
    `shared_noise` is the share (0 to 1) of the start noise that all panels of a story have in
    common.
    `seconds_per_step` is the operator's own measured time of one panel's step, for estimates.
    `blocks` are the parts of the network whose self-attention is consistent (`down`, `mid`, `up`).
    `guidance_rescale` (0 to 1) tames overexposure of models with zero terminal SNR.
    `scheduler` (a class of diffusers) and `timestep_spacing` replace the model's own, `lora` is a
    safetensors file, here or on the hub (`owner/name/file`), merged at `lora_scale`: few-step
    variants are made of these.
    `ip_adapter` lets it look at reference pictures of characters: a safetensors file, here or on
    the hub (`owner/name/folder/file`), as strong as `ip_adapter_scale`; `ip_adapter_encoder` is the
    folder of its image encoder, likewise, by default `image_encoder` beside the file.
    `likeness_encoder` compares each drawn panel with its characters' sheets: CLIP's or DINO's
    folder, here or on the hub, or Toon's reader; what is less alike than `likeness_least` (0 to 1)
    is drawn once more. Without, nothing is compared.
    `vocabulary` are the words it was taught, in the catalogue a text file with one on each line; a
    model without may know any.
    `portraits` is how portraits are drawn (see `Portraits`), in the catalogue a file.
    `ahead`: panels that others look at are finished first (see `RenderPlan`), for a network that
    was taught to look at finished panels. `guided_looking`: guidance strengthens looking too.
    `masks` keeps characters apart: only their own tokens are looked at (see `RenderPlan`).
    `sizes` are further widths and heights that it draws well, `quick_steps` and `fine_steps` the
    numbers of steps for less and more patience, `draft_steps` that of a preview; 0: none.
    """

    name: str
    title: str
    source: str
    family: str
    width: int
    height: int
    steps: int
    guidance: float
    revision: str = ""
    base: str = ""
    dtype: str = "auto"
    vram: float = 0.0
    rate: float = 0.5
    shared_noise: float = 0.0
    seconds_per_step: float = 0.0
    styles: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ("up",)
    guidance_rescale: float = 0.0
    masks: bool = False
    ahead: bool = False
    guided_looking: bool = False
    scheduler: str = ""
    timestep_spacing: str = ""
    lora: str = ""
    lora_scale: float = 1.0
    ip_adapter: str = ""
    ip_adapter_scale: float = 0.6
    ip_adapter_encoder: str = ""
    likeness_encoder: str = ""
    likeness_least: float = 0.5
    vocabulary: frozenset[str] = frozenset()
    portraits: Portraits = NO_LOTS
    sizes: tuple[tuple[int, int], ...] = ()
    quick_steps: int = 0
    fine_steps: int = 0
    draft_steps: int = 0

    @property
    def sees_references(self) -> bool:
        """It draws characters after pictures of them; other models know their words alone."""
        return bool(self.ip_adapter)


@dataclass(frozen=True, slots=True)
class Style:
    """One entry of `styles.toml`. `positive` holds `{scene}` once; both are our own words."""

    name: str
    title: str
    positive: str
    negative: str


def read_models(path: Path) -> dict[str, Model]:
    """Models by name, in the file's order.

    Raises:
        CatalogueError: the file is missing, is not TOML, or an entry lacks a field or its words.
    """
    return {
        name: _entry(path, name, _with_files(path, entry), Model)
        for name, entry in _tables(path).items()
    }


def read_styles(path: Path) -> dict[str, Style]:
    """Styles by name, in the file's order.

    Raises:
        CatalogueError: the file is missing, is not TOML, or an entry lacks a field.
    """
    return {name: _entry(path, name, entry, Style) for name, entry in _tables(path).items()}


def _tables(path: Path) -> dict[str, dict[str, object]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as exc:
        raise CatalogueError(f"{path}: {exc}") from exc


def _with_files(path: Path, entry: object) -> object:
    """The entry with what is in its vocabulary's and its portraits' files in their places."""
    if not isinstance(entry, dict):
        return entry
    found = dict(entry)
    for name, read in (("vocabulary", str.split), ("portraits", tables)):
        if isinstance(entry.get(name), str):
            found[name] = _file(path, name, path.parent / entry[name], read)
    return found


def _file(path: Path, name: str, file: Path, read: Callable[[str], object]) -> object:
    try:
        return read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise CatalogueError(f"{path}: the {name} {file} can't be read: {exc}") from exc


def _entry(path: Path, name: str, entry: object, kind: type[T]) -> T:
    if not isinstance(entry, dict):
        raise CatalogueError(f"{path}: [{name}] must be a table")
    try:
        return msgspec.convert({"name": name, **entry}, kind)
    except msgspec.ValidationError as exc:
        raise CatalogueError(f"{path}: [{name}]: {exc}") from exc

"""How much memory a model of the catalogue will take, before it is loaded or even fetched."""

from collections.abc import Iterable, Mapping
from math import prod
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from safetensors import SafetensorError, safe_open

from generation.diffusion.loading import choose_dtype
from generation.diffusion.policy import Needs, work_of
from generation.diffusion.shapes import PARAMETERS, VAE, Parameters, unet_config
from generation.script.catalogue import Model

# Of all numbers, those of the largest layer: the feed-forward ones of SDXL's deepest blocks have
# 13 million of 3.5 billion, the words of the text encoders 63 million.
LARGEST_LAYER = 0.02


def expected_needs(
    model: Model, folder: Path, files: Iterable[Path], device: torch.device
) -> Needs:
    """By the model's own files where they are there, otherwise by its family's usual sizes.

    `folder` is the catalogue's. The family must be one of `PARAMETERS`.
    """
    dtype = choose_dtype(model.dtype, device)
    number = dtype.itemsize
    counts = _counted(list(files)) or PARAMETERS[model.family]
    vae = _vae_config(model, folder)
    upcast = dtype == torch.float16 and model.family == "sdxl"  # see `loading.assemble`
    vae_number = 4 if upcast else number
    weights = Parameters(counts.unet * number, counts.texts * number, counts.vae * vae_number)
    total = weights.unet + weights.texts + weights.vae
    unet, _ = unet_config(model, folder)
    panel, decoding, tile = work_of(model, unet, vae, total, (number, vae_number))
    layer = round(LARGEST_LAYER * total)
    return Needs(weights.unet, weights.texts, weights.vae, layer, panel, decoding, tile)


def _vae_config(model: Model, folder: Path) -> Mapping[str, Any]:
    source = folder / Path(model.source).expanduser() / "vae"
    if (source / "config.json").is_file():
        config: Mapping[str, Any] = AutoencoderKL.load_config(str(source))
        return config
    return VAE


def _counted(files: list[Path]) -> Parameters | None:
    """Numbers in a diffusers folder's weights; None for a single file, whose parts have other
    names, and where a file can't be read (loading it will say so)."""
    found = {"unet": 0, "vae": 0, "text": 0}
    for file in files:
        part = file.parent.name.split("_")[0]
        if part not in found:
            return None
        try:
            with safe_open(file, "pt") as weights:
                shapes = [weights.get_slice(name).get_shape() for name in weights.keys()]  # noqa: SIM118
        except (OSError, SafetensorError):
            return None
        found[part] += sum(map(prod, shapes))
    return Parameters(found["unet"], found["text"], found["vae"]) if all(found.values()) else None

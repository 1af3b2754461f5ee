"""IP-Adapter: what a reference picture tells the network, as words of its own.

Ye et al., IP-Adapter, arXiv 2308.06721: an image encoder sees the picture, a projection makes a few
tokens of it, and each cross-attention layer has keys and values for them beside those of the text.
diffusers reads the files; nothing of it is put into the network here (see `references`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from transformers import CLIPVisionModelWithProjection

from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.diffusion.hub import Place, place_of
from generation.diffusion.vision import pixels_of
from generation.script.catalogue import Model

ENCODER = "image_encoder"  # the folder beside the adapter's file
PARTS = ("image_proj", "ip_adapter")
DETAILED = "latents"  # what the projection has that looks at patches, not at the whole picture


@dataclass(frozen=True)
class Adapter:
    """It stays on the processor in float32: it looks at each picture but once, and the graphics
    card has other work. `keys` and `values` are the projections of each cross-attention layer;
    `detailed`: the projection sees the picture's patches."""

    encoder: CLIPVisionModelWithProjection
    projection: nn.Module
    keys: Mapping[str, nn.Linear]
    values: Mapping[str, nn.Linear]
    scale: float
    detailed: bool

    def tokens(self, picture: Image.Image) -> Tensor:
        """`(2, tokens, channels)`: what no picture says, then what this one does."""
        pixels = pixels_of([picture], self.encoder.config.image_size)
        with torch.inference_mode():
            if self.detailed:
                both = torch.cat([torch.zeros_like(pixels), pixels])
                seen = self.encoder(both, output_hidden_states=True).hidden_states[-2]
            else:
                whole = self.encoder(pixels).image_embeds
                seen = torch.cat([torch.zeros_like(whole), whole])
            tokens: Tensor = self.projection(seen)
        return tokens


def load_adapter(model: Model, folder: Path, unet: UNet2DConditionModel) -> Adapter:
    """The entry's adapter for this network. `folder` is the catalogue's.

    Raises:
        ModelMissing: the file or its image encoder isn't there or can't be read.
        ModelUnsupported: it is for another network, or of another kind.
    """
    place = place_of(model.ip_adapter, folder)
    beside = place.parent / ENCODER
    encoder_place = (
        place_of(model.ip_adapter_encoder, folder) if model.ip_adapter_encoder else beside
    )
    try:
        weights = _read(place)
        encoder = _read_encoder(encoder_place)
    except (OSError, ValueError, SafetensorError) as exc:
        raise ModelMissing(model.name, str(place), str(exc).split("\n")[0].rstrip(".")) from exc
    return assemble_adapter(model, weights, encoder, unet)


def assemble_adapter(
    model: Model,
    weights: dict[str, dict[str, Tensor]],
    encoder: CLIPVisionModelWithProjection,
    unet: UNet2DConditionModel,
) -> Adapter:
    """Make an adapter of the two halves of its file (`PARTS`) and its image encoder.

    Raises:
        ModelUnsupported: it is for another network, or of another kind.
    """
    if not all(weights.get(part) for part in PARTS):
        raise ModelUnsupported(model.name, f"{model.ip_adapter} is no IP-Adapter")
    if "norm.weight" in weights["image_proj"] and "proj.weight" not in weights["image_proj"]:
        raise ModelUnsupported(model.name, f"{model.ip_adapter} looks at faces only")
    try:
        projection = unet._convert_ip_adapter_image_proj_to_diffusers(
            weights["image_proj"], low_cpu_mem_usage=False
        )
        made = unet._convert_ip_adapter_attn_to_diffusers([weights], low_cpu_mem_usage=False)
    except (KeyError, RuntimeError) as exc:
        reason = f"its IP-Adapter {model.ip_adapter} is for another network"
        raise ModelUnsupported(model.name, reason) from exc
    layers = {name.removesuffix(".processor"): one for name, one in made.items()}
    adapted = {name: one for name, one in layers.items() if hasattr(one, "to_k_ip")}
    parts = [encoder, projection, *adapted.values()]
    for part in parts:
        part.float().eval().requires_grad_(False)
    return Adapter(
        encoder=encoder,
        projection=projection,
        keys={name: one.to_k_ip[0] for name, one in adapted.items()},
        values={name: one.to_v_ip[0] for name, one in adapted.items()},
        scale=model.ip_adapter_scale,
        detailed=DETAILED in weights["image_proj"],
    )


def _read(place: Place) -> dict[str, dict[str, Tensor]]:
    """Both halves of an adapter's file."""
    found: dict[str, dict[str, Tensor]] = {part: {} for part in PARTS}
    with safe_open(place.fetched(), "pt") as file:
        for name in file.keys():  # noqa: SIM118 (it is no mapping)
            part, _, inner = name.partition(".")
            if part in found:
                found[part][inner] = file.get_tensor(name)
    return found


def _read_encoder(place: Place) -> CLIPVisionModelWithProjection:
    if place.here:
        if not place.path.is_dir():
            raise FileNotFoundError(f"there is no image encoder at {place}")
        return CLIPVisionModelWithProjection.from_pretrained(place.path, use_safetensors=True)
    return CLIPVisionModelWithProjection.from_pretrained(
        place.repository, subfolder=place.inner, use_safetensors=True
    )

"""Tiny IP-Adapters with random weights, as they are stored."""

from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

EMBEDDED = 16  # channels of what the tiny image encoder says
TOKENS = 4
SEED = 5
Weights = dict[str, dict[str, Tensor]]
Some = Callable[..., Tensor]


def tiny_eye() -> CLIPVisionModelWithProjection:
    """An image encoder for pictures of 32 pixels."""
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        config = CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=32,
            patch_size=8,
            projection_dim=EMBEDDED,
        )
        return CLIPVisionModelWithProjection(config).eval()


def adapter_weights(unet: UNet2DConditionModel, *, detailed: bool = False) -> Weights:
    """Of an adapter for that network; `detailed` looks at patches."""
    generator = torch.Generator().manual_seed(SEED)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator) * 0.4

    channels = unet.config.cross_attention_dim
    inner = [
        layer.attn2.to_k.weight.shape[0]
        for name in unet.attn_processors
        if name.endswith("attn2.processor")
        for layer in [unet.get_submodule(name.removesuffix(".attn2.processor"))]
    ]
    layers = {
        f"{2 * number + 1}.to_{side}_ip.weight": some(width, channels)
        for number, width in enumerate(inner)
        for side in "kv"
    }
    projection = _patches(some, channels) if detailed else _whole(some, channels)
    return {"image_proj": projection, "ip_adapter": layers}


def _whole(some: Some, channels: int) -> dict[str, Tensor]:
    return {
        "proj.weight": some(TOKENS * channels, EMBEDDED),
        "proj.bias": some(TOKENS * channels),
        "norm.weight": some(channels) + 1,
        "norm.bias": some(channels),
    }


def _patches(some: Some, channels: int) -> dict[str, Tensor]:
    """A resampler with four layers of one head, 64 channels wide: fewer layers can't be read."""
    width = 64
    found = {
        "latents": some(1, TOKENS, width),
        "proj_in.weight": some(width, 32),
        "proj_in.bias": some(width),
        "proj_out.weight": some(channels, width),
        "proj_out.bias": some(channels),
        "norm_out.weight": some(channels) + 1,
        "norm_out.bias": some(channels),
    }
    for layer in range(4):
        found |= {
            f"layers.{layer}.0.{name}.{side}": some(width) + (side == "weight")
            for name in ("norm1", "norm2")
            for side in ("weight", "bias")
        }
        found |= {
            f"layers.{layer}.0.to_q.weight": some(width, width),
            f"layers.{layer}.0.to_kv.weight": some(2 * width, width),
            f"layers.{layer}.0.to_out.weight": some(width, width),
            f"layers.{layer}.1.0.weight": some(width) + 1,
            f"layers.{layer}.1.0.bias": some(width),
            f"layers.{layer}.1.1.weight": some(4 * width, width),
            f"layers.{layer}.1.3.weight": some(width, 4 * width),
        }
    return found


def write_adapter(unet: UNet2DConditionModel, folder: Path) -> None:
    """`adapter.safetensors` and its `image_encoder` beside it."""
    weights = adapter_weights(unet)
    flat = {f"{part}.{name}": one for part, all_ in weights.items() for name, one in all_.items()}
    save_file(flat, folder / "adapter.safetensors")
    tiny_eye().save_pretrained(folder / "image_encoder")

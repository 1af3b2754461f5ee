"""Small random LoRAs in the ways of writing that trainers have."""

from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor

RANK = 2
ALPHA = 4.0
ENDS = (".attn1.to_q", ".attn2.to_k", ".attn2.to_out.0", ".ff.net.2")


def write_lora(unet: UNet2DConditionModel, file: Path, naming: str) -> dict[str, Tensor]:
    """Write a LoRA; the change of each layer's weight at scale 1, by the layer's name.

    `naming` is `kohya` (with alphas), `peft` or `diffusers`.
    """
    generator = torch.Generator().manual_seed(3)
    tensors: dict[str, Tensor] = {}
    changes: dict[str, Tensor] = {}
    for name, layer in unet.named_modules():
        if not name.endswith(ENDS):
            continue
        out, into = layer.weight.shape
        low = 0.1 * torch.randn(RANK, into, generator=generator)
        high = 0.1 * torch.randn(out, RANK, generator=generator)
        if naming == "kohya":
            stem = f"lora_unet_{name.replace('.', '_')}"
            tensors |= {f"{stem}.lora_down.weight": low, f"{stem}.lora_up.weight": high}
            tensors[f"{stem}.alpha"] = torch.tensor(ALPHA)
            changes[name] = ALPHA / RANK * high @ low
        else:
            down, up = ("lora_A", "lora_B") if naming == "peft" else ("lora.down", "lora.up")
            tensors |= {f"unet.{name}.{down}.weight": low, f"unet.{name}.{up}.weight": high}
            changes[name] = high @ low
    save_file({key: value.contiguous() for key, value in tensors.items()}, file)
    return changes

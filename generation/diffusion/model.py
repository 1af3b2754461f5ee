"""A loaded model: the components that draw, in one frozen value."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from generation.diffusion.policy import MemoryPolicy
from generation.diffusion.preview import LatentColours, fit_colours

TextEncoder: TypeAlias = CLIPTextModel | CLIPTextModelWithProjection


@dataclass(frozen=True)
class DiffusionModel:
    """An SD1.5- or SDXL-shaped model, ready to draw and never changed by it.

    SD1.5 has one tokenizer and text encoder, SDXL two. `scheduler` is a pattern: each run makes
    its own from it. `zero_empty_prompt`: an empty negative prompt is a zero embedding (SDXL base).
    `blocks` and `guidance_rescale` are the catalogue's; `lora` names what was merged in.
    `device` is where it is drawn; under some policies weights wait elsewhere.
    """

    name: str
    family: str
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    tokenizers: tuple[CLIPTokenizer, ...]
    text_encoders: tuple[TextEncoder, ...]
    scheduler: SchedulerMixin
    device: torch.device
    policy: MemoryPolicy
    zero_empty_prompt: bool = False
    blocks: tuple[str, ...] = ("up",)
    guidance_rescale: float = 0.0
    lora: str = ""

    @cached_property
    def colours(self) -> LatentColours:
        """For previews; fitted at its first use, which takes as long as a few pictures."""
        return fit_colours(self.vae)

    @property
    def dtype(self) -> torch.dtype:
        """Of the UNet and the latents; a VAE that overflows in float16 may have another."""
        dtype: torch.dtype = self.unet.dtype
        return dtype

    @property
    def pixels_per_latent(self) -> int:
        """Side of the picture's square that one latent stands for: 8 for SD1.5 and SDXL."""
        levels = len(self.vae.config.block_out_channels)
        return int(2 ** (levels - 1))

    def fingerprint(self) -> str:
        """Of all that decides the pixels besides the plan; checkpoints carry it.

        Of the weights the first and the last layer stand for all: training changes every layer.
        """
        parts: list[Any] = [
            self.name,
            dict(self.unet.config),
            type(self.scheduler).__name__,
            dict(self.scheduler.config),
            self.blocks,
            self.guidance_rescale,
            self.lora,
            str(self.dtype),
            self.device.type,
            torch.__version__,
        ]
        digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode())
        for layer in (self.unet.conv_in, self.unet.conv_out):
            digest.update(layer.weight.detach().cpu().float().numpy().tobytes())
        return digest.hexdigest()

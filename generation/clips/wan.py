"""Large models: Wan 2.1 VACE through diffusers, which takes a first and a last image.

Its conditions are a video and a mask: frames that are known, and where (black). Ours knows the
first and the last frame; those between are grey and to be drawn (white).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import WanVACEPipeline
from PIL import Image
from torch import Tensor

from generation.clips.errors import BackendMissing
from generation.clips.tween import Between, Watch

GREY = (128, 128, 128)  # what VACE was trained to fill
WORDS = 512  # tokens of a prompt; Wan's own limit
ARROW = ". Then: "  # between what the first and the last panel show


@dataclass(frozen=True)
class WanVace:
    """Sets panels in motion with a pipeline; `longest` is the longer side in pixels at most."""

    pipeline: WanVACEPipeline
    guidance: float
    longest: int

    @torch.no_grad()
    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        count = self._count(request.frames)
        size = self._size(request.first.size)
        ends = [one.convert("RGB").resize(size) for one in (request.first, request.last)]
        hole, known = Image.new("RGB", size, GREY), Image.new("L", size, 0)
        made: list[Image.Image] = self.pipeline(
            video=[ends[0], *[hole] * (count - 2), ends[1]],
            mask=[known, *[Image.new("L", size, 255)] * (count - 2), known],
            prompt_embeds=self._embedded(ARROW.join(dict.fromkeys(request.prompts))),
            negative_prompt_embeds=self._embedded("") if self.guidance > 1 else None,
            width=size[0],
            height=size[1],
            num_frames=count,
            num_inference_steps=request.steps,
            guidance_scale=self.guidance,
            generator=torch.Generator().manual_seed(request.seed),
            output_type="pil",
            callback_on_step_end=_telling(watch, request.steps),
        ).frames[0]
        last = request.frames - 1
        picked = [made[round(place * (count - 1) / last)] for place in range(request.frames)]
        return [one.resize(request.first.size, Image.Resampling.LANCZOS) for one in picked]

    def _count(self, frames: int) -> int:
        """At least as many frames, of which the autoencoder packs all but the first by fours."""
        packed: int = self.pipeline.vae_scale_factor_temporal
        return -(-(frames - 1) // packed) * packed + 1

    def _size(self, size: tuple[int, int]) -> tuple[int, int]:
        """The panels' size as near as the network can draw it."""
        patch = self.pipeline.transformer.config.patch_size[1]
        unit = self.pipeline.vae_scale_factor_spatial * patch
        scale = min(1.0, self.longest / max(size))
        width, height = (max(unit, round(side * scale / unit) * unit) for side in size)
        return width, height

    def _embedded(self, prompt: str) -> Tensor:
        """`(1, WORDS, channels)`, zero behind the words, as Wan was trained.

        Diffusers' own way to it needs another library, to mend broken text, which ours isn't.
        """
        pipeline = self.pipeline
        read = pipeline.tokenizer(
            [prompt],
            padding="max_length",
            max_length=WORDS,
            truncation=True,
            return_attention_mask=True,
            return_tensors="pt",
        )
        device = pipeline._execution_device
        ids, mask = read.input_ids.to(device), read.attention_mask.to(device)
        states: Tensor = pipeline.text_encoder(ids, mask).last_hidden_state
        known: Tensor = states * mask[..., None].to(states)
        return known


def load_wan(source: str, guidance: float, longest: int, offload: bool) -> WanVace:
    """The pipeline of a diffusers folder or hub id, on the graphics card if there is one.

    Raises:
        BackendMissing: it isn't there.
    """
    card = torch.cuda.is_available()
    try:
        pipeline = WanVACEPipeline.from_pretrained(
            source, dtype=torch.bfloat16 if card else torch.float32
        )
    except OSError as exc:
        raise BackendMissing(
            f"there is no Wan VACE model at '{source}': {exc}. Put a diffusers folder there, or "
            "change its `source` in motion.toml."
        ) from exc
    pipeline.set_progress_bar_config(disable=True)
    if card and offload:
        pipeline.enable_model_cpu_offload()
    elif card:
        pipeline.to("cuda")
    return WanVace(pipeline, guidance, longest)


def _telling(watch: Watch, steps: int) -> Any:
    def told(pipeline: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        watch(step + 1, steps)
        return tensors

    return told

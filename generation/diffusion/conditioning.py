"""What the network is told besides latents and timestep: text, and the picture's size for SDXL."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.consistency.subjects import PanelSubjects
from generation.diffusion.model import DiffusionModel
from generation.diffusion.text import (
    PromptEmbedding,
    common_chunks,
    encode_negative,
    encode_prompt,
    stretch,
    word_places,
)
from generation.script.plan import PlannedPanel, RenderPlan


@dataclass(frozen=True)
class PanelText:
    """The embedded texts of one panel: the negative prompt if there is guidance, the prompt."""

    halves: tuple[PromptEmbedding, ...]

    @property
    def chunks(self) -> int:
        """Length in chunks of both, so that they can share a batch."""
        return common_chunks(self.halves)


@dataclass(frozen=True)
class Conditioning:
    """Of one forward pass: unconditional half first, panels in the order of the pass.

    `tokens` is `(halves * panels, chunks * 77, channels)`; `added` is SDXL's pooled text
    `(halves * panels, channels)` and sizes `(halves * panels, 6)`, and None for SD1.5.
    """

    chunks: int
    tokens: Tensor
    added: dict[str, Tensor] | None


def is_guided(plan: RenderPlan) -> bool:
    """Whether there is an unconditional half: guidance of 1 is the conditional half alone."""
    return plan.guidance > 1


def lone_halves(plan: RenderPlan) -> int:
    """How many of the halves of guidance look at nobody."""
    return int(plan.guided_looking and is_guided(plan))


def encode_panels(model: DiffusionModel, plan: RenderPlan) -> list[PanelText]:
    """Embed all texts of a plan, each different one once."""
    guided = is_guided(plan)
    with torch.inference_mode():
        negatives = {text: encode_negative(model, text) for text in _negatives(plan) if guided}
        prompts = {text: encode_prompt(model, text) for text in _prompts(plan)}
    return [
        PanelText(
            (negatives[panel.negative_prompt], prompts[panel.prompt])
            if guided
            else (prompts[panel.prompt],)
        )
        for panel in plan.panels
    ]


def condition(model: DiffusionModel, plan: RenderPlan, texts: Sequence[PanelText]) -> Conditioning:
    """Stack the texts of a forward pass's panels."""
    halves = [half for side in zip(*(text.halves for text in texts), strict=True) for half in side]
    chunks = common_chunks(halves)
    tokens = torch.stack([stretch(half, chunks) for half in halves])
    if model.family != "sdxl":
        return Conditioning(chunks, tokens, None)
    pooled = torch.stack([half.pooled for half in halves if half.pooled is not None])
    # original size, corner of the crop, target size: a whole picture of just this size
    sizes = [plan.height, plan.width, 0, 0, plan.height, plan.width]
    time_ids = torch.tensor([sizes], dtype=tokens.dtype, device=tokens.device)
    added = {"text_embeds": pooled, "time_ids": time_ids.repeat(len(halves), 1)}
    return Conditioning(chunks, tokens, added)


def find_subjects(
    model: DiffusionModel, panel: PlannedPanel, text: PanelText, chunks: int
) -> PanelSubjects:
    """The subjects of a panel, with the places of their words when its text is stretched to
    `chunks` chunks. Words that the prompt lost (it was redone with another) have no places."""
    spoken = [subject.words for subject in panel.subjects]
    found = word_places(model.tokenizers[0], model.text_encoders[0], panel.prompt, spoken)
    prompt = text.halves[-1]
    length = len(prompt.tokens)
    again = range(0, length * (chunks // prompt.chunks), length)
    return PanelSubjects(
        names=tuple(subject.name for subject in panel.subjects),
        strips=tuple(subject.strip for subject in panel.subjects),
        words=tuple(
            torch.tensor(
                [start + place for start in again for place in places], dtype=torch.int64
            ).to(model.device)
            for places in found
        ),
    )


def _prompts(plan: RenderPlan) -> list[str]:
    return list(dict.fromkeys(panel.prompt for panel in plan.panels))


def _negatives(plan: RenderPlan) -> list[str]:
    return list(dict.fromkeys(panel.negative_prompt for panel in plan.panels))

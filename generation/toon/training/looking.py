"""How far a denoiser is, on held-out panels: does it look at others, does it draw people?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from generation.toon.sharing import Sharing, all_others, group_attention
from generation.toon.training.denoiser import Denoiser
from generation.toon.training.examination import Examination
from generation.toon.training.lessons import (
    LOOKING_BACK,
    DetailLesson,
    DoubleLesson,
    Lesson,
    TwinLesson,
)
from generation.toon.world.samples import GROUP


@torch.no_grad()
def looking(model: Denoiser, held: Examination, groups: int = 8) -> str:
    """Does it look? Held-out v error of a panel: alone / sharing with its group / with strangers.

    Strangers are panels of other characters: if sharing with them helps as much as sharing with
    one's own group, the network only likes more tokens.
    """
    told: list[str] = []
    with group_attention(model.unet) as attention:
        for timestep, others in ((990, 50), (800, 50), (800, 800)):
            lesson = held.together(timestep, others, groups)
            seen = torch.arange(groups * GROUP).view(groups, GROUP)
            seen[:, 1:] = seen[:, 1:].roll(1, 0)
            strange = Lesson(*(part[seen.flatten()] for part in vars(lesson).values()))
            errors: list[float] = []
            for one, shared in ((lesson, False), (lesson, True), (strange, True)):
                rule = Sharing(all_others(GROUP), 0.5, torch.Generator().manual_seed(timestep))
                with attention.among(rule if shared else None):
                    errors.append(one.errors(model)[::GROUP].mean().item())
            told.append(f"{timestep}|{others} " + "/".join(f"{error:.4f}" for error in errors))
    return "  ".join(told)


@torch.no_grad()
def closeness(model: Denoiser, held: Examination, pictures: int = 16) -> str:
    """Held-out v error around people, where noise leaves their faces open."""
    told: list[str] = []
    for timestep in (200, 350, 500):
        error = held.closely(timestep, pictures).errors(model).mean()
        told.append(f"{timestep} {error.item():.4f}")
    return "  ".join(told)


@torch.no_grad()
def heeding(model: Denoiser, held: Examination) -> str:
    """Share of the difference between held-out twins that isn't made: 1 is deaf to words."""
    return _losses(model, held.twins, (350, 500, 650))


@torch.no_grad()
def telling(model: Denoiser, held: Examination) -> str:
    """Loss of the details that held-out twins tell themselves, behind noise."""
    return _losses(model, held.details, (100, 200, 400))


@torch.no_grad()
def keeping(model: Denoiser, held: Examination) -> str:
    """Share of the difference between held-out doubles that isn't made: 1 doesn't look back."""
    return _not_made(model, held.doubles, (350, 500, 650, 800))


@torch.no_grad()
def obeying(model: Denoiser, held: Examination) -> str:
    """Share of the difference between held-out deeds that isn't made: 1 is deaf while it looks."""
    return _not_made(model, held.deeds, (350, 500, 650))


def _not_made(
    model: Denoiser, lesson: Callable[[int], DoubleLesson], timesteps: Sequence[int]
) -> str:
    rule = Sharing(LOOKING_BACK, 1.0, torch.Generator())
    with group_attention(model.unet) as attention, attention.among(rule):
        return _losses(model, lesson, timesteps)


def _losses(
    model: Denoiser,
    lesson: Callable[[int], TwinLesson | DetailLesson | DoubleLesson],
    timesteps: Sequence[int],
) -> str:
    return "  ".join(f"{at} {lesson(at).loss(model).item():.3f}" for at in timesteps)

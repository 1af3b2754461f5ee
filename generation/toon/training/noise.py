"""The noise of training: levels, coupling between the panels of a group, targets and weights."""

from __future__ import annotations

import torch
from diffusers import DDIMScheduler
from torch import Tensor

STEPS = 1000
SNR_CAP = 5.0  # min-SNR weighting, Hang et al. 2023, arXiv 2303.09556
LEAST_WEIGHT = 0.7
LATE = 0.65  # below 1: more of the timesteps with much noise
LOOKING = 0.7  # share of groups in which BLIND panels carry much noise, and the others less
BLIND = 2
CLEAN = STEPS // 20  # timesteps below which a panel is as good as finished
FINISHED = 0.6  # share of those groups in which the others are: as the panels of a story that lead
MUCH = STEPS // 2  # timesteps from which on that is
CLOSE = STEPS * 7 // 10  # timesteps below which windows are taught
TWINS = (STEPS * 3 // 10, CLOSE)  # timesteps at which the difference of twins is taught
DETAILS = STEPS // 2  # timesteps below which pictures must tell their details themselves
DOUBLES = (STEPS * 3 // 10, STEPS * 9 // 10)  # timesteps at which looking back is taught
COUPLED = 0.3  # share of groups whose panels have part of their noise in common


def new_scheduler() -> DDIMScheduler:
    """v-prediction with zero terminal SNR: Lin et al. 2023, arXiv 2305.08891."""
    return DDIMScheduler(
        num_train_timesteps=STEPS,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def add_noise(latents: Tensor, noise: Tensor, signal: Tensor) -> tuple[Tensor, Tensor]:
    """Noised latents and their v target; `signal` (batch,) is alpha-bar at each one's timestep."""
    a = signal.sqrt().view(-1, 1, 1, 1)
    s = (1 - signal).sqrt().view(-1, 1, 1, 1)
    return a * latents + s * noise, a * noise - s * latents


def weights(signal: Tensor) -> Tensor:
    """Weight of each v error: min(SNR, cap) / (SNR + 1), but never below LEAST_WEIGHT.

    The plain formula nearly ignores high noise, where a picture's people and colours are decided:
    after 33,000 samples with a least weight of 0.25, places followed the prompt, and people didn't.
    """
    snr = signal / (1 - signal).clamp(min=1e-6)
    return (snr.clamp(max=SNR_CAP) / (snr + 1)).clamp(min=LEAST_WEIGHT)


def single_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """(count,) timesteps, more of the late ones: there words decide who is in a picture."""
    return (STEPS * torch.rand(count, generator=generator).pow(LATE)).long()


def close_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """(count,) timesteps with less noise: there faces are decided, and a window shows enough."""
    return torch.randint(0, CLOSE, (count,), generator=generator)


def twin_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """(count,) timesteps at which words have to decide, and windows show enough."""
    return torch.randint(TWINS[0], TWINS[1], (count,), generator=generator)


def detail_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """(count,) timesteps at which a picture still tells its details."""
    return torch.randint(0, DETAILS, (count,), generator=generator)


def double_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """(count,) timesteps at which what was drawn before has to decide."""
    return torch.randint(DOUBLES[0], DOUBLES[1], (count,), generator=generator)


def finished_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """(count,) timesteps of panels that are as good as finished."""
    return torch.randint(0, CLEAN, (count,), generator=generator)


def group_timesteps(groups: int, panels: int, generator: torch.Generator) -> Tensor:
    """(groups * panels,) timesteps: one for a group, as when a story is drawn, or LOOKING lessons.

    There BLIND panels have much noise and the others less, down to nearly none: only they can tell
    what the words leave open. Where all panels had the same noise, or half of them less at any
    level, 40,000 samples taught nothing of it; 160 samples of such panels alone did. Half of the
    times the blind ones are the first and the last, where a pair is together.
    """
    same = torch.randint(0, STEPS, (groups, 1), generator=generator)
    share = torch.rand(groups, 1, generator=generator)
    finished = torch.rand(groups, 1, generator=generator) < FINISHED
    least = torch.where(finished, 2 * CLEAN, MUCH)
    much = (least + (STEPS - least) * torch.rand(groups, 1, generator=generator)).long()
    less = torch.where(finished, CLEAN * share, much * share).long()
    order = torch.rand(groups, panels, generator=generator)
    together = torch.rand(groups, generator=generator) < 0.5
    order[together, 0] = order[together, -1] = -1.0
    blind = order.argsort(dim=1).argsort(dim=1) < BLIND
    lesson = torch.where(blind, much, less)
    looking = torch.rand(groups, 1, generator=generator) < LOOKING
    return torch.where(looking, lesson, same).reshape(-1)


def group_noise(like: Tensor, panels: int, generator: torch.Generator) -> Tensor:
    """Noise for (groups * panels, channels, height, width); coupled inside some groups."""
    own = torch.randn(like.shape, generator=generator).view(-1, panels, *like.shape[1:])
    common = torch.randn(own[:, :1].shape, generator=generator)
    groups = len(own)
    coupled = torch.rand(groups, 1, 1, 1, 1, generator=generator) < COUPLED
    part = torch.rand(groups, 1, 1, 1, 1, generator=generator) * 0.9 * coupled
    coupled_noise: Tensor = part.sqrt() * common + (1 - part).sqrt() * own
    return coupled_noise.flatten(0, 1)

"""Start noise: every panel has its own, and may have a part in common with all others."""

from collections.abc import Sequence

import torch
from torch import Tensor

from generation.consistency.sampling import counter_seed


def start_noise(
    panel_seeds: Sequence[int], shape: Sequence[int], shared: float, seed: int
) -> Tensor:
    """Standard normal noise `(panels, *shape)`, float32 on the CPU, so that no device changes it.

    Each panel is sqrt(s) * common + sqrt(1 - s) * own: unit variance for every `shared` = s, and
    correlation s between panels. With s = 0 a panel's noise is what a diffusers pipeline draws from
    `torch.Generator("cpu").manual_seed(panel_seed)`.

    Args:
        shape: of one panel's latents, `(channels, height, width)`.
        seed: the story's, of the common part.
    """
    own = torch.stack([_normal(panel_seed, shape) for panel_seed in panel_seeds])
    if shared == 0:
        return own
    common = _normal(counter_seed("common noise", seed), shape)
    mixed: Tensor = shared**0.5 * common + (1 - shared) ** 0.5 * own
    return mixed


def _normal(seed: int, shape: Sequence[int]) -> Tensor:
    generator = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(tuple(shape), generator=generator)

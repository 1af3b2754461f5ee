"""How likely a reader's answers are: shares that say too much, and answers taken for others."""

from __future__ import annotations

import torch
from torch import Tensor

from generation.toon.scaling import Scaling, fitted

ANSWERS = 4


def asked(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Honest shares of random questions, and the right answers drawn by them."""
    generator = torch.Generator().manual_seed(seed)
    honest = (2 * torch.randn(count, ANSWERS, generator=generator)).softmax(1)
    return honest, torch.multinomial(honest, 1, generator=generator)[:, 0]


def boasting(honest: Tensor) -> Tensor:
    """Three times as sure, and taking the first answer for the second."""
    logits = 3 * honest.log()
    logits[:, 0] -= 2.0
    logits[:, 1] += 2.0
    return logits.softmax(1)


def test_shares_become_as_likely_as_they_are_right() -> None:
    scaled = fitted(boasting(asked(600, 0)[0]), asked(600, 0)[1])
    assert abs(scaled.sharpness - 1 / 3) < 0.08
    honest, right = asked(4000, 1)
    for shares, within in ((boasting(honest), (0.1, 1.0)), (scaled(boasting(honest)), (0.0, 0.03))):
        sure, given = shares.max(1)
        off = abs(float(sure.mean() - (given == right).float().mean()))
        assert within[0] <= off <= within[1]
    before, after = (
        float((shares.argmax(1) == right).float().mean())
        for shares in (boasting(honest), scaled(boasting(honest)))
    )
    assert after > before + 0.02


def test_little_that_is_known_changes_little() -> None:
    honest, right = asked(2, 3)
    scaled = fitted(honest, right, caution=100.0)
    assert (scaled(honest) - honest).abs().max() < 0.05
    same = Scaling(1.0, (0.0,) * ANSWERS)
    assert torch.allclose(same(honest), honest, atol=1e-5)

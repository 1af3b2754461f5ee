"""Drafts and what a network draws, mixed: what drafts imply, and who is believed where."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from generation.clips.drafting import SIDE
from generation.clips.foresight import DRAFT
from generation.clips.trust import KINDS, Noised, Trust

SHAPE = (400, 2, 8, 8)
ERROR = 0.3  # squared, of drafts
SIGNALS = (0.0, 0.2, 0.7, 0.99)


def noised(clean: Tensor, signal: float) -> tuple[Noised, Tensor]:
    """Under so much noise, and the noise."""
    noise = torch.randn(clean.shape)
    latents = signal**0.5 * clean + (1 - signal) ** 0.5 * noise
    return Noised(latents, torch.full((len(clean),), signal)), noise


def cleaned(prediction: Tensor, given: Noised, kind: str, signal: float) -> Tensor:
    """The clean latents that a prediction stands for."""
    a, off = signal**0.5, (1 - signal) ** 0.5
    if kind == "v_prediction":
        return a * given.latents - off * prediction
    return (given.latents - off * prediction) / a


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("signal", SIGNALS[1:])
def test_drafts_and_noised_latents_know_more_together(kind: str, signal: float) -> None:
    torch.manual_seed(0)
    clean = torch.randn(SHAPE)
    drafted = clean + ERROR**0.5 * torch.randn(SHAPE)
    given, _ = noised(clean, signal)
    implied = given.implies(kind, drafted, torch.full(SHAPE, ERROR))
    off = (cleaned(implied, given, kind, signal) - clean).square().mean().item()
    hidden = (1 - signal) / signal  # the squared error of the noised latents alone
    assert off == pytest.approx(ERROR * hidden / (ERROR + hidden), rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_drafts_that_are_right_imply_what_is_to_be_predicted(kind: str) -> None:
    torch.manual_seed(0)
    clean = torch.randn(SHAPE)
    for signal in SIGNALS:
        given, noise = noised(clean, signal)
        a, off = signal**0.5, (1 - signal) ** 0.5
        true = noise if kind == "epsilon" else a * noise - off * clean
        implied = given.implies(kind, clean, torch.zeros(SHAPE))
        assert torch.allclose(implied, true, atol=1e-3)


def test_whoever_is_trusted_is_believed_and_each_place_is_judged_by_its_draft() -> None:
    torch.manual_seed(0)
    trust, drafts = Trust(2), torch.rand(3, DRAFT, SIDE, SIDE)
    drawn, drafted = torch.randn(3, 2, 16, 16), torch.randn(3, 2, 16, 16)
    given = Noised(torch.randn(3, 2, 16, 16), torch.tensor([0.0, 0.4, 0.8]))

    def believed(share: float) -> Tensor:
        torch.nn.init.constant_(trust.share.bias, share)
        with torch.no_grad():
            made: Tensor = trust(drawn, given, "v_prediction", drafted, drafts)
        return made

    assert torch.allclose(believed(9.0), drawn, atol=1e-4)
    implied = given.implies("v_prediction", drafted, (4.0 * trust.error.bias).exp()[:, None, None])
    assert torch.allclose(believed(-9.0), implied, atol=1e-4)
    torch.nn.init.constant_(trust.error.bias, 0.5)
    doubts = trust.doubt(drafts, torch.Size([8, 8]))
    assert doubts.shape == (3, 1, 8, 8)
    assert torch.allclose(doubts, torch.tensor(4.0 * 0.5).exp())
    torch.nn.init.normal_(trust.share.weight)
    before = believed(0.0)
    drafts[0, :, :4, :4] += 1.0
    changed = (believed(0.0) != before).any(1)
    assert changed[0, 0, 0]
    assert not changed[0, 4:].any()
    assert not changed[1:].any()

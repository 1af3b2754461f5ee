"""What a step of training is made of: panels that are known, hidden behind noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from generation.toon.training.denoiser import Denoiser

SLIGHT = 1e-3  # mean square: a difference below it hardly counts


@dataclass
class Lesson:
    """A noised batch with what should be predicted for it; a caption may be of several in a row."""

    noised: Tensor
    target: Tensor
    timesteps: Tensor
    ids: Tensor
    weights: Tensor
    focus: Tensor

    def loss(self, model: Denoiser) -> Tensor:
        weighted: Tensor = self.errors(model) * self.weights
        return weighted.mean()

    def errors(self, model: Denoiser) -> Tensor:
        """(batch,) mean squared v errors, each latent as much as it counts."""
        off: Tensor = model(self.noised, self.timesteps, self.ids) - self.target
        return (off.square().mean(1) * self.focus).mean((1, 2))


@dataclass
class TwinLesson:
    """What lies half way between two twins, noised, told once with the words of the one and once
    with those of the other: `difference` is what their v should differ by, and only words can tell.
    """

    noised: Tensor
    difference: Tensor
    timesteps: Tensor
    ids: Tensor

    def loss(self, model: Denoiser) -> Tensor:
        """Share of the difference that the network doesn't make: 1 if it ignores the words."""
        told = model(self.noised.repeat(2, 1, 1, 1), self.timesteps.repeat(2), self.ids)
        one, other = told.chunk(2)
        return share_not_made(one - other, self.difference).mean()


@dataclass
class DetailLesson:
    """Windows of pairs that differ in one thing, each with its own target behind the same noise:
    they tell the difference themselves. `difference` is that of what is hidden; the first half of
    the batch are the ones, the second half the others.
    """

    noised: Tensor
    target: Tensor
    difference: Tensor
    timesteps: Tensor
    ids: Tensor

    def loss(self, model: Denoiser) -> Tensor:
        """Of the windows, and of what they differ by, as a share of their difference's square; that
        is about the same at all timesteps. A denoiser blurs what it is unsure of, and a mean over
        all latents hardly shows whether that is a cloud or a mouth."""
        off: Tensor = model(self.noised, self.timesteps, self.ids) - self.target
        one, other = off.chunk(2)
        apart = (one - other).square().mean((1, 2, 3))
        share = apart / (self.difference.square().mean((1, 2, 3)) + SLIGHT)
        return off.square().mean() + share.mean()


@dataclass
class DoubleLesson:
    """Panels in twos: one drawn before, as good as finished, and one that may look at it. The
    second of each two lies half way between two doubles, noised; the first half of the batch looks
    at the one double, the second half at the other. `difference` is what their v should differ by:
    of doubles, whose captions are the same, only looking can tell; of deeds, who look at the same,
    only words.
    """

    noised: Tensor
    difference: Tensor
    timesteps: Tensor
    ids: Tensor

    def loss(self, model: Denoiser) -> Tensor:
        """Share of the difference that the network doesn't make: 1 if it doesn't look, or hear."""
        share: Tensor = self.shares(model)
        return share.mean()

    def shares(self, model: Denoiser) -> Tensor:
        """(doubles,) that share of each; the panels must share tokens by `LOOKING_BACK`."""
        one, other = model(self.noised, self.timesteps, self.ids)[1::2].chunk(2)
        return share_not_made(one - other, self.difference)


LOOKING_BACK = torch.tensor([[0], [0]])  # of every two panels, both look at the first


def share_not_made(made: Tensor, difference: Tensor) -> Tensor:
    """(batch,) squared error of `made` as a share of the difference's square."""
    off = (made - difference).square().mean((1, 2, 3))
    share: Tensor = off / (difference.square().mean((1, 2, 3)) + SLIGHT)
    return share

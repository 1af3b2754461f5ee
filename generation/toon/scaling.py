"""Shares of answers made as likely as they are right.

Source: Guo et al. 2017, On Calibration of Modern Neural Networks, arXiv 1706.04599, section 4.2:
vector scaling, here with one sharpness for all answers. A judge that learnt from drawn panels is
too sure of a model's, and takes some answers for others there (faint smiles for none). A few
numbers for each question, from panels that it hasn't learnt from, mend that, and can't learn
panels by heart.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LEAST = 1e-6  # a share
ROUNDS = 100  # of L-BFGS


@dataclass(frozen=True)
class Scaling:
    """Of one question: how much its logits are worth, and what is added to that of each answer."""

    sharpness: float
    shifts: tuple[float, ...]

    def __call__(self, shares: Tensor) -> Tensor:
        """Of shares `(questions, answers)`."""
        return F.softmax(self.sharpness * _logits(shares) + shares.new_tensor(self.shifts), dim=1)


def fitted(shares: Tensor, right: Tensor, caution: float = 1.0) -> Scaling:
    """The scaling by which the `right` answers `(questions,)` are likeliest; `caution` holds it to
    what is there: it is the weight of squared shifts, and of the sharpness's squared logarithm."""
    logits = _logits(shares)
    sharp = torch.zeros((), requires_grad=True)
    shifts = torch.zeros(shares.shape[1], requires_grad=True)
    solver = torch.optim.LBFGS([sharp, shifts], max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def off() -> Tensor:
        solver.zero_grad()
        unlikely = F.cross_entropy(sharp.exp() * logits + shifts, right, reduction="sum")
        loss = unlikely + caution * (shifts.square().sum() + sharp.square())
        torch.autograd.backward(loss)
        return loss

    solver.step(off)  # type: ignore[no-untyped-call]
    return Scaling(sharp.exp().item(), tuple(shifts.tolist()))


def _logits(shares: Tensor) -> Tensor:
    return shares.clamp(min=LEAST).log()

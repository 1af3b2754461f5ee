"""Muon: momentum, orthogonalised, for the matrices inside a network.

Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/; the scale of an update that
matches AdamW's is from Liu et al. 2025, arXiv 2502.16982, section 2.2. On a small network it needs
about half of AdamW's samples, and is worth its own cost.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from generation.toon.training.parallel import Team

ADAM_SCALE = 0.5  # AdamW's learning rate beside Muon's


class Muon(torch.optim.Optimizer):
    """For parameters of two or more dimensions; a convolution counts as (out, in * kernel)."""

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float,
        team: Team,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self._team = team

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Every process orthogonalises its share of the matrices, and gets the others' results."""
        for group in self.param_groups:
            used = [one for one in group["params"] if one.grad is not None]
            updates: list[Tensor] = []
            for i, parameter in enumerate(used):
                ahead = self._advance(parameter, group["momentum"])
                mine = i % self._team.size == self._team.rank
                updates.append(orthogonal(ahead) if mine else torch.zeros_like(ahead))
            self._team.sum(updates)
            for parameter, update in zip(used, updates, strict=True):
                scale = 0.2 * max(update.shape) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update.view_as(parameter), alpha=-group["lr"] * scale)

    def _advance(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        """Nesterov momentum as a matrix (rows, columns)."""
        state, gradient = self.state[parameter], parameter.grad
        assert gradient is not None
        if "velocity" not in state:
            state["velocity"] = torch.zeros_like(parameter)
        velocity = state["velocity"].lerp_(gradient, 1 - momentum)
        return gradient.lerp(velocity, momentum).flatten(1)


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """A matrix near the orthogonal one closest to `matrix` (rows, columns), by Newton-Schulz."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x: Tensor = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


def optimisers(
    model: nn.Module, lr: float, outer: tuple[str, ...], team: Team
) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the inner matrices of `model`, AdamW for the rest.

    `outer` are parts of names of parameters that AdamW gets too: embeddings, first and last layers.
    """
    inner: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        matrix = parameter.ndim > 1 and not any(part in name for part in outer)
        (inner if matrix else rest).append(parameter)
    return (
        Muon(sorted(inner, key=nn.Parameter.numel), lr, team),  # sorted: fair shares
        torch.optim.AdamW(
            [{"params": rest, "scale": ADAM_SCALE}], lr=lr, betas=(0.9, 0.98), weight_decay=0.0
        ),
    )

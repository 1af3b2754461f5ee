"""What all trainings share: a clock that survives a restart, a schedule, safe checkpoints."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

SAVE_INTERVAL = 180.0  # seconds of training between checkpoints
LONG_STEP = 60.0  # seconds; a step that took longer was a suspended machine, not work


@dataclass
class Clock:
    """Counts seconds of training against a budget, over restarts."""

    budget: float  # seconds
    spent: float = 0.0
    _last: float | None = None
    _saved: float = 0.0

    def tick(self) -> None:
        now = time.monotonic()
        if self._last is not None:
            self.spent += min(now - self._last, LONG_STEP)
        self._last = now

    @property
    def done(self) -> bool:
        return self.spent >= self.budget

    def save_due(self) -> bool:
        """True once in SAVE_INTERVAL, and at the end."""
        if self.spent - self._saved < SAVE_INTERVAL and not self.done:
            return False
        self._saved = self.spent
        return True

    def rate(self, warmup: float = 20.0, cooldown: float = 0.3) -> float:
        """Factor of the learning rate: `warmup` seconds up, flat, the last `cooldown` part down."""
        up = min(1.0, (self.spent + 1.0) / warmup)
        left = max(0.0, 1.0 - self.spent / self.budget)
        return up * min(1.0, left / cooldown + 0.01)


@dataclass
class Running:
    """A mean over the last steps."""

    mean: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        self.count += 1
        self.mean += (value - self.mean) / min(self.count, 40)


def set_rate(optimisers: tuple[torch.optim.Optimizer, ...], lr: float) -> None:
    """Set the learning rate of all groups, times a group's own `scale`."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = lr * group.get("scale", 1.0)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a file of tensors and numbers so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The stored state, or None where there is none yet. Only tensors and plain values load."""
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


@torch.no_grad()
def follow(average: dict[str, Tensor], model: nn.Module, keep: float) -> None:
    """Move the running average of the weights a little toward the weights."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - keep)

"""How far drafts are trusted, place by place, beside what the network draws.

Most of a frame is known before anything is drawn, and a network that has to learn to copy it learns
nothing else for hours. So two estimates of the clean frame are mixed. A draft d whose squared error
is s says that the clean latents are normal around it, and after a look at the noised ones,
z = a x + n e, that they are d + a s (z - a d) / (a^2 s + n^2): the best linear estimate (Wiener).
The network says what it draws. Which of them knows better depends on the place (a wall that only
goes by; a leg that no panel shows as it is now) and on how much noise there is; both the draft's
error and the network's share are learned. Beyond the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generation.clips.foresight import DRAFT

KINDS = ("epsilon", "v_prediction")  # of predictions, as diffusers calls them
FOLD = 4  # pixels of a draft in one place that is judged, each way
HIDDEN = 32  # channels
SWAY = 4.0  # how much faster both are learned than other weights
ERROR = 0.1  # squared error of drafts at first; latents have variance 1
SHARE = 0.1  # the network's, at first


@dataclass(frozen=True)
class Noised:
    """What the network looks at: `latents` `(frames, channels, height, width)`, and how much of
    their variance is `signal` `(frames,)`."""

    latents: Tensor
    signal: Tensor

    def implies(self, kind: str, drafted: Tensor, error: Tensor) -> Tensor:
        """What a network would predict that knows drafts alone, whose latents and squared errors
        are given. `kind` is one of KINDS."""
        signal = self.signal.view(-1, 1, 1, 1)
        a, noise = signal.sqrt(), (1 - signal).sqrt()
        scale = noise / (signal * error + 1 - signal).clamp(min=1e-6)
        if kind == "v_prediction":
            return scale * (a * (1 - error) * self.latents - drafted)
        return scale * (self.latents - a * drafted)


class Trust(nn.Module):
    """Looks at drafts as small as they are foreseen, and mixes predictions. `channels` are the
    latents'."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.look = nn.Conv2d(DRAFT * FOLD**2, HIDDEN, 3, padding=1)
        self.around = nn.Conv2d(HIDDEN, HIDDEN, 3, padding=1)
        self.when = nn.Linear(2, HIDDEN)
        self.error = nn.Conv2d(HIDDEN, channels, 1)
        self.share = nn.Conv2d(HIDDEN, channels, 1)
        for layer, begin in ((self.error, math.log(ERROR)), (self.share, math.log(SHARE))):
            nn.init.zeros_(layer.weight)
            nn.init.constant_(layer.bias, begin / SWAY)  # type: ignore[arg-type]

    def forward(
        self, drawn: Tensor, noised: Noised, kind: str, drafted: Tensor, drafts: Tensor
    ) -> Tensor:
        """What is to be believed instead of what was `drawn`, the network's prediction of this
        `kind`; `drafted` latents, and `drafts` as in `Foreseen`."""
        seen = self._seen(drafts)
        levels = torch.stack([noised.signal.sqrt(), (1 - noised.signal).sqrt()], dim=1).to(seen)
        now = F.silu(seen + self.when(levels)[:, :, None, None])
        error = _fitting(SWAY * self.error(seen), drawn.shape[-2:]).exp()
        share = _fitting(SWAY * self.share(now), drawn.shape[-2:]).sigmoid()
        implied = noised.implies(kind, drafted, error)
        mixed: Tensor = implied + share * (drawn - implied)
        return mixed.to(drawn.dtype)

    def doubt(self, drafts: Tensor, size: torch.Size) -> Tensor:
        """Squared errors of drafts' latents, the mean of all channels `(frames, 1, *size)`."""
        error = _fitting(SWAY * self.error(self._seen(drafts)), size).exp()
        return error.mean(1, keepdim=True)

    def _seen(self, drafts: Tensor) -> Tensor:
        seen = F.silu(self.look(F.pixel_unshuffle(drafts, FOLD)))
        around: Tensor = F.silu(self.around(seen))
        return around


def _fitting(shown: Tensor, size: torch.Size) -> Tensor:
    """In single precision, in as many places as there are latents."""
    return F.interpolate(shown.float(), size, mode="bilinear", antialias=True)

"""How the camera moves between two panels: what it pans and zooms, found by direct alignment.

Most of a picture is background, and a background that is a pixel off is wrong along all its
outlines. So the camera is searched for roughly, and then aligned until the pictures fit (Lucas and
Kanade 1981; as Baker and Matthews 2004, Int. J. of Computer Vision 56, with the weights of Geman
and McClure 1987, to whom figures that move are no matter). It stands still unless another camera
explains clearly more of the pictures: flat walls look alike wherever they are.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.places import places, sized

ROUGH, FINE = 32, 64  # pixels, each way, of pictures that are compared
ZOOMS = (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6)  # logarithms that are tried
PANS = tuple(step / 6 for step in range(-5, 6))  # halves of the side
BEST = 8  # of what is tried is aligned
ROUNDS = 20  # of alignment
FARTHEST = 0.1  # that a round goes
ALIKE = 0.15  # root mean square difference of what looks alike, in -1..1
EXPLAINS = 0.55  # of what both pictures show, at least, to be believed
CLEARLY = 0.18  # more of the whole picture than a camera that stands still
STEADY = 1e-3  # share of the curvature that keeps a round from running away


@dataclass(frozen=True)
class CameraMove:
    """Of motions: logarithm of the zoom, and pan in halves of the side, `(motions, 3)`: what is at
    p in the last panel is at p / zoom + pan in the first."""

    values: Tensor

    def back(self, eased: Tensor, side: int) -> Tensor:
        """From places of frames to both panels, `(motions, frames, 4, side, side)` as a plan's
        flow; `eased` `(frames,)` is how much of the way is gone."""
        zoom, pan, so_far, part = self._at(eased)
        grid = places(side, side).to(eased)
        first = grid / so_far + part * pan
        last = (first - pan) * zoom
        return torch.cat([first - grid, last - grid], -1).permute(0, 1, 4, 2, 3)

    def ahead(self, eased: Tensor, side: int) -> Tensor:
        """From places of both panels to frames, `(2, motions, frames, 2, side, side)`."""
        zoom, pan, so_far, part = self._at(eased)
        grid = places(side, side).to(eased)
        gone = [(one - part * pan) * so_far - grid for one in (grid, grid / zoom + pan)]
        return torch.stack(gone).permute(0, 1, 2, 5, 3, 4)

    def _at(self, eased: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        zoom = self.values[:, None, None, None, :1].exp()
        part = eased.view(1, -1, 1, 1, 1)
        return zoom, self.values[:, None, None, None, 1:], 1 + part * (zoom - 1), part


@torch.no_grad()
def camera_between(first: Tensor, last: Tensor) -> CameraMove:
    """Of panels `(motions, 3, height, width)` in -1..1."""
    pairs = zip(sized(first, FINE), sized(last, FINE), strict=True)
    return CameraMove(torch.stack([_aligned(one[None], two[None]) for one, two in pairs]))


def _aligned(first: Tensor, last: Tensor) -> Tensor:
    """`(3,)`, of one pair."""
    tried = _tried().to(first)
    rough = explained(sized(first, ROUGH), sized(last, ROUGH), tried)[0]
    still = torch.zeros(1, 3).to(first)
    begun = torch.cat([still, tried[rough.topk(BEST).indices]])
    found = torch.cat([still, _refined(first, last, begun)])
    whole, common = explained(first, last, found)
    best = whole.argmax()
    if whole[best] < whole[0] + CLEARLY or common[best] < EXPLAINS:
        best = torch.zeros_like(best)
    return found[best]


def _tried() -> Tensor:
    return torch.tensor(list(itertools.product(ZOOMS, PANS, PANS)))


def explained(first: Tensor, last: Tensor, cameras: Tensor) -> tuple[Tensor, Tensor]:
    """How much of a picture looks alike when the camera is taken back, 0 to 1, seen from the panel
    that shows less; and how much of what both show: `(cameras,)` each."""
    zoom = cameras[:, :1].exp()
    turned = torch.cat([-cameras[:, :1], -cameras[:, 1:] * zoom], 1)
    there, back = _shown(first, last, cameras), _shown(last, first, turned)
    better = there[0] >= back[0]
    return torch.where(better, there[0], back[0]), torch.where(better, there[1], back[1])


def _shown(first: Tensor, last: Tensor, cameras: Tensor) -> tuple[Tensor, Tensor]:
    where = _where(cameras, last.shape[-1])
    alike, inside = _alike(_seen(first, where) - last, where)
    shown = (alike * inside).sum((1, 2, 3))
    return shown / alike[0].numel(), shown / inside.sum((1, 2, 3)).clamp(min=1)


def _refined(first: Tensor, last: Tensor, cameras: Tensor) -> Tensor:
    """Rounds of Gauss and Newton, of many cameras at once."""
    across, down = _slopes(first)
    for _ in range(ROUNDS):
        where = _where(cameras, last.shape[-1])
        off = _seen(first, where) - last
        alike, inside = _alike(off, where)
        weights = inside * alike.square()
        along, along_down = _seen(across, where), _seen(down, where)
        zoomed = (where - cameras[:, None, None, 1:]).permute(0, 3, 1, 2)
        turn = -(along * zoomed[:, :1] + along_down * zoomed[:, 1:])
        slopes = torch.stack([turn, along, along_down], 1).flatten(2)  # (cameras, 3, values)
        weighted = slopes * weights.expand_as(off).flatten(1)[:, None]
        curved = weighted @ slopes.transpose(1, 2)
        lift = STEADY * curved.diagonal(dim1=1, dim2=2).mean(1).clamp(min=1e-6)
        curved = curved + lift[:, None, None] * torch.eye(3).to(curved)
        step = torch.linalg.solve(curved, weighted @ off.flatten(1)[..., None])[..., 0]
        cameras = cameras - step.clamp(-FARTHEST, FARTHEST)
        cameras = torch.cat([cameras[:, :1].clamp(-1, 1), cameras[:, 1:].clamp(-2, 2)], 1)
    return cameras


def _where(cameras: Tensor, side: int) -> Tensor:
    """Places of the first panel that the last one's places show, `(cameras, side, side, 2)`."""
    zoom, pan = cameras[:, None, None, :1].exp(), cameras[:, None, None, 1:]
    return places(side, side).to(cameras) / zoom + pan


def _seen(picture: Tensor, where: Tensor) -> Tensor:
    many = picture.expand(len(where), -1, -1, -1)
    return F.grid_sample(many, where, padding_mode="border", align_corners=False)


def _alike(off: Tensor, where: Tensor) -> tuple[Tensor, Tensor]:
    inside = (where.abs() <= 1).all(-1)[:, None].to(off)
    return ALIKE**2 / (off.square().mean(1, keepdim=True) + ALIKE**2), inside


def _slopes(picture: Tensor) -> tuple[Tensor, Tensor]:
    """To the right and down, for each half of the side."""
    half = picture.shape[-1] / 2
    across = F.pad(picture[..., 2:] - picture[..., :-2], (1, 1)) * half / 2
    down = F.pad(picture[..., 2:, :] - picture[..., :-2, :], (0, 0, 1, 1)) * half / 2
    return across, down

"""Things that are sent somewhere arrive there; what all of them do together is the camera."""

from __future__ import annotations

import pytest
import torch

from generation.clips.camera import CameraMove
from generation.clips.displacing import Displacer
from generation.clips.semantics import even_times
from generation.clips.splatting import arrived, splatted

SIDE = 8


def sent(x: float, y: float) -> torch.Tensor:
    """Ways of all places, in places."""
    return torch.tensor([x, y]).view(1, 2, 1, 1).expand(1, 2, SIDE, SIDE) * 2 / SIDE


def test_what_is_sent_by_whole_places_arrives_whole() -> None:
    things = torch.rand(1, 3, SIDE, SIDE)
    assert torch.allclose(splatted(things, sent(0, 0)), things)
    moved = splatted(things, sent(2, -1))
    assert torch.allclose(moved[..., : SIDE - 1, 2:], things[..., 1:, : SIDE - 2], atol=1e-5)
    assert not moved[..., :2].any(), "nothing comes from beyond the edge"


def test_what_is_sent_between_places_is_shared_among_them() -> None:
    thing = torch.zeros(1, 1, SIDE, SIDE)
    thing[0, 0, 3, 4] = 1.0
    found = splatted(thing, sent(0.25, 0.5))
    assert found[0, 0, 3:5, 4:6].flatten().tolist() == pytest.approx([0.375, 0.125] * 2)
    assert found.sum() == pytest.approx(1.0)


def test_the_heavier_of_two_is_seen_and_holes_know_their_neighbours() -> None:
    ways, weights = torch.zeros(1, 2, SIDE, SIDE), torch.ones(1, 1, SIDE, SIDE)
    ways[0, 0, 2, 2] = 3 * 2 / SIDE  # a heavy thing moves three places to the right
    weights[0, 0, 2, 2] = 1e4
    back, much = arrived(ways, weights)
    assert back[0, 0, 2, 5] == pytest.approx(-3 * 2 / SIDE, abs=1e-3)
    assert much[0, 0, 2, 2] == 0
    assert much[0, 0, 2, 5] > 1e4
    assert back[0, :, 2, 0].abs().max() < 0.8
    still, full = arrived(torch.zeros(1, 2, SIDE, SIDE), torch.ones(1, 1, SIDE, SIDE))
    assert not still.any()
    assert torch.equal(full, torch.ones(1, 1, SIDE, SIDE))


@torch.no_grad()
def test_what_looks_alike_is_matched_wherever_it_is() -> None:
    torch.manual_seed(0)
    displacer = Displacer(48, 2, 4)
    torch.nn.init.eye_(displacer.match.weight.flatten(1))
    displacer.match.bias.zero_()
    displacer.stays.fill_(-5.0)
    first = 10 * torch.nn.functional.normalize(torch.randn(1, 48, SIDE, SIDE), dim=1)
    last = first.roll(2, -1)  # two places to the right, and round
    alike = displacer.alike(first, last)
    columns = alike.argmax(2).view(SIDE, SIDE) % SIDE
    assert torch.equal(columns, (torch.arange(SIDE) + 2).remainder(SIDE).expand(SIDE, SIDE))
    known, still = torch.zeros(1, 2, SIDE, SIDE), CameraMove(torch.zeros(1, 3))
    gone = displacer(
        (first, last), (known, known), still, torch.zeros(3, 4, SIDE, SIDE), even_times(3)
    )
    assert gone.ways.shape == (2, 3, 2, SIDE, SIDE)
    assert not gone.ways[0, 0].any()
    assert not gone.ways[1, 2].any()
    left, right = gone.choices[0, 2, 2:, 0].mean((1, 2))
    assert (left, right) == (pytest.approx(-1.2, abs=0.1), pytest.approx(1.2, abs=0.1))
    assert gone.gates[0, 2].argmax(0).max() <= 1, "nobody leaves at first"

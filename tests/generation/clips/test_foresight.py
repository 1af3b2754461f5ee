"""Drafts of frames: where their places come from, and what is certain about them."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.camera import CameraMove
from generation.clips.drafting import SIDE, Drafter, Plan
from generation.clips.foresight import DRAFT, Foresight, seen, unforeseen
from generation.clips.semantics import ImageEncoder, straight
from tests.generation.clips.motion import FRAMES, SHAPE, TIMES, any_ends

FIRST, LAST, PAINTED = range(3)


def plan_of(source: int, across: float = 0.0, colour: float = 0.0) -> Plan:
    """All places from one source; both flows point so many widths to the right."""
    shape = (1, 1, SIDE, SIDE)
    flow = torch.cat([torch.full(shape, 2 * across), torch.zeros(shape)], 1).repeat(1, 2, 1, 1)
    sources = torch.full((1, 3, SIDE, SIDE), -50.0)
    sources[:, source] = 50.0
    return Plan(flow, sources, torch.full((1, 3, SIDE, SIDE), colour))


def pictures() -> tuple[Tensor, Tensor]:
    first, last = any_ends().pictures[0].split(1)
    return first, last


def test_a_plan_takes_every_place_from_where_its_flow_points() -> None:
    first, last = pictures()
    assert torch.allclose(plan_of(FIRST).drawn(first, last), first, atol=1e-5)
    assert torch.allclose(plan_of(LAST).drawn(first, last), last, atol=1e-5)
    assert torch.allclose(plan_of(PAINTED, colour=0.3).drawn(first, last), torch.tensor(0.3))
    moved = plan_of(LAST, across=0.25).drawn(first, last)
    quarter = SIDE // 4
    assert torch.allclose(moved[..., :-quarter], last[..., quarter:], atol=1e-4)
    assert torch.allclose(moved[..., -quarter:], last[..., -1:].expand(-1, -1, -1, quarter))


def test_a_plan_holds_for_pictures_of_any_size() -> None:
    first, last = (F.interpolate(one, scale_factor=4) for one in pictures())
    moved = plan_of(FIRST, across=0.25).drawn(first, last)
    assert torch.allclose(moved[..., :-SIDE], first[..., SIDE:], atol=1e-4)


@torch.no_grad()
def test_a_new_drafter_knows_what_stays_and_fades_it() -> None:
    ends = any_ends(2)
    still = replace(ends, pictures=ends.pictures[:, :1].expand(-1, 2, -1, -1, -1))
    path, drafted = Foresight(SHAPE)(still, TIMES)
    assert [plan.flow.shape[-1] for plan in drafted.plans] == [SIDE // 2, SIDE // 2, SIDE]
    assert torch.equal(path, straight(ends.tokens[:, 0], ends.tokens[:, 1], TIMES))
    ways = drafted.displaced.ways
    assert ways.shape == (2, 2 * FRAMES, 2, SIDE // 4, SIDE // 4)
    assert ways[0].view(2, FRAMES, -1)[:, 0].abs().max() < 1e-6, "at its own end all is there"
    assert ways[1].view(2, FRAMES, -1)[:, -1].abs().max() < 1e-6
    assert drafted.plan.flow.abs().mean() < 0.15
    source = drafted.plan.source.softmax(1).mean((2, 3)).view(2, FRAMES, 3)
    assert (source[:, 0, 0] > 0.9).all()
    assert (source[:, -1, 1] > 0.9).all()


@torch.no_grad()
def test_ends_are_drafted_as_they_are() -> None:
    torch.manual_seed(1)
    foresight, ends = Foresight(SHAPE), any_ends(2)
    for value in foresight.parameters():
        torch.nn.init.normal_(value, std=0.1)
    found, _ = foresight.foresee(ends, TIMES)
    assert found.tokens.shape == (2 * FRAMES, SHAPE.tokens, SHAPE.width)
    assert found.drafts.shape == (2 * FRAMES, DRAFT, SIDE, SIDE)
    films = found.drafts.view(2, FRAMES, DRAFT, SIDE, SIDE)
    for at in (0, -1):
        assert torch.equal(films[:, at, :3], ends.pictures[:, at])
        assert torch.equal(
            films[:, at, 3:].mean((0, 2, 3)), F.one_hot(torch.tensor(-at), 3).float()
        )
    assert torch.allclose(films[:, :, 3:].sum(2), torch.tensor(1.0), atol=1e-5)
    assert not torch.allclose(films[:, 1], unforeseen(ends, TIMES)[0].drafts.view_as(films)[:, 1])


@torch.no_grad()
def test_motions_are_drafted_by_themselves() -> None:
    torch.manual_seed(2)
    drafter, ends = Drafter(SHAPE), any_ends(2)
    features = torch.randn(2, FRAMES, SHAPE.tokens, SHAPE.width)
    for value in drafter.parameters():
        torch.nn.init.normal_(value, std=0.03)
    camera = torch.tensor([[0.1, 0.2, -0.1], [-0.2, 0.0, 0.3]])
    both = drafter(ends.pictures, ends.tokens, CameraMove(camera), features, TIMES)
    one = ends.pictures[1:], ends.tokens[1:], CameraMove(camera[1:]), features[1:], TIMES
    alone = drafter(*one)
    for some, own in zip(both.plans, alone.plans, strict=True):
        assert torch.allclose(some.channels()[FRAMES:], own.channels(), atol=1e-3)


@torch.no_grad()
def test_panels_of_any_shape_are_looked_at() -> None:
    wide = torch.rand(1, 3, 96, 160)
    ends = seen(ImageEncoder(SHAPE), wide, 1 - wide)
    assert ends.tokens.shape == (1, 2, SHAPE.tokens, SHAPE.width)
    assert ends.pictures.shape == (1, 2, 3, SIDE, SIDE)
    assert torch.allclose(ends.pictures[:, 0], 1 - ends.pictures[:, 1], atol=1e-5)

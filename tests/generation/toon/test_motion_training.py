"""The trainings for motion, as small as they get: what they teach, and that they go on."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.clips.camera import CameraMove
from generation.clips.drafting import SIDE
from generation.clips.foresight import Foresight
from generation.clips.latents import pixels
from generation.clips.modules import new_modules
from generation.clips.places import sized
from generation.clips.semantics import ImageEncoder, MotionPredictor, SemanticShape, even_times
from generation.toon.training.animating import Animation, moving_places
from generation.toon.training.course import Course, taught, teach
from generation.toon.training.denoiser import new_unet
from generation.toon.training.foresight_losses import drafts_off, path_error, plan_off, ways_off
from generation.toon.training.foresight_shares import (
    by_kind,
    inside,
    share_of_fade,
    share_of_straight,
)
from generation.toon.training.motion_data import panned, path_shard, random_times, shard, traced
from generation.toon.training.motion_pool import MotionPool, shard_file
from generation.toon.training.motions import SENT, TRACED, Motions, Paths, Traces
from generation.toon.training.noise import new_scheduler
from generation.toon.training.parallel import Team
from generation.toon.training.run import save_checkpoint
from generation.toon.training.seeing import HELD, Seeing, examples, faced
from generation.toon.world.motion import frames_at, moment, spots
from generation.toon.world.moving import moving

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)

TIMES = even_times(4)
MOST_BYTES = 18_600_000  # of 48 MB in all: see test_weights.py


def still(motions: int) -> CameraMove:
    return CameraMove(torch.zeros(motions, 3))


def nowhere(motions: int, frames: int) -> Traces:
    """Nothing is known to be seen at any end."""
    coarse, fine = (torch.zeros(motions, frames, 2, side, side) for side in (SENT, TRACED))
    ahead = torch.zeros(motions, frames, 2, 2, SENT, SENT)
    return Traces(fine.repeat(1, 1, 2, 1, 1), fine.bool(), ahead, coarse.bool())


def test_a_predictor_learns_a_motion_that_a_line_misses() -> None:
    torch.manual_seed(0)
    bow = torch.linspace(-1, 1, 5).square().mul(-1).add(1).view(1, -1, 1, 1)
    ends = torch.randn(6, 2, 1, SHAPE.tokens, SHAPE.width)
    parts = torch.linspace(0, 1, 5).view(1, -1, 1, 1)
    tokens = (1 - parts) * ends[:, 0] + parts * ends[:, 1] + bow
    predictor = MotionPredictor(SHAPE)
    paths = Paths(tokens, torch.zeros(6, 5, 3, 1, 1), even_times(5), nowhere(6, 5), still(6))
    told = 0.05 * torch.randn(12, SHAPE.width)

    def path() -> torch.Tensor:
        foreseen: torch.Tensor = predictor(tokens[:, 0], tokens[:, -1], paths.times)
        return foreseen

    assert share_of_straight(path(), paths) == 1
    assert share_of_straight(path(), paths, told) == 1
    optimiser = torch.optim.Adam(predictor.parameters(), lr=3e-3)
    for _ in range(40):
        optimiser.zero_grad()
        torch.autograd.backward(path_error(path(), paths, told))
        optimiser.step()
    assert share_of_straight(path(), paths) < 0.2
    assert share_of_straight(path(), paths, told) < 0.2


def test_an_image_encoder_learns_to_tell_its_pictures() -> None:
    torch.manual_seed(0)
    seeing = Seeing(SHAPE, text_width=8)
    given, texts = examples(HELD, 6, SHAPE), torch.randn(6, 8)
    assert len(set(given.captions)) == 6
    assert seeing.encoder.thumbnail(seeing.encoder(given.pictures)).shape == (6, 3, 32, 32)
    optimiser = torch.optim.Adam(seeing.parameters(), lr=1e-2)
    losses = []
    for _ in range(30):
        optimiser.zero_grad()
        loss = seeing.loss(given, texts)
        torch.autograd.backward(loss)
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    tokens = seeing.encoder(given.pictures)
    assert (seeing.matches(tokens, texts).argmax(1) == torch.arange(6)).all()
    anybody = given.facing != 0
    assert anybody.any()
    assert (seeing.facing(tokens)[..., 0] * given.facing)[anybody].gt(0).float().mean() > 0.9


def test_it_is_told_which_way_whoever_is_at_a_place_faces() -> None:
    sample = moving(HELD, "walk")
    walker = sample.motion.start.scene.figures[0]
    for part in (0.0, 1.0):
        found = faced(moment(sample.motion, part), 8)
        x = int(spots(moment(sample.motion, part), 8)[0].x)
        assert set(found.flatten().tolist()) == {0.0, walker.facing}
        assert found[5, x] == walker.facing
    assert not faced(moment(moving(HELD, "enter").motion, 0.0), 8).any()


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    vae = AutoencoderKL(
        block_out_channels=(4, 4, 4, 4, 4, 4),
        down_block_types=("DownEncoderBlock2D",) * 6,
        up_block_types=("UpDecoderBlock2D",) * 6,
        latent_channels=4,
        norm_num_groups=2,
        layers_per_block=1,
    )
    return shard(vae.eval(), ImageEncoder(SHAPE).eval(), first=3, count=2, times=TIMES)


def test_motions_come_from_files_as_they_are_made(tmp_path: Path, data: dict[str, Any]) -> None:
    pool = MotionPool(tmp_path, "train")
    with pytest.raises(FileNotFoundError):
        pool.draw(1, random.Random(0))
    for index in range(2):
        save_checkpoint(shard_file(tmp_path, "train", index), data)
        assert pool.refresh() == index + 1
    some = pool.draw(2 * len(TIMES), random.Random(0))
    assert some.latents.shape == (2, 4, 4, 8, 8)
    assert some.tokens.shape == (2, 4, SHAPE.tokens, SHAPE.width)
    assert len(pool.draw(1, random.Random(0)).captions) == 1
    assert all(len(pair) == 2 for pair in some.captions)
    assert torch.equal(pool.first(2).latents, pool.first(2).latents)


def test_paths_are_of_small_pictures_at_the_same_times(tmp_path: Path) -> None:
    encoder = ImageEncoder(SHAPE).eval()
    times = random_times(6, random.Random(0))
    assert (times[0], times[-1]) == (0, 1)
    assert (times.diff() > 0).all()
    assert not torch.allclose(times, even_times(6))
    save_checkpoint(shard_file(tmp_path, "paths", 0), path_shard(encoder, 5, 3, times))
    pool = MotionPool(tmp_path, "paths")
    assert pool.refresh() == 1
    paths = pool.draw_paths(100, random.Random(0))
    assert paths.tokens.shape == (3, 6, SHAPE.tokens, SHAPE.width)
    frames = paths.some([2, 4])
    assert torch.equal(frames.ends, paths.pictures[:, [0, -1]])
    assert torch.equal(frames.pictures[:, 1], paths.pictures[:, 4])
    assert torch.equal(frames.traces.ahead[:, 0], paths.traces.ahead[:, 2])
    assert frames.times.tolist() == paths.times[[2, 4]].tolist()
    drawn = frames_at(moving(5).motion, times.tolist(), SHAPE.side)
    with torch.no_grad():
        seen = encoder(pixels(drawn))
    assert torch.allclose(pool.first_paths(1).tokens[0], seen, atol=0.01)


def test_drafts_learn_what_has_moved_where_a_cross_fade_shows_it_twice() -> None:
    torch.manual_seed(0)
    films = torch.ones(8, 5, 3, SIDE, SIDE)
    for film, at in zip(films, torch.randint(0, SIDE - 16, (8,)).tolist(), strict=True):
        for frame, left in enumerate((0, 12, 24, 36, 48)):
            film[frame, 1:, at : at + 16, left : left + 16] = -1.0
    tokens = torch.randn(8, 1, SHAPE.tokens, SHAPE.width).expand(-1, 5, -1, -1)
    paths, foresight = (
        Paths(tokens, films, even_times(5), nowhere(8, 5), still(8)),
        Foresight(SHAPE),
    )
    at = inside(paths)
    frames = paths.some(at)

    def share() -> float:
        with torch.no_grad():
            return share_of_fade(
                frames, foresight(paths.ends, paths.times, at, paths.camera)[1].plan
            )

    assert share() > 0.8, "it begins about as a cross-fade"
    optimiser = torch.optim.Adam(foresight.parameters(), lr=1e-3)
    for _ in range(40):
        optimiser.zero_grad()
        drafted = foresight(paths.ends, paths.times, at, paths.camera)[1]
        torch.autograd.backward(drafts_off(frames, drafted.plan).mean())
        optimiser.step()
    assert share() < 0.2


def test_progress_is_told_by_kind() -> None:
    torch.manual_seed(0)
    tokens, films = torch.randn(3, 4, SHAPE.tokens, SHAPE.width), torch.rand(3, 4, 3, SIDE, SIDE)
    paths, foresight = Paths(tokens, films, TIMES, nowhere(3, 4), still(3)), Foresight(SHAPE)
    told = by_kind(foresight, paths, ["walk", "cut", "walk"])
    found = re.fullmatch(r"held out, drafts: cut ([\d.]+)  walk ([\d.]+)", told)
    assert found
    assert all(0.5 < float(one) < 2 for one in found.groups()), "about a cross-fade's"


def test_plans_learn_the_truth_where_there_is_one() -> None:
    torch.manual_seed(0)
    motion = moving(HELD + 2, "camera").motion
    stored = traced(motion, TIMES) | panned(motion)
    traces = Traces(
        stored["flow"].float()[None],
        stored["visible"][None],
        stored["ahead"].float()[None],
        stored["known"][None],
    )
    pictures = sized(pixels(frames_at(motion, TIMES.tolist(), SIDE)), SIDE)[None]
    tokens = torch.randn(1, len(TIMES), SHAPE.tokens, SHAPE.width)
    paths, foresight = (
        Paths(tokens, pictures, TIMES, traces, CameraMove(stored["camera"][None])),
        Foresight(SHAPE),
    )

    def off() -> torch.Tensor:
        drafted = foresight(paths.ends, TIMES, camera=paths.camera)[1]
        return plan_off(drafted.plan, traces) + ways_off(drafted.displaced, traces)

    before = off().item()
    optimiser = torch.optim.Adam(foresight.parameters(), lr=1e-3)
    for _ in range(60):
        optimiser.zero_grad()
        torch.autograd.backward(off())
        optimiser.step()
    assert off().item() < before / 3
    assert off().item() > 0


def motions_of(data: dict[str, Any]) -> Motions:
    tensors = (data[name].float() for name in ("latents", "tokens", "pictures"))
    return Motions(*tensors, data["captions"], TIMES, CameraMove(data["camera"]))


@dataclass
class Pipeline:
    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    scheduler: object


def test_only_modules_learn_from_motion_and_they_do(
    data: dict[str, Any], letters: CLIPTokenizer
) -> None:
    torch.manual_seed(0)
    config = CLIPTextConfig(
        vocab_size=len(letters),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        eos_token_id=len(letters) - 1,
    )
    unet = UNet2DConditionModel(
        in_channels=4,
        out_channels=4,
        block_out_channels=(16, 16),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=8,
        cross_attention_dim=16,
        attention_head_dim=4,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    pipeline = Pipeline(unet, CLIPTextModel(config), letters, new_scheduler())
    for part in (unet, pipeline.text_encoder):
        part.eval().requires_grad_(False)
    modules = new_modules(unet, SHAPE)
    animation = Animation(pipeline, Foresight(SHAPE), modules)  # type: ignore[arg-type]
    motions = motions_of(data)
    times = torch.tensor([900, 300])

    def errors(**way: bool) -> torch.Tensor:
        return animation.errors(motions, times, torch.Generator().manual_seed(0), **way)

    still = errors(still=True, pathless=True)
    assert torch.allclose(errors(pathless=True), still, atol=1e-5)
    assert not torch.allclose(errors(), still, atol=1e-5)
    optimiser = torch.optim.Adam(modules.parameters(), lr=1e-2)
    for _ in range(12):
        optimiser.zero_grad()
        torch.autograd.backward(errors().sum())
        optimiser.step()
    assert errors().sum() < 0.8 * still.sum()
    before, after = (
        animation.share_of_fade(motions, times, torch.Generator().manual_seed(0), **way)
        for way in ({"still": True, "pathless": True}, {})
    )
    assert after < before
    assert all(one.grad is None for one in unet.parameters())


def test_places_count_more_where_a_cross_fade_is_wrong() -> None:
    latents = torch.zeros(1, 3, 2, 4, 4)
    latents[0, 1, :, 0, 0] = 1.0
    nothing = torch.zeros(1, 3, 1, 1)
    motions = Motions(latents, nothing, nothing, [["", ""]], even_times(3), still(1))
    counts = moving_places(motions)
    assert counts[0, 1, 0, 0] > 3 * counts[0, 1, 2, 2]
    assert torch.allclose(counts.mean(), torch.tensor(1.0))


def test_motion_fits_its_share_of_the_weights() -> None:
    unet, shape = new_unet(), SemanticShape()
    parts = ImageEncoder(shape), Foresight(shape), new_modules(unet, shape)
    size = 2 * sum(one.numel() for part in parts for one in part.parameters())  # half precision
    assert size < MOST_BYTES


def test_lessons_that_leave_parts_out_give_gradients_of_all(tmp_path: Path) -> None:
    """In a team they are added up, so there must be as many in every process."""
    model = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
    sizes: list[int] = []

    class Counting(Team):
        def sum(self, tensors: list[torch.Tensor]) -> None:
            sizes.append(len(tensors))

    def lesson(step: int) -> torch.Tensor:
        return model[step % 2](torch.ones(1, 2)).square().mean()

    course = Course("parts.pt", model, 1e-2, lesson, lambda: "measured")
    teach(course, tmp_path, 0.0005, Counting())
    assert set(sizes[::2]) == {4}, "weights and biases of both"


def test_a_course_goes_on_where_it_stopped(tmp_path: Path) -> None:
    seen: list[int] = []

    def course() -> Course:
        model = nn.Linear(4, 4)

        def lesson(step: int) -> torch.Tensor:
            seen.append(step)
            return model(torch.ones(1, 4)).square().mean()

        return Course("small.pt", model, 1e-2, lesson, lambda: "measured")

    with pytest.raises(FileNotFoundError):
        taught(nn.Linear(4, 4), tmp_path / "small.pt")
    teach(course(), tmp_path, 0.001, Team())
    first = len(seen)
    assert seen == list(range(first))
    teach(course(), tmp_path, 0.002, Team())
    assert seen == list(range(len(seen)))
    assert len(seen) > first > 0
    model = nn.Linear(4, 4)
    taught(model, tmp_path / "small.pt")
    stored = torch.load(tmp_path / "small.pt", weights_only=True)
    assert torch.equal(model.weight, stored["average"]["weight"])

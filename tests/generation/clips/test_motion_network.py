"""Motion between panels on tiny networks: exact ends, frozen weights, borrowed things put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image

from generation.clips.baselines import CrossFade, Cut, LatentSlerp, slerp
from generation.clips.errors import BackendMissing
from generation.clips.latents import encode, pixels
from generation.clips.modules import PATCH, MotionModules, places, words_alone
from generation.clips.ours import Motion, MotionWeights, load_motion
from generation.clips.sampling import (
    Conditions,
    clip_noise,
    denoise,
    looking_at_ends,
    pinned_times,
    video_network,
)
from generation.clips.semantics import (
    ImageEncoder,
    MotionPredictor,
    SemanticShape,
    even_times,
    straight,
)
from generation.clips.tween import Between, Halfway, Stopped, tween, unwatched
from generation.diffusion.model import DiffusionModel
from generation.diffusion.solver import Solver

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)
FRAMES = 5
TIMES = even_times(FRAMES)


@pytest.fixture(scope="module")
def model(model_of: Callable[..., DiffusionModel]) -> DiffusionModel:
    return model_of("sd15")


@pytest.fixture
def weights(model: DiffusionModel) -> MotionWeights:
    torch.manual_seed(3)
    return MotionWeights.new(SHAPE, model)


@pytest.fixture(scope="module")
def request_() -> Between:
    first = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
    last = Image.radial_gradient("L").resize((96, 64)).convert("RGB")
    return Between(first, last, ("a cat", "a dog " * 15), FRAMES, steps=2)


def stirred(weights: MotionWeights) -> MotionWeights:
    """As if trained: the layers that begin at zero do something."""
    for part in weights.parts().values():
        for value in part.parameters():
            if not value.any():
                torch.nn.init.normal_(value, std=0.2)
    return weights


def test_a_predicted_path_keeps_its_ends_and_begins_as_the_straight_line() -> None:
    torch.manual_seed(0)
    predictor = MotionPredictor(SHAPE)
    first, last = torch.randn(2, 3, SHAPE.tokens, SHAPE.width)
    line = straight(first, last, TIMES)
    assert torch.equal(predictor(first, last, TIMES), line)
    torch.nn.init.normal_(predictor.out.weight)
    path = predictor(first, last, TIMES)
    assert torch.equal(path[:, 0], first)
    assert torch.equal(path[:, -1], last)
    assert (path - line)[:, 1:-1].abs().mean((0, 2, 3)).min() > 0.1


def test_an_image_encoder_reads_pictures_of_any_size_into_tokens_with_places() -> None:
    encoder = ImageEncoder(SHAPE).eval()
    tokens = encoder(torch.zeros(2, 3, 40, 40))
    assert tokens.shape == (2, SHAPE.tokens, SHAPE.width) == (2, 16, 16)


@torch.no_grad()
def test_new_modules_give_the_frozen_networks_frames_to_the_bit(
    model: DiffusionModel, weights: MotionWeights
) -> None:
    latents = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.randn(FRAMES, 7, 32, generator=torch.Generator().manual_seed(2))
    path = torch.randn(FRAMES, SHAPE.tokens, SHAPE.width)
    seen = []
    for modules in (None, weights.modules, weights.modules):
        with video_network(model.unet, modules, TIMES, 7, path):
            seen.append(model.unet(latents, 5, encoder_hidden_states=text).sample)
        if modules is not None:
            stirred(weights)
    assert torch.equal(seen[0], seen[1])
    assert (seen[0] - seen[2]).abs().max() > 1e-3


@torch.no_grad()
def test_trained_modules_let_frames_see_each_other_but_not_other_clips(
    model: DiffusionModel, weights: MotionWeights
) -> None:
    latents = torch.randn(2 * FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.zeros(2 * FRAMES, 7, 32)
    changed = latents.clone()
    changed[2] += 1.0
    with stirred(weights).modules.installed(model.unet, TIMES):
        one = model.unet(latents, 5, encoder_hidden_states=text).sample
        two = model.unet(changed, 5, encoder_hidden_states=text).sample
    moved = (one - two).flatten(1).abs().amax(1)
    assert (moved[:FRAMES] > 1e-4).all()
    assert torch.equal(one[FRAMES:], two[FRAMES:])


@torch.no_grad()
def test_tokens_are_laid_where_they_belong_and_frames_hear_when_they_are(
    model: DiffusionModel, weights: MotionWeights
) -> None:
    sketch = weights.modules.sketch
    path, embedding = (
        torch.zeros(1, SHAPE.tokens, SHAPE.width),
        torch.zeros(1, sketch.needed.in_features),
    )
    sketch.mixed = torch.nn.Identity()  # which looks a place further
    blank = sketch(path, embedding)
    path[0, SHAPE.tokens - 1] = 1.0
    side = round(SHAPE.tokens**0.5) * PATCH
    changed = (sketch(path, embedding) != blank).any(1)[0]
    assert changed[-PATCH:, -PATCH:].all()
    assert changed.sum() == PATCH**2
    assert blank.shape[-2:] == (side, side)

    latents = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.zeros(FRAMES, 7, 32)
    stirred(weights)
    drawn = []
    for times in (TIMES, TIMES, TIMES.square()):
        with weights.modules.installed(model.unet, times):
            drawn.append(model.unet(latents, 5, encoder_hidden_states=text).sample)
    assert torch.equal(drawn[0], drawn[1])
    assert (drawn[0] - drawn[2]).abs().max() > 1e-4


@torch.no_grad()
def test_ends_look_at_themselves_and_others_at_the_ends(model: DiffusionModel) -> None:
    latents = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.zeros(FRAMES, 7, 32)
    alone = model.unet(latents, 5, encoder_hidden_states=text).sample
    with video_network(model.unet, None, TIMES, 7):
        looking = model.unet(latents, 5, encoder_hidden_states=text).sample
    off = (alone - looking).flatten(1).abs().amax(1)
    assert off[[0, -1]].max() < 1e-4
    assert off[1:-1].min() > 1e-3
    assert looking_at_ends(4).references.tolist() == [[0, 0], [0, 3], [0, 3], [3, 3]]


@torch.no_grad()
def test_both_ends_stay_as_they_are_while_the_frames_between_are_drawn(
    model: DiffusionModel, weights: MotionWeights
) -> None:
    ends = torch.randn(2, 4, 8, 12, generator=torch.Generator().manual_seed(4))
    given = Conditions(ends, torch.zeros(FRAMES, 7, 32), torch.zeros(FRAMES, 16, 16))
    modules = stirred(weights).modules
    solver = Solver(model.scheduler, 3, model.device, range(FRAMES))
    drawn = denoise(model.unet, modules, modules, solver, given, 0, unwatched)
    assert torch.equal(drawn[[0, -1]], ends)
    assert pinned_times(torch.tensor([7, 9]), 3).tolist() == [0, 7, 0, 0, 9, 0]


def test_a_transition_that_is_put_aside_goes_on_to_the_same_pixels(
    model: DiffusionModel, weights: MotionWeights, request_: Between
) -> None:
    tweener, kept = Motion(model, stirred(weights)), {}
    long = replace(request_, steps=4)

    def keep(step: int, steps: int, halfway: Halfway | None = None) -> None:
        assert halfway is not None
        kept[step] = halfway.keep()
        assert len(halfway.look()) == FRAMES

    whole = tween(tweener, long, keep)
    told: list[int] = []
    later = replace(long, begun=kept[2])
    assert tween(tweener, later, lambda step, *_: told.append(step)) == whole
    assert told == [3, 4]


def test_the_image_network_is_the_same_after_a_clip_and_after_one_that_was_stopped(
    model: DiffusionModel, weights: MotionWeights, request_: Between
) -> None:
    before = {name: value.clone() for name, value in model.unet.state_dict().items()}
    processors = {name: id(one) for name, one in model.unet.attn_processors.items()}
    tweener = Motion(model, stirred(weights))

    def stop(step: int, steps: int, halfway: Halfway | None = None) -> None:
        if step == 2:
            raise Stopped

    one, two = tween(tweener, request_), tween(tweener, request_)
    with pytest.raises(Stopped):
        tween(tweener, request_, stop)
    assert one == two
    assert (one[0], one[-1]) == (request_.first, request_.last)
    assert one[1] not in (one[0], one[2])
    for name, value in model.unet.state_dict().items():
        assert torch.equal(value, before[name])
    assert processors == {name: id(one) for name, one in model.unet.attn_processors.items()}
    assert not any(layer._forward_hooks for layer in model.unet.modules())


def test_each_part_of_the_way_makes_a_difference(
    model: DiffusionModel, weights: MotionWeights, request_: Between
) -> None:
    stirred(weights)
    request_ = replace(request_, frames=3, steps=1, prompts=("", ""))
    made = [
        tween(Motion(model, weights, modules, path), request_)[1].tobytes()
        for modules in (True, False)
        for path in ("none", "straight", "predicted")
    ]
    assert len(set(made)) == 6


def test_weights_come_back_from_their_folder(
    model: DiffusionModel,
    weights: MotionWeights,
    tmp_path: Path,
    model_of: Callable[..., DiffusionModel],
) -> None:
    with pytest.raises(BackendMissing, match="no motion weights"):
        load_motion(tmp_path, model)
    with pytest.raises(BackendMissing, match="needs one of 'sd15'"):
        MotionWeights.new(SHAPE, model_of("sdxl"))
    stirred(weights).save(tmp_path)
    stored = load_motion(tmp_path, model)
    assert stored.shape == SHAPE
    for name, part in weights.parts().items():
        for key, value in stored.parts()[name].state_dict().items():
            assert torch.equal(value, part.state_dict()[key].half().float())
    fewer = MotionModules(places(model.unet)[:-1], SHAPE.width, 32, 8)
    MotionWeights(SHAPE, weights.encoder, weights.predictor, fewer).save(tmp_path)
    with pytest.raises(BackendMissing, match="another network"):
        load_motion(tmp_path, model)


def test_the_embedded_models_pooled_text_never_hears_the_path() -> None:
    unet = UNet2DConditionModel(
        sample_size=4,
        block_out_channels=(16, 16),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=8,
        cross_attention_dim=32,
        attention_head_dim=4,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    names = [place.name for place in places(unet)]
    assert names == [
        "down_blocks.0.resnets.0",
        "down_blocks.1.attentions.0",
        "mid_block.attentions.0",
        "up_blocks.0.attentions.0",
        "up_blocks.0.attentions.1",
        "up_blocks.1.resnets.0",
        "up_blocks.1.resnets.1",
    ]
    heard: list[int] = []
    with words_alone(unet, 5):
        last = unet.add_embedding.register_forward_pre_hook(
            lambda _, given: heard.append(given[0].shape[1])
        )
        unet(torch.zeros(1, 4, 4, 4), 1, encoder_hidden_states=torch.zeros(1, 9, 32))
        last.remove()
    unet(torch.zeros(1, 4, 4, 4), 1, encoder_hidden_states=torch.zeros(1, 9, 32))
    assert heard == [5]


def test_noise_of_a_clip_is_standard_and_half_of_it_is_common() -> None:
    noise = clip_noise(50, torch.empty(50 * 4, 4, 8, 8), torch.Generator().manual_seed(0))
    assert abs(noise.std().item() - 1) < 0.02
    clips = noise.view(50, 4, -1)
    assert abs((clips[:, 0] * clips[:, 3]).mean().item() - 0.5) < 0.03
    assert abs((clips[0] * clips[1]).mean().item()) < 0.1


def test_what_ours_is_measured_against_meets_the_ends_too(
    model: DiffusionModel, request_: Between
) -> None:
    for tweener in (CrossFade(), Cut(), LatentSlerp(model.vae)):
        made = tween(tweener, request_)
        assert (made[0], made[-1], len(made)) == (request_.first, request_.last, FRAMES)
    made = CrossFade().frames(request_, unwatched)
    assert made[2] == Image.blend(request_.first, request_.last, 0.5)
    drawn = LatentSlerp(model.vae).frames(request_, unwatched)
    assert (pixels([drawn[0]]) - pixels([request_.first])).abs().max() < 0.02
    one, two = encode(model.vae, [request_.first, request_.last])
    assert torch.equal(slerp(one, two, 0.0), one)
    assert torch.equal(slerp(one, two, 1.0), two)
    unit = torch.eye(2)
    assert torch.allclose(slerp(unit[0], unit[1], 0.5), torch.full((2,), 0.5**0.5))
    assert torch.equal(slerp(one, one, 0.5), one)


def test_panels_of_different_sizes_and_broken_promises_are_refused(request_: Between) -> None:
    with pytest.raises(ValueError, match="panels of"):
        Between(request_.first, request_.last.resize((32, 32)))
    with pytest.raises(ValueError, match="1 frames"):
        Between(request_.first, request_.last, frames=1)

    class Short:
        def frames(self, request: Between, watch: object) -> list[Image.Image]:
            return [request.first]

    with pytest.raises(ValueError, match="1 frames of"):
        tween(Short(), request_)

"""Transitions between panels: exact ends, the same pixels again, borrowed things put back."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from generation.clips.baselines import CrossFade, Cut, LatentSlerp, slerp
from generation.clips.foresight import seen
from generation.clips.latents import decode, encode, encode_pixels, pixels
from generation.clips.ours import Drafts, Motion, MotionWeights, load_motion
from generation.clips.semantics import even_times
from generation.clips.trust import Noised
from generation.clips.tween import Between, Halfway, Stopped, tween, unwatched
from generation.diffusion.model import DiffusionModel
from tests.generation.clips.motion import FRAMES, stirred


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


def test_a_clip_that_begins_with_its_drafts_leaves_out_the_first_steps(
    model: DiffusionModel, weights: MotionWeights, request_: Between
) -> None:
    told: list[int] = []
    long = replace(request_, steps=4)
    tweener = Motion(model, stirred(weights), drafted=0.5)
    made = tween(tweener, long, lambda step, *_: told.append(step))
    assert told == [3, 4]
    assert (made[0], made[-1]) == (request_.first, request_.last)
    assert made != tween(replace(tweener, drafted=0.0), long)


def drafts_of(model: DiffusionModel, weights: MotionWeights) -> Drafts:
    return Drafts(model.device, weights.encoder, weights.foresight)


def test_drafts_can_be_shown_by_themselves(
    model: DiffusionModel, weights: MotionWeights, request_: Between
) -> None:
    made = tween(drafts_of(model, stirred(weights)), request_)
    assert (made[0], made[-1], len(made)) == (request_.first, request_.last, FRAMES)
    assert made[2] not in (made[1], made[3], Image.blend(made[0], made[-1], 0.5))


def test_drafts_of_a_model_in_half_precision_are_as_exact(
    model: DiffusionModel, weights: MotionWeights, request_: Between, tmp_path: Path
) -> None:
    stirred(weights).save(tmp_path)
    half = replace(model, unet=copy.deepcopy(model.unet).to(torch.bfloat16))
    loaded = load_motion(tmp_path, half)
    kinds = {name: next(part.parameters()).dtype for name, part in loaded.parts().items()}
    assert set(kinds.values()) == {torch.float32, torch.bfloat16}
    assert kinds["modules"] == torch.bfloat16
    exact = tween(drafts_of(model, load_motion(tmp_path, model)), request_)
    assert tween(drafts_of(half, loaded), request_) == exact
    panels = pixels([request_.first, request_.last])
    ends = seen(loaded.encoder, panels[:1], panels[1:])
    given = loaded.foresight.foresee(ends, even_times(FRAMES))[0].of(half.dtype)
    assert (given.tokens.dtype, given.drafts.dtype) == (half.dtype, half.dtype)
    known = given.of(half.dtype)
    noised = Noised(torch.randn(FRAMES, 4, 8, 12).to(half.dtype), torch.full((FRAMES,), 0.5))
    drawn = torch.randn(FRAMES, 4, 8, 12).to(half.dtype)
    believed = loaded.modules.trust(drawn, noised, "epsilon", drawn, known.drafts)
    assert believed.dtype == half.dtype
    assert believed.isfinite().all()


def test_what_an_autoencoder_loses_comes_back_where_a_frame_is_as_drafted(
    model: DiffusionModel,
) -> None:
    drafts = torch.rand(3, 3, 64, 96, generator=torch.Generator().manual_seed(1)).mul(2).sub(1)
    drafted = encode_pixels(model.vae, drafts)
    same = pixels(decode(model.vae, drafted, drafts, drafted))
    assert (same - drafts).abs().max() < 0.01
    other = pixels(decode(model.vae, drafted.roll(1, 0), drafts, drafted))
    assert (other - drafts).abs().mean() > 0.1
    doubts = torch.full((3, 1, 8, 12), 1e-6)
    doubts[:, :, 4:] = 1e6
    halves = pixels(decode(model.vae, drafted.roll(1, 0), drafts, drafted, doubts))
    assert (halves - drafts)[:, :, :24].abs().max() < 0.01, "what is sure is left as drafted"
    assert torch.equal(halves[:, :, 40:], other[:, :, 40:])


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

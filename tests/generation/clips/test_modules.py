"""Motion modules in a frozen network: what they change, what they leave alone, and their folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

from generation.clips.errors import BackendMissing
from generation.clips.modules import PATCH, MotionModules, places, words_alone
from generation.clips.ours import MotionWeights, load_motion
from generation.clips.sampling import video_network
from generation.diffusion.model import DiffusionModel
from tests.generation.clips.motion import FRAMES, SHAPE, TIMES, foreseen, stirred


@torch.no_grad()
def test_new_modules_give_the_frozen_networks_frames_to_the_bit(
    model: DiffusionModel, weights: MotionWeights
) -> None:
    latents = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.randn(FRAMES, 7, 32, generator=torch.Generator().manual_seed(2))
    given = foreseen(FRAMES)
    seen = []
    for modules in (None, weights.modules, weights.modules):
        with video_network(model.unet, modules, TIMES, 7, given):
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
    given, embedding = foreseen(1), torch.zeros(1, sketch.needed.in_features)
    sketch.mixed = torch.nn.Identity()  # which looks a place further
    blank = sketch(given, embedding)
    given.tokens[0, SHAPE.tokens - 1] = 1.0
    side = round(SHAPE.tokens**0.5) * PATCH
    changed = (sketch(given, embedding) != blank).any(1)[0]
    assert changed[-PATCH:, -PATCH:].all()
    assert changed.sum() == PATCH**2
    assert blank.shape[-2:] == (side, side)
    known = sketch(given, embedding)
    given.drafts[0, :, 0, 0] += 1.0
    changed = (sketch(given, embedding) != known).any(1)[0]
    assert changed[0, 0]
    assert not changed[2:].any()

    latents = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.zeros(FRAMES, 7, 32)
    stirred(weights)
    drawn = []
    for times in (TIMES, TIMES, TIMES.square()):
        with weights.modules.installed(model.unet, times):
            drawn.append(model.unet(latents, 5, encoder_hidden_states=text).sample)
    assert torch.equal(drawn[0], drawn[1])
    assert (drawn[0] - drawn[2]).abs().max() > 1e-4


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
    fewer = MotionModules(places(model.unet)[:-1], SHAPE.width, 32, 8, 4)
    MotionWeights(SHAPE, weights.encoder, weights.foresight, fewer).save(tmp_path)
    with pytest.raises(BackendMissing, match="another network"):
        load_motion(tmp_path, model)

"""What the motion modules are taught, as small as they get."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.clips.foresight import Foreseen, Foresight
from generation.clips.modules import new_modules
from generation.clips.semantics import ImageEncoder, SemanticShape, even_times
from generation.toon.training.animating import Animation, moving_places
from generation.toon.training.denoiser import new_unet
from generation.toon.training.motion_pool import MotionPool, shard_file
from generation.toon.training.motions import Motions
from generation.toon.training.noise import new_scheduler
from generation.toon.training.run import save_checkpoint
from tests.generation.toon.motions import MOTIONS, SHAPE, motion_shard

MOST_BYTES = 18_650_000  # of 48 MB in all: see test_weights.py


@dataclass
class Pipeline:
    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    scheduler: object


def test_only_modules_learn_from_motion_and_they_do(tmp_path: Path, letters: CLIPTokenizer) -> None:
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
    animation = Animation(pipeline, modules)  # type: ignore[arg-type]
    save_checkpoint(shard_file(tmp_path, "held", 0), motion_shard())
    pool = MotionPool(tmp_path, "held")
    pool.refresh()
    motions = pool.first(MOTIONS)
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
    foreseen = Foreseen(torch.zeros(3, 1, 1), torch.zeros(3, 1, 1, 1))
    motions = Motions(latents, latents, foreseen, [["", ""]], even_times(3))
    counts = moving_places(motions)
    assert counts[0, 1, 0, 0] > 3 * counts[0, 1, 2, 2]
    assert torch.allclose(counts.mean(), torch.tensor(1.0))


def test_motion_fits_its_share_of_the_weights() -> None:
    unet, shape = new_unet(), SemanticShape()
    parts = ImageEncoder(shape), Foresight(shape), new_modules(unet, shape)
    size = 2 * sum(one.numel() for part in parts for one in part.parameters())  # half precision
    assert size < MOST_BYTES

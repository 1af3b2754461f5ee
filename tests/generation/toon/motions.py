"""A file of motions of the drawn world, made with tiny networks."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL

from generation.clips.foresight import Foresight
from generation.clips.semantics import ImageEncoder, SemanticShape, even_times
from generation.toon.training.motion_data import Foreseer, shard
from generation.toon.training.motion_shards import Shard

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)
TIMES = even_times(4)
MOTIONS = 2


def motion_shard() -> Shard:
    torch.manual_seed(0)
    vae = AutoencoderKL(
        block_out_channels=(4, 4, 4, 4, 4, 4),
        down_block_types=("DownEncoderBlock2D",) * 6,
        up_block_types=("UpDecoderBlock2D",) * 6,
        latent_channels=4,
        norm_num_groups=2,
        layers_per_block=1,
    )
    foreseer = Foreseer(vae.eval(), ImageEncoder(SHAPE).eval(), Foresight(SHAPE).eval())
    return shard(foreseer, first=3, count=MOTIONS, times=TIMES)

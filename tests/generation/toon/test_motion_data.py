"""Files of motions: what is in them, and how they are drawn from."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from generation.clips.drafting import SIDE
from generation.clips.foresight import DRAFT
from generation.clips.latents import pixels
from generation.clips.semantics import ImageEncoder, even_times
from generation.toon.training.motion_paths import path_shard
from generation.toon.training.motion_pool import MotionPool, shard_file
from generation.toon.training.motion_shards import random_times
from generation.toon.training.run import save_checkpoint
from generation.toon.world.motion import frames_at
from generation.toon.world.moving import moving
from tests.generation.toon.motions import SHAPE, TIMES, motion_shard


def test_motions_come_from_files_as_they_are_made(tmp_path: Path) -> None:
    pool, data = MotionPool(tmp_path, "train"), motion_shard()
    with pytest.raises(FileNotFoundError):
        pool.draw(1, random.Random(0))
    for index in range(2):
        save_checkpoint(shard_file(tmp_path, "train", index), data)
        assert pool.refresh() == index + 1
    some = pool.draw(2 * len(TIMES), random.Random(0))
    assert some.latents.shape == (2, 4, 4, 8, 8)
    assert some.drafted.shape == some.latents.shape
    assert some.foreseen.tokens.shape == (2 * 4, SHAPE.tokens, SHAPE.width)
    assert some.foreseen.drafts.shape == (2 * 4, DRAFT, SIDE, SIDE)
    for end in (0, -1):
        off = some.drafted[:, end] - some.latents[:, end]
        assert off.abs().max() < 0.01, "both ends are as they are"
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

"""Files of motions, made once by a team, which trainings read while more are made.

Neighbouring frames are much alike, so most files hold few frames of each motion, at random times
(the same ones in a file): more motions for the same work, and none of the times is special.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generation.toon.training.motion_pool import Part, shard_file
from generation.toon.training.parallel import Team
from generation.toon.training.run import save_checkpoint

LENGTHS = (8, 8, 8, 16)  # frames of a motion, by the file's number; a clip has 16
HELD_SEED = 1 << 41

Shard = dict[str, Any]
Make = Callable[[Part, int, Tensor], Shard]  # which file of a part, at which times


def write_shards(
    held: Part, train: Part, shards: int, make: Make, folder: Path, team: Team
) -> None:
    """Write a held-out file and `shards` others; those that exist are kept."""
    jobs: Iterable[tuple[Part, int]] = [(held, 0), *((train, index) for index in range(shards))]
    for number, (part, index) in enumerate(jobs):
        file = shard_file(folder, part, index)
        if number % team.size != team.rank or file.exists():
            continue
        times = random_times(LENGTHS[index % len(LENGTHS)], random.Random(f"{part} {index}"))
        made = make(part, index, times)
        save_checkpoint(file, made)
        print(f"{file.name}: {len(made['tokens'])} motions of {len(times)} frames", flush=True)


def random_times(frames: int, chance: random.Random) -> Tensor:
    """`(frames,)` from 0 to 1; those between are each somewhere around its even time."""
    steps = [(at + chance.uniform(-0.5, 0.5)) / (frames - 1) for at in range(1, frames - 1)]
    return torch.tensor([0.0, *steps, 1.0])


def stacked(seen: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.stack([one[name] for one in seen]) for name in seen[0]}

"""Turns the drawn world into latents once, in files that training reads while more are made."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

from generation.toon.training.autoencoder import to_tensor, trained_autoencoder
from generation.toon.training.run import load_checkpoint, save_checkpoint
from generation.toon.world.deeds import deeds
from generation.toon.world.doubles import doubles
from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.focus import focus
from generation.toon.world.samples import GROUP, Sample, group, single
from generation.toon.world.scene import Scene
from generation.toon.world.twins import twins

Part = Literal[
    "single",
    "group",
    "twins",
    "doubles",
    "deeds",
    "held",
    "held twins",
    "held doubles",
    "held deeds",
]
STATISTICS = "latent_statistics.pt"
SHARD = 512  # samples in a file
TELLINGS = 6  # captions of each picture
PIXELS = 16  # to a latent, each way
DOUBLE = 4  # pictures of two doubles, or of two deeds
HELD = {"group": 8, "twins": 32, "doubles": 32, "deeds": 32}  # of each, never trained on
HELD_SEED = 1 << 40
ENCODED_AT_ONCE = 8


def settle(model: AutoencoderKL, folder: Path) -> AutoencoderKL:
    """Give the latents of a trained autoencoder mean 0 and deviation 1 in every channel.

    The change is folded into its 1 x 1 convolutions, so its pictures stay the same. The statistics
    are the first that were taken in `folder`, as all files of latents there have them.
    """
    model.eval().requires_grad_(False)
    file = folder / STATISTICS
    statistics = load_checkpoint(file)
    if statistics is None:
        seen = torch.cat(list(_encode(model, [single(HELD_SEED + i) for i in range(256)])))
        statistics = {"mean": seen.mean((0, 2, 3)), "deviation": seen.std((0, 2, 3))}
        save_checkpoint(file, statistics)
    _standardise(model, statistics["mean"], statistics["deviation"])
    model.register_to_config(scaling_factor=1.0)
    return model


def _standardise(model: AutoencoderKL, mean: Tensor, deviation: Tensor) -> None:
    channels = len(mean)
    to, back = model.quant_conv, model.post_quant_conv
    assert to is not None
    assert back is not None
    assert to.bias is not None
    assert back.bias is not None
    to.weight[:channels] /= deviation.view(-1, 1, 1, 1)
    to.bias[:channels] = (to.bias[:channels] - mean) / deviation
    to.bias[channels:] -= 2 * deviation.log()
    back.bias += back.weight[:, :, 0, 0] @ mean
    back.weight *= deviation.view(1, -1, 1, 1)


def make_shards(folder: Path, shards: int, first: int = 0) -> None:
    """Write `shards` files of each part; those that exist are kept. `first` is how many were made
    in earlier runs: a network that goes on learns more from pictures that it never saw."""
    model = settle(trained_autoencoder(folder), folder)
    jobs: list[tuple[Part, int]] = [
        ("held", 0),
        ("held twins", 0),
        ("held doubles", 0),
        ("held deeds", 0),
    ]
    for i in range(shards):
        jobs += [("single", i), ("group", i), ("twins", i), ("doubles", i), ("deeds", i)]
    for part, index in jobs:
        file = shard_file(folder, part, index)
        if file.exists():
            continue
        tellings = [list(_samples(part, first + index, telling)) for telling in range(TELLINGS)]
        samples = tellings[0]
        save_checkpoint(
            file,
            {
                "latents": torch.cat(list(_encode(model, samples))).half(),
                "focus": focus_maps([one.scene for one in samples]).half(),
                "captions": [[one.caption.text for one in told] for told in tellings],
            },
        )
        print(f"{file.name}: {len(samples)} pictures", flush=True)


def shard_file(folder: Path, part: Part, index: int) -> Path:
    return folder / "latents" / f"{part.replace(' ', '-')}-{index:04}.pt"


def focus_maps(scenes: Sequence[Scene]) -> Tensor:
    """How much each latent counts, `(scenes, 16, 16)`."""
    maps = torch.from_numpy(np.stack([focus(scene, PICTURE_SIZE) for scene in scenes]))
    return F.avg_pool2d(maps.float(), PIXELS)


def _samples(part: Part, index: int, telling: int) -> Iterator[Sample]:
    """All samples of a file."""
    held = part.startswith("held")
    kind = part.removeprefix("held ") if part != "held" else "group"
    together = {"single": 1, "group": GROUP, "twins": 2}.get(kind, DOUBLE)
    count = HELD[kind] if held else SHARD // together
    first = HELD_SEED if held else index * count
    for seed in range(first, first + count):
        if kind == "single":
            yield single(seed, telling)
        elif kind == "group":
            yield from group(seed, telling=telling)
        elif kind == "twins":
            yield from twins(seed, telling)
        elif kind == "doubles":
            yield from chain(*doubles(seed, telling))
        else:
            yield from chain(*deeds(seed, telling))


@torch.no_grad()
def _encode(model: AutoencoderKL, samples: list[Sample]) -> Iterator[Tensor]:
    for start in range(0, len(samples), ENCODED_AT_ONCE):
        pictures = [
            to_tensor(np.asarray(one.picture())) for one in samples[start : start + ENCODED_AT_ONCE]
        ]
        yield model.encode(torch.stack(pictures)).latent_dist.mean


@dataclass(frozen=True)
class Drawn:
    """Some samples: latents `(count, 8, 16, 16)`, what counts `(count, 16, 16)`, captions."""

    latents: Tensor
    focus: Tensor
    captions: list[str]


@dataclass
class Pool:
    """The latents of one part, in memory; `refresh` picks up files made since."""

    folder: Path
    part: Part
    files: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def refresh(self) -> int:
        """Number of samples at hand, after reading all new files."""
        while (file := shard_file(self.folder, self.part, len(self.files))).exists():
            self.files.append(torch.load(file, weights_only=True))
            self.count += len(self.files[-1]["latents"])
        return self.count

    def draw(self, count: int, size: int, chance: random.Random) -> Drawn:
        """`count` random runs of `size` samples, each run in one of its tellings.

        Raises FileNotFoundError if there is no latents file yet.
        """
        if not self.count:
            raise FileNotFoundError(shard_file(self.folder, self.part, 0))
        starts = [chance.randrange(self.count // size) * size for _ in range(count)]
        tellings = [chance.randrange(TELLINGS) for _ in starts]
        each = len(self.files[0]["latents"])
        at = [divmod(start + i, each) for start in starts for i in range(size)]
        told = [telling for telling in tellings for _ in range(size)]
        return Drawn(
            torch.stack([self.files[file]["latents"][row] for file, row in at]).float(),
            torch.stack([self.files[file]["focus"][row] for file, row in at]).float(),
            [self.files[f]["captions"][k][row] for (f, row), k in zip(at, told, strict=True)],
        )

    def first(self, count: int) -> Drawn:
        """The first `count` samples in their first telling."""
        file = self.files[0]
        latents, focus_ = (file[name][:count].float() for name in ("latents", "focus"))
        return Drawn(latents, focus_, file["captions"][0][:count])

"""A run put aside: latents and solver state as a safetensors blob that knows what it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from generation.diffusion.errors import CheckpointMismatch

FORMAT = 2  # raise it when old checkpoints can't be read any more


@dataclass(frozen=True)
class Frugality:
    """How a run makes do with its memory: at most `micro_batch` panels in a forward pass, unless
    panels look at each other; `causal`: none do, each looks only at those before it."""

    micro_batch: int
    causal: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The run after `step` timesteps. `latents` is `(panels, channels, height, width)`; `masks` is
    what is known of the subjects, nothing in a run without."""

    step: int
    latents: Tensor
    solver: Mapping[str, Tensor]
    masks: Mapping[str, Tensor]
    frugality: Frugality


def pack(snapshot: Snapshot, fingerprint: str) -> bytes:
    """`fingerprint` is hexadecimal and names the plan and the model."""
    tensors = {f"solver {name}": tensor for name, tensor in snapshot.solver.items()}
    tensors |= {f"masks {name}": tensor for name, tensor in snapshot.masks.items()}
    tensors["latents"] = snapshot.latents
    frugality = snapshot.frugality
    tensors["frugality"] = torch.tensor([frugality.micro_batch, int(frugality.causal)])
    tensors["step"] = torch.tensor(snapshot.step)
    tensors["fingerprint"] = _bytes(fingerprint)
    blob: bytes = save({name: tensor.contiguous() for name, tensor in tensors.items()})
    return blob


def unpack(blob: bytes, fingerprint: str) -> Snapshot:
    """Raises:
    CheckpointMismatch: it is damaged, or of another plan, model, machine kind or version.
    """
    try:
        tensors = load(blob)
    except SafetensorError as exc:
        raise CheckpointMismatch(f"the checkpoint is damaged: {exc}") from exc
    found = tensors.pop("fingerprint", None)
    if found is None or not torch.equal(found, _bytes(fingerprint)):
        raise CheckpointMismatch("the checkpoint is of another plan, model or version")
    micro_batch, causal = tensors.pop("frugality").tolist()
    return Snapshot(
        step=int(tensors.pop("step")),
        latents=tensors.pop("latents"),
        solver=_named(tensors, "solver "),
        masks=_named(tensors, "masks "),
        frugality=Frugality(micro_batch, bool(causal)),
    )


def _named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _bytes(fingerprint: str) -> Tensor:
    raw = bytearray([FORMAT]) + bytearray.fromhex(fingerprint)
    return torch.frombuffer(raw, dtype=torch.uint8)

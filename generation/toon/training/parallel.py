"""Data-parallel training in processes of one thread each.

On a shared machine that is much faster than threads: those wait for each other after every
operation, these once in a step.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True)
class Team:
    """This process among `size` that train the same weights on different samples."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """The first process logs, measures and saves."""
        return self.rank == 0

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give every process the mean of all processes' gradients."""
        gradients = [one.grad for one in parameters if one.grad is not None]
        self.sum(gradients)
        for one in gradients:
            one.div_(self.size)

    def sum(self, tensors: list[Tensor]) -> None:
        """Replace each tensor by its sum over all processes."""
        if self.size == 1:
            return
        flat = torch.cat([one.flatten() for one in tensors])
        dist.all_reduce(flat)
        start = 0
        for one in tensors:
            one.copy_(flat[start : start + one.numel()].view_as(one))
            start += one.numel()

    def agree(self, number: float) -> float:
        """The first process's number, in every process."""
        if self.size == 1:
            return number
        shared = torch.tensor([number], dtype=torch.float64)
        dist.broadcast(shared, src=0)
        return float(shared.item())


Job = Callable[[Path, float, Team], None]


def run_team(job: Job, folder: Path, minutes: float, size: int) -> None:
    """Run `job(folder, minutes, team)` in `size` processes; ChildProcessError if one fails."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    members = [
        context.Process(target=_member, args=(rank, job, folder, minutes, size, port), daemon=True)
        for rank in range(size)
    ]
    for member in members:
        member.start()
    for member in members:
        member.join()
    if any(member.exitcode for member in members):
        raise ChildProcessError(f"exit codes {[member.exitcode for member in members]}")


def _member(rank: int, job: Job, folder: Path, minutes: float, size: int, port: int) -> None:
    os.setsid()  # Linux shares processors out by session (autogroup), not by process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=size
    )
    try:
        job(folder, minutes, Team(rank, size))
    finally:
        dist.destroy_process_group()


def _end_with_parent() -> None:
    """A member whose parent was killed would train on, beside the run that takes its place."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # members are spawned
    parent.join()
    os._exit(1)

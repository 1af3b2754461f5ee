"""A mode's stories in several processes of one thread each: on a processor that is faster than
threads, which wait for each other after every operation."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import torch

from generation.toon.evaluation.benchmark import Benchmark, Mode, Outcome
from generation.toon.evaluation.story import Story

Tell = Callable[[str], None]


@dataclass(frozen=True)
class SideBySide(Benchmark):
    """A benchmark whose stories are shared out. Processes are forked, since a mode is made of
    functions that can't be sent; so no thread of torch may have begun before."""

    processes: int = 1

    def run(self, mode: Mode, stories: Sequence[Story], told: Tell = lambda _: None) -> Outcome:
        """As a benchmark of one process; seconds are those of all processes together, memory is the
        most that one of them held.

        Raises:
            ChildProcessError: a process stopped before it was done.
        """
        shares = [stories[at :: self.processes] for at in range(self.processes)]
        parts = self._gathered(mode, [share for share in shares if share], told)
        found = {name: tallies for part in parts for name, tallies in part.stories.items()}
        return Outcome(
            mode.name,
            {story.name: found[story.name] for story in stories},
            sum(part.panels for part in parts),
            sum(part.seconds for part in parts),
            max((part.peak_memory for part in parts), default=0),
        )

    def _gathered(self, mode: Mode, shares: Sequence[Sequence[Story]], told: Tell) -> list[Outcome]:
        context = multiprocessing.get_context("fork")
        working: dict[Connection, BaseProcess] = {}
        for share in shares:
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=self._work, args=(mode, share, there), daemon=True)
            process.start()
            there.close()
            working[here] = process
        parts: list[Outcome] = []
        done, whole = 0, sum(map(len, shares))
        while working:
            for ready in set(working).intersection(wait(list(working))):
                said = _received(ready)
                if isinstance(said, str):  # after each of its stories
                    done += 1
                    told(f"{mode.name}: {done} of {whole} stories")
                    continue
                working.pop(ready).join()
                if said is None:
                    raise ChildProcessError(f"a process that drew {mode.name} stopped")
                parts.append(said)
        return parts

    def _work(self, mode: Mode, stories: Sequence[Story], out: Connection) -> None:
        torch.set_num_threads(1)
        out.send(super().run(mode, stories, out.send))


def _received(ready: Connection) -> str | Outcome | None:
    """What a process says: a line, at the end its outcome, or nothing where it has stopped."""
    try:
        said: str | Outcome = ready.recv()
    except EOFError:
        return None
    return said

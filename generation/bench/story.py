"""`inkthread bench story`: where a story's time and memory go, in the studio that the bot uses.

The first run finds cold children, as after a start; the others find the model loaded.
"""

import time
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.script.plan import RenderPlan
from generation.studio.events import Failed, Finished, Order, Preview
from generation.studio.local import LocalStudio
from generation.studio.memory import resident_memory
from generation.studio.studio import StudioError

PHASES = ("load", "text", "denoise", "decode", "page")


@dataclass(frozen=True)
class Run:
    """One drawing: seconds by phase and in all, to the first preview, and resident bytes after."""

    phases: dict[str, float]
    total: float
    first_preview: float | None
    memory: dict[str, int]

    @property
    def seconds(self) -> dict[str, float]:
        """The phases, what is in none of them, and the moments that a reader waits for."""
        told = {phase: self.phases.get(phase, 0.0) for phase in PHASES}
        told["other"] = self.total - sum(self.phases.values())
        return told | {"first preview": self.first_preview or self.total, "total": self.total}


def table(runs: list[Run]) -> str:
    """A line for each run, as Markdown."""
    columns = [*runs[0].seconds, *(f"{name} MB" for name in runs[0].memory)]
    lines = [f"| run | {' | '.join(columns)} |", "| --- " * (len(columns) + 1) + "|"]
    for number, run in enumerate(runs, 1):
        seconds = [f"{value:.2f}" for value in run.seconds.values()]
        memory = [f"{value / 1e6:.0f}" for value in run.memory.values()]
        lines.append(f"| {number} | {' | '.join(seconds + memory)} |")
    return "\n".join(lines)


def values(runs: list[Run]) -> list[dict[str, Any]]:
    return [{"seconds": run.seconds, "memory": run.memory} for run in runs]


async def draw_often(plan: RenderPlan, models_file: Path, threads: int, count: int) -> list[Run]:
    """Draw a plan `count` times, at least once.

    Raises:
        StudioError: the children don't start, or the story can't be drawn.
    """
    studio = LocalStudio(models_file, nice=0, threads=threads)
    try:
        await studio.start()
        return [await _run(studio, plan, number) for number in range(1, max(1, count) + 1)]
    finally:
        await studio.close()


async def _run(studio: LocalStudio, plan: RenderPlan, number: int) -> Run:
    began, first_preview = time.perf_counter(), None
    async with aclosing(studio.draw(Order(render=number, attempt=1, plan=plan))) as events:
        async for event in events:
            match event:
                case Preview() if first_preview is None:
                    first_preview = time.perf_counter() - began
                case Failed(reason):
                    raise StudioError(reason)
                case Finished(seconds):
                    total = time.perf_counter() - began
                    memory = {name: resident_memory(pid) for name, pid in studio.pids().items()}
                    return Run(seconds, total, first_preview, memory)
    raise AssertionError("a stream of events ends with Failed or Finished")

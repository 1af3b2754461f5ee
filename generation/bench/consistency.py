"""`inkthread bench consistency`: what looking at each other costs, beside other ways of doing it.

In one run: Toon, with stories that grow in panels and in steps, and a network of SD1.5's shape with
random weights, with the story that the goals are about. All ways take turns, to and fro, after a
turn that doesn't count. Ratios are medians over the turns of the processor time that this process
took, so what else the machine does hardly shows in them.
"""

import ctypes
import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generation.bench.ways import PLAIN, Network, Ways
from generation.script.plan import RenderPlan
from generation.toon.evaluation.memory import Watch

MAIN = 6  # panels of the goals' story, four of them identity panels


@dataclass(frozen=True)
class Size:
    """Stories for one network: these numbers of panels at the fewest steps, and the goals' story
    with each number of steps."""

    panels: tuple[int, ...]
    steps: tuple[int, ...]
    rounds: int
    rate: float = 0.5

    @property
    def stories(self) -> list[tuple[int, int]]:
        """Panels and steps."""
        growing = [(panels, self.steps[0]) for panels in self.panels]
        return list(dict.fromkeys([*growing, *((MAIN, steps) for steps in self.steps)]))


@dataclass(frozen=True)
class Shape:
    """A network of SD1.5's shape: pictures of `side` pixels, its channels divided."""

    side: int
    divisor: int


GROWING, QUICK_GROWING = Size((2, 4, 8, 16, 32), (10, 20, 40), rounds=3), Size((2,), (2, 4), 2)
# The fewer channels, the more of the work is attention: at an eighth of them subject masks would
# cost 12 % by operations alone, at all of them 3 %.
SHAPED, QUICK_SHAPED = Size((), (4,), rounds=3), Size((), (2,), 2)
SHAPE, QUICK_SHAPE = Shape(512, 2), Shape(256, 8)


@dataclass(frozen=True)
class Measured:
    """One way with one story on one network. `ratio` is its processor time over the plain
    pipeline's, `seconds` what a clock on the wall says, `memory` what the process grew by at most,
    `predicted` the FLOP ratio (None: not predicted)."""

    network: str
    way: str
    panels: int
    steps: int
    rate: float
    seconds: float
    ratio: float
    memory: int
    bank: int
    predicted: float | None


@dataclass(frozen=True)
class Turn:
    """Seconds on the wall and of the processor, bytes that the process grew by, bytes of the
    bank."""

    wall: float
    processor: float
    memory: int
    bank: int


class Bench:
    """The ways of drawing on one network."""

    def __init__(self, size: Size, network: Network) -> None:
        self.size = size
        self.ways = Ways(network)

    def story(self, panels: int, steps: int) -> RenderPlan:
        return self.ways.story(panels, steps, self.size.rate)

    def run(self, told: Callable[[str], None] = lambda _: None) -> list[Measured]:
        """Every way with every story; `told` gets a line after every turn."""
        for draw in self.ways.all.values():  # what is slow the first time
            draw(self.story(min((*self.size.panels, MAIN)), 1))
        found = []
        for panels, steps in self.size.stories:
            plan = self.story(panels, steps)
            turns: dict[str, list[Turn]] = {way: [] for way in self.ways.all}
            for number in range(self.size.rounds):
                order = list(self.ways.all.items())
                for way, draw in order if number % 2 == 0 else reversed(order):
                    turns[way].append(_measure(draw, plan))
                told(
                    f"{self.ways.network.name}: {panels} panels, {steps} steps: "
                    f"turn {number + 1} of {self.size.rounds}"
                )
            found += [self._sum_up(way, plan, turns) for way in self.ways.all]
        return found

    def _sum_up(self, way: str, plan: RenderPlan, turns: dict[str, list[Turn]]) -> Measured:
        mine, plain = turns[way], turns[PLAIN]
        return Measured(
            network=self.ways.network.name,
            way=way,
            panels=len(plan.panels),
            steps=plan.steps,
            rate=plan.rate,
            seconds=statistics.median(one.wall for one in mine),
            ratio=statistics.median(
                one.processor / other.processor for one, other in zip(mine, plain, strict=True)
            ),
            memory=min(one.memory for one in mine),  # what else grows meanwhile isn't this way's
            bank=mine[0].bank,
            predicted=self.ways.predicted(way, plan),
        )


def _measure(draw: Callable[[RenderPlan], int], plan: RenderPlan) -> Turn:
    gc.collect()
    _give_back()
    with Watch() as idle:
        pass
    began, processor = time.perf_counter(), time.process_time()
    with Watch() as memory:
        bank = draw(plan)
    processor = time.process_time() - processor
    grown = max(0, memory.peak - idle.peak)
    return Turn(time.perf_counter() - began, processor, grown, bank)


def _give_back() -> None:
    """Freed memory goes back to the system, so that the next way's growth shows."""
    trim: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)

"""`inkthread bench consistency`: what looking at each other costs, beside other ways of doing it.

In one run: Toon, with stories that grow in panels and in steps, and a network of SD1.5's shape with
random weights, with the story that the goals are about. First each way draws a story alone, for its
memory: what tensors take, and what the process grows by, to which its allocator adds. Then all of
them draw it side by side, their timesteps in turn, to and fro from round to round: a machine that
gets slower meanwhile gets slower for all of them. Ratios are medians over the rounds of the
processor time that this process took, so what else the machine does hardly shows.
"""

import ctypes
import gc
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from generation.bench.interleave import Spent, Steps, alone, interleaved
from generation.bench.tensors import tensor_peak
from generation.bench.ways import PLAIN, Network, Ways
from generation.script.plan import RenderPlan
from generation.toon.evaluation.memory import Watch

MAIN = 6  # panels of the goals' story, four of them identity panels


@dataclass(frozen=True)
class Size:
    """Stories for one network: the goals' story with each number of steps, then these numbers of
    panels at the fewest steps. Each is drawn `alone` so often for its memory, and in so many rounds
    for its time."""

    panels: tuple[int, ...]
    steps: tuple[int, ...]
    rounds: int
    alone: int
    rate: float = 0.5

    @property
    def stories(self) -> list[tuple[int, int]]:
        """Panels and steps."""
        growing = [(panels, self.steps[0]) for panels in self.panels]
        return list(dict.fromkeys([*((MAIN, steps) for steps in self.steps), *growing]))


@dataclass(frozen=True)
class Shape:
    """A network of SD1.5's shape: pictures of `side` pixels, its channels divided."""

    side: int
    divisor: int


GROWING, QUICK_GROWING = (
    Size((2, 4, 8, 16, 32), (10, 20, 40), 3, alone=3),
    Size((2,), (2, 4), 2, alone=1),
)
# The fewer channels, the more of the work is attention: at an eighth of them subject masks would
# cost 12 % by operations alone, at all of them 3 %.
SHAPED, QUICK_SHAPED = Size((), (4,), 3, alone=1), Size((), (2,), 2, alone=1)
SHAPE, QUICK_SHAPE = Shape(512, 2), Shape(256, 8)


@dataclass(frozen=True)
class Measured:
    """One way with one story on one network. `ratios` are its processor time over the plain
    pipeline's, a number for each round; `seconds` what a clock on the wall says; in bytes, beside
    the weights, `tensors` what tensors took at most and `memory` what the process grew by;
    `predicted` the FLOP ratio (None: not predicted)."""

    network: str
    way: str
    panels: int
    steps: int
    rate: float
    seconds: float
    ratios: tuple[float, ...]
    tensors: int
    memory: int
    bank: int
    predicted: float | None

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


@dataclass(frozen=True)
class Taken:
    """By one way alone, in bytes; `tensors` and `memory` as in `Measured`."""

    tensors: int
    memory: int
    bank: int


class Bench:
    """The ways of drawing on one network."""

    def __init__(self, size: Size, network: Network) -> None:
        self.size = size
        self.ways = Ways(network)

    def story(self, panels: int, steps: int) -> RenderPlan:
        return self.ways.story(panels, steps, self.size.rate)

    def run(
        self, known: Sequence[Measured] = (), told: Callable[[str], None] = lambda _: None
    ) -> Iterator[list[Measured]]:
        """Every way with every story, story by story; those of the stories that are `known` from an
        earlier run like this one are handed on. `told` gets a line after every turn."""
        for panels, steps in self.size.stories:
            plan = self.story(panels, steps)
            before = [one for one in known if self._is_of(one, plan)]
            yield before or self._measure(plan, told)

    def _measure(self, plan: RenderPlan, told: Callable[[str], None]) -> list[Measured]:
        about = f"{self.ways.network.name}: {len(plan.panels)} panels, {plan.steps} steps"
        interleaved({way: draw(replace(plan, steps=1)) for way, draw in self.ways.all.items()})
        told(f"{about}: warm")  # what is slow, or takes memory for good, the first time
        with _frozen():
            return self._take_turns(plan, about, told)

    def _take_turns(
        self, plan: RenderPlan, about: str, told: Callable[[str], None]
    ) -> list[Measured]:
        taken = {}
        for way, draw in self.ways.all.items():
            taken[way] = _taken(draw, plan, self.size.alone)
            told(f"{about}: memory of {way}")
        rounds = []
        for number in range(self.size.rounds):
            ways = list(self.ways.all.items())
            order = ways if number % 2 == 0 else reversed(ways)
            gc.collect()
            rounds.append(interleaved({way: draw(plan) for way, draw in order}))
            told(f"{about}: time, round {number + 1} of {self.size.rounds}")
        return [self._sum_up(way, plan, taken[way], rounds) for way in self.ways.all]

    def _sum_up(
        self, way: str, plan: RenderPlan, taken: Taken, rounds: Sequence[Mapping[str, Spent]]
    ) -> Measured:
        return Measured(
            network=self.ways.network.name,
            way=way,
            panels=len(plan.panels),
            steps=plan.steps,
            rate=plan.rate,
            seconds=statistics.median(spent[way].wall for spent in rounds),
            ratios=tuple(spent[way].processor / spent[PLAIN].processor for spent in rounds),
            tensors=taken.tensors,
            memory=taken.memory,
            bank=taken.bank,
            predicted=self.ways.predicted(way, plan),
        )

    def _is_of(self, one: Measured, plan: RenderPlan) -> bool:
        story = (len(plan.panels), plan.steps, plan.rate, self.size.rounds)
        return one.network == self.ways.network.name and story == (
            one.panels,
            one.steps,
            one.rate,
            len(one.ratios),
        )


def _taken(draw: Callable[[RenderPlan], Steps], plan: RenderPlan, times: int) -> Taken:
    grown = [_growth(draw, plan) for _ in range(times)]
    memory = min(memory for memory, _ in grown)  # what else grew meanwhile isn't this way's
    return Taken(tensor_peak(draw(plan)), memory, grown[0][1])


def _growth(draw: Callable[[RenderPlan], Steps], plan: RenderPlan) -> tuple[int, int]:
    """What the process grew by, and the bank's size."""
    gc.collect()
    _give_back()
    with Watch() as idle:
        pass
    with Watch() as memory:
        bank = alone(draw(plan))
    return max(0, memory.peak - idle.peak), bank


@contextmanager
def _frozen() -> Iterator[None]:
    """What is there now is no garbage: the collector, which runs before every turn, need not look
    at it again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _give_back() -> None:
    """Freed memory goes back to the system, so that the next way's growth shows."""
    trim: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)

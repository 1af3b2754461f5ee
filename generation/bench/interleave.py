"""Several pieces of work side by side in small steps, so that what happens to the machine meanwhile
happens to all of them alike.

A machine's speed drifts by more than the differences that are to be measured. Work that is done
one piece after the other is told apart by the drift; work whose steps alternate isn't.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass

from greenlet import getcurrent, greenlet

Steps = Generator[float, None, int]
"""Work in steps: yields which share of it is done, and returns what it has to say at last."""


@dataclass
class Spent:
    """Seconds on the wall and of the processor (of all threads of this process)."""

    wall: float = 0.0
    processor: float = 0.0


def interleaved(works: Mapping[str, Steps]) -> dict[str, Spent]:
    """Do all of them, always a step of what has come least far; of equals the first."""
    spent = {name: Spent() for name in works}
    done = dict.fromkeys(works, 0.0)
    while done:
        name = min(done, key=lambda one: done[one])
        wall, processor = time.perf_counter(), time.process_time()
        try:
            done[name] = next(works[name])
        except StopIteration:
            del done[name]
        spent[name].wall += time.perf_counter() - wall
        spent[name].processor += time.process_time() - processor
    return spent


def alone(work: Steps) -> int:
    """Do it to the end; what it says at last."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            said: int = end.value
            return said


def paused(work: Callable[[Callable[[], None]], object]) -> Iterator[None]:
    """Something that can't be left in its middle, as a pipeline of diffusers, step by step: it
    stands still in each call of what `work` is given until the next step is asked for.

    It runs in this thread, so that it computes with the same threads as other work, and what it
    takes is seen by whoever looks at this one.

    Raises:
        Exception: what `work` raises.
    """
    working = greenlet(work)

    def pause() -> None:
        asking = working.parent
        assert asking is not None  # only a thread's first greenlet has nobody to go back to
        asking.switch()

    working.switch(pause)
    try:
        while not working.dead:
            yield
            working.parent = getcurrent()
            working.switch()
    finally:
        working.throw()  # where it stands, if it isn't at its end

"""Several pieces of work side by side in small steps, so that what happens to the machine meanwhile
happens to all of them alike.

A machine's speed drifts by more than the differences that are to be measured. Work that is done
one piece after the other is told apart by the drift; work whose steps alternate isn't.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

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


class _Left(BaseException):
    """Nobody asks for the rest of it."""


def paused(work: Callable[[Callable[[], None]], object]) -> Iterator[None]:
    """Something that can't be left in its middle, as a pipeline of diffusers, step by step: it runs
    in a thread of its own, which stands still in each call of what `work` is given until the next
    step is asked for.

    Raises:
        Exception: what `work` raises.
    """
    go, still, left = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def pause() -> None:
        still.release()
        go.acquire()
        if left.is_set():
            raise _Left

    with ThreadPoolExecutor(max_workers=1) as thread:
        working = thread.submit(work, pause)
        working.add_done_callback(lambda _: still.release())
        try:
            still.acquire()
            while not working.done():
                yield
                go.release()
                still.acquire()
            working.result()
        finally:
            left.set()
            go.release()

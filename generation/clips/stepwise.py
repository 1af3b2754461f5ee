"""Work that reports its steps to a callback, as a generator that waits after each of them.

Pipelines of others can only be watched. To let whoever draws do other things between two steps
(send what it looks like, hear that it is to stop), the work runs on a thread of its own, and goes
on only when the next step is asked for: there is never more than one of both at work.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

from generation.clips.tween import Halfway, Stopped, Watch

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """`step` of `steps` is done; `halfway`, where it is known, holds until the next is begun."""

    step: int
    steps: int
    halfway: Halfway | None = None


@dataclass(frozen=True)
class _Ended(Generic[T]):
    result: T | None
    error: BaseException | None


def stepwise(work: Callable[[Watch], T]) -> Generator[Step, None, T]:
    """Yields each step, returns what the work returns, raises what it raises. Closing it stops the
    work at the step it has reached, and waits until it has put everything back."""
    said: queue.SimpleQueue[Step | _Ended[T]] = queue.SimpleQueue()
    on: queue.SimpleQueue[bool] = queue.SimpleQueue()
    thread = threading.Thread(target=_run, args=(work, said, on), name="stepwise", daemon=True)
    thread.start()
    try:
        while isinstance(word := said.get(), Step):
            yield word
            on.put(True)
    finally:
        on.put(False)  # heard only by work that waits after a step
        thread.join()
    if word.error is not None:
        raise word.error
    return word.result  # type: ignore[return-value]  # there is no error, so there is a result


def _run(
    work: Callable[[Watch], T],
    said: queue.SimpleQueue[Step | _Ended[T]],
    on: queue.SimpleQueue[bool],
) -> None:
    def watch(step: int, steps: int, halfway: Halfway | None = None) -> None:
        said.put(Step(step, steps, halfway))
        if not on.get():
            raise Stopped

    try:
        ended: _Ended[T] = _Ended(work(watch), None)
    except BaseException as exc:
        ended = _Ended(None, exc)
    said.put(ended)

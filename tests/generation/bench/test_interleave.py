"""Work side by side in small steps."""

import time
from collections.abc import Callable

import pytest

from generation.bench.interleave import Steps, alone, interleaved, paused
from generation.toon.evaluation.memory import Watch


def test_what_has_come_least_far_has_the_next_turn() -> None:
    order: list[str] = []

    def work(name: str, shares: list[float]) -> Steps:
        for share in shares:
            order.append(name)
            yield share
        return 7

    interleaved({"long": work("long", [0.25, 0.5, 0.75, 1.0]), "short": work("short", [0.5, 1.0])})
    assert order == ["long", "short", "long", "long", "short", "long"]
    assert alone(work("", [1.0])) == 7


def test_a_machine_that_gets_slower_gets_slower_for_all() -> None:
    """One after the other the second would seem to take three times as long."""
    pace = 0.0

    def work() -> Steps:
        nonlocal pace
        for step in range(10):
            pace += 0.001
            until = time.process_time() + pace
            while time.process_time() < until:
                pass
            yield (step + 1) / 10
        return 0

    spent = interleaved({"one": work(), "other": work()})
    ratio = spent["other"].processor / spent["one"].processor
    assert 0.8 < ratio < 1.3
    assert spent["one"].wall >= 0.9 * spent["one"].processor


def test_work_stands_still_between_its_steps() -> None:
    seen: list[int] = []

    def work(pause: Callable[[], None]) -> None:
        for number in range(3):
            seen.append(number)
            pause()
        seen.append(99)

    steps = paused(work)
    next(steps)
    assert seen == [0]
    next(steps)
    assert seen == [0, 1]
    assert list(steps) == [None]
    assert seen == [0, 1, 2, 99]


def test_work_that_nobody_waits_for_is_left_where_it_stands() -> None:
    ended: list[str] = []

    def work(pause: Callable[[], None]) -> None:
        try:
            pause()
            ended.append("went on")
        finally:
            ended.append("cleaned up")

    steps = paused(work)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert ended == ["cleaned up"]


def test_an_error_in_work_is_raised_where_its_step_is_asked_for() -> None:
    def work(pause: Callable[[], None]) -> None:
        pause()
        raise ValueError("broken")

    steps = paused(work)
    next(steps)
    with pytest.raises(ValueError, match="broken"):
        next(steps)


def test_the_most_memory_is_seen_however_short_it_was_held() -> None:
    with Watch() as before:
        pass
    with Watch() as watch:
        block = b"x" * (64 * 2**20)
        del block
    with Watch() as after:
        pass
    assert watch.peak - before.peak > 60 * 2**20
    assert after.peak < watch.peak - 30 * 2**20

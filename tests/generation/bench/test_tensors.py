"""What tensors take, to the byte."""

from collections.abc import Callable

import torch

from generation.bench.interleave import Steps, paused
from generation.bench.tensors import tensor_peak

KIB = 256  # float32 numbers


def test_the_most_that_was_held_at_once_counts_over_all_steps() -> None:
    def work() -> Steps:
        kept = torch.ones(3 * KIB)
        yield 0.5
        more = torch.ones(4 * KIB)
        del more
        kept = torch.ones(1 * KIB)  # the old one goes when the new one is there
        yield 1.0
        del kept
        return 0

    assert tensor_peak(work()) == 7 * 1024


def test_work_that_is_paused_in_its_middle_counts_too() -> None:
    def work(pause: Callable[[], None]) -> None:
        kept = torch.ones(5 * KIB)
        pause()
        more = torch.ones(2 * KIB)
        pause()
        del kept, more

    def steps() -> Steps:
        for _ in paused(work):
            yield 0.5
        return 0

    assert tensor_peak(steps()) == 7 * 1024


def test_what_was_there_before_does_not_count() -> None:
    before = torch.ones(64 * KIB)

    def work() -> Steps:
        yield float(before[0])
        return 0

    assert tensor_peak(work()) <= 64  # a number read from it

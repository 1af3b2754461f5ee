"""The most memory that tensors take while something is drawn: what a graphics card would need
beside the weights.

Exactly, to the byte. What a process grows by is that and what its allocator makes of it: over a few
megabytes that is a matter of chance.
"""

from collections.abc import Iterator
from typing import Any

from torch.profiler import ProfilerActivity, profile

from generation.bench.interleave import Steps

_MEMORY = "[memory]"  # what the profiler calls taking it and giving it back


def tensor_peak(work: Steps) -> int:
    """Bytes of what `work` takes from its first step to its last."""
    held = peak = 0
    over = False
    while not over:
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
            over = next(work, None) is None
        for taken in _taken(seen):
            held += taken
            peak = max(peak, held)
    return peak


def _taken(seen: profile) -> Iterator[int]:
    """Bytes, in order; those that are given back below 0."""
    assert seen.profiler is not None
    results: Any = seen.profiler.kineto_results  # its stubs leave out what it knows of memory
    found = [(one.start_ns(), one.nbytes()) for one in results.events() if one.name() == _MEMORY]
    yield from (taken for _, taken in sorted(found, key=lambda one: one[0]))

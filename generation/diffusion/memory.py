"""When memory runs out: know it, give back what can be given, and go on with less."""

import gc
import logging

import torch

from generation.diffusion.lockstep import LockStep

# What torch's processor allocator says; on graphics cards the error has a type of its own.
_ALLOCATOR = ("can't allocate memory", "not enough memory")

log = logging.getLogger(__name__)


def is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _ALLOCATOR)


def advance(run: LockStep) -> None:
    """One timestep; where memory is short, of smaller forward passes from now on.

    Raises:
        torch.OutOfMemoryError, MemoryError, RuntimeError: one panel alone is too much.
    """
    while not _advanced(run):
        # The failed pass's tensors went with its traceback.
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _advanced(run: LockStep) -> bool:
    """False: memory ran out, and the run was made smaller."""
    try:
        run.advance()
    except (MemoryError, RuntimeError) as exc:
        if not is_out_of_memory(exc) or not run.shrink():
            raise
        log.warning("memory ran out at step %d: %s", run.step, " ".join(run.notes))
        return False
    return True

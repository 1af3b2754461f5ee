"""When memory runs out: know it, give back what can be given, and go on with less."""

import gc
import logging

import torch
from PIL import Image

from generation.diffusion.lockstep import LockStep
from generation.diffusion.offloading import in_tiles

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
        _give_back()


class Developing:
    """The pictures of a finished run: in tiles from the first on for which memory runs out."""

    def __init__(self, run: LockStep) -> None:
        self._run = run
        self._tiled = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a lack of memory changed, for the record."""
        return ("Memory ran short: pictures were decoded in parts.",) if self._tiled else ()

    def picture(self, position: int) -> Image.Image:
        """Of one stack position.

        Raises:
            torch.OutOfMemoryError, MemoryError, RuntimeError: one tile alone is too much.
        """
        if not self._tiled:
            try:
                return self._run.picture(position)
            except (MemoryError, RuntimeError) as exc:
                if not is_out_of_memory(exc) or self._run.model.policy.tiles:
                    raise
                log.warning("memory ran out at picture %d: %s", position, exc)
                self._tiled = True
            _give_back()
        with in_tiles(self._run.model.vae):
            return self._run.picture(position)


def _give_back() -> None:
    """What a failed pass held went with its traceback."""
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

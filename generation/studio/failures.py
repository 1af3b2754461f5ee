"""Errors inside the worker, as people are told about them."""

from generation.clips.errors import BackendMissing, ClipError, ClipTooLarge
from generation.diffusion.errors import DiffusionError
from generation.script.catalogue import CatalogueError
from generation.script.errors import GraphError, PlanError
from generation.studio.events import Failed, Trouble

MIB = 1 << 20


class UnknownModel(Exception):
    """The plan asks for a model that the catalogue does not have."""


class PictureLost(Exception):
    """A picture without which the order can't be carried out isn't there."""


# Another attempt would meet the same.
REFUSALS = (UnknownModel, CatalogueError, PlanError, GraphError, DiffusionError, ClipError)


def failure(error: Exception, what: str, *refusals: type[Exception]) -> Failed:
    """The last event of an order that ended with `error` while `what` was done. `refusals` are
    further errors that another attempt would meet again."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # torch's
        return Failed(
            "There is not enough memory for this. Fewer or smaller panels need less.",
            retryable=True,
            code=Trouble.MEMORY,
        )
    if isinstance(error, PictureLost):
        return Failed(f"The picture {error} is lost.", False, Trouble.PICTURE_LOST)
    if isinstance(error, BackendMissing):
        return Failed(str(error), False, Trouble.NO_MOTION)
    if isinstance(error, ClipTooLarge):
        data = {"limit": f"{error.limit / MIB:.3g}"}
        return Failed(str(error), False, Trouble.CLIP_TOO_LARGE, data)
    if isinstance(error, REFUSALS + refusals):
        return Failed(str(error), retryable=False)
    text = f"{type(error).__name__}: {error}"
    return Failed(f"Something broke while {what} ({text}).", True, Trouble.BROKE, {"text": text})

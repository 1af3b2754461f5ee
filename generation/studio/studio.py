"""The studio: where drawing happens. A plan goes in, a stream of frozen events comes out."""

from collections.abc import AsyncGenerator, Mapping
from typing import Protocol

from generation.script.plan import RenderPlan
from generation.studio.events import (
    Bind,
    BoundFile,
    Event,
    Failed,
    Order,
    PageComposed,
    Refilm,
    Repack,
    Trouble,
)


class StudioError(Exception):
    """The studio itself can't work (a child process won't start, an order is given twice), or not
    on this. `reason`, `code` and `data` as in `Failed`."""

    def __init__(
        self, reason: str, code: Trouble = Trouble.TOLD, data: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.code, self.data = reason, code, dict(data or {})

    @classmethod
    def of(cls, failed: Failed) -> "StudioError":
        return cls(failed.reason, failed.code, failed.data)


class Studio(Protocol):
    """Both studios (`local`, and later `cluster`) keep this and pass one conformance suite.

    One order is drawn at a time; a second one waits, or cuts in where it is short beside the first.

    A dead child never raises out of `draw`: it ends the stream with `Failed(retryable=True)`, and
    the child is started again for the next order.
    """

    async def start(self) -> None:
        """Start the child processes; returns when the artist accepts orders."""

    async def close(self) -> None:
        """Stop them, within five seconds, killing what does not stop."""

    def draw(self, order: Order) -> AsyncGenerator[Event]:
        """Draw an order, when it is its turn.

        A reader that leaves before the last event closes the stream (`contextlib.aclosing`); the
        drawing stops then.
        """

    def cuts_in(self, plan: RenderPlan) -> bool:
        """An order for this plan would be begun now, in the middle of another that is drawn."""

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        """Letter a drawn story again, from its pictures (PNG) by story number. Never waits for a
        drawing.

        Raises:
            StudioError: it can't be done; the message says why.
        """

    async def bind(self, book: Bind) -> tuple[BoundFile, ...]:
        """Pages as files to keep.

        Raises:
            StudioError: it can't be done; the message says why.
        """

    async def repack(self, work: Repack) -> bytes:
        """A picture within bounds, as JPEG.

        Raises:
            StudioError: it can't be done; the message says why.
        """

    async def refilm(self, work: Refilm) -> bytes:
        """A film within a limit.

        Raises:
            StudioError: it can't be done; the message says why.
        """

    async def cancel(self, render: int) -> None:
        """Ask for the end of that render (`Cancelled`). Unknown ids are ignored."""

    def pids(self) -> dict[str, int]:
        """Process id of each running child by name (`artist`, `press`)."""

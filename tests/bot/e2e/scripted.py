"""A studio that keeps the `Studio` protocol and draws tiny pictures at once, as a script says."""

import asyncio
import io
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from PIL import Image

from bot.client import Inkthread
from generation.script.graph import timesteps
from generation.script.plan import RenderPlan
from generation.studio.events import (
    Bind,
    BoundFile,
    Cancelled,
    ClipMade,
    Event,
    Failed,
    Finished,
    Order,
    PageComposed,
    PanelDrawn,
    Preview,
    Progress,
    Refilm,
    Repack,
    Started,
)
from generation.studio.press import Press
from generation.studio.studio import StudioError

StartBot = Callable[..., Awaitable[Inkthread]]  # takes `message_content`


def picture(kind: str, colour: str = "orange") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(buffer, kind)
    return buffer.getvalue()


def colour_of(number: int) -> str:
    return f"#{number * 2654435761 % (1 << 24):06x}"


@dataclass
class ScriptedStudio:
    """Draws orders one after the other. `go` is cleared to hold the drawing after half its steps;
    `failures` are ended with instead of pages, first one first."""

    pages: int = 1
    page: bytes = b""  # of every page; a tiny one, where none is given
    film: bytes = b"a film"
    failures: list[Failed] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: set[int] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    composed: list[tuple[RenderPlan, dict[int, bytes]]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)  # of `compose`, first one first

    def __post_init__(self) -> None:
        self.go.set()

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def cancel(self, render: int) -> None:
        self.cancelled.add(render)

    def pids(self) -> dict[str, int]:
        return {}

    def cuts_in(self, plan: RenderPlan) -> bool:
        """It draws one after the other."""
        return False

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        if self.refusals:
            raise StudioError(self.refusals.pop(0))
        self.composed.append((plan, dict(pictures)))
        words = [words.text for panel in plan.panels for words in panel.lettering]
        image = picture("PNG", colour_of(len(self.composed)))
        return tuple(
            PageComposed(index, image, f"Page {index + 1}: {' '.join(words)}")
            for index in range(self.pages)
        )

    async def bind(self, book: Bind) -> tuple[BoundFile, ...]:
        return (BoundFile(f"{book.stem}.{book.binding}", b"book of " + b"".join(book.pages)),)

    async def repack(self, work: Repack) -> bytes:
        """Really done, but in this process."""
        answer = Press().repack(work)
        if isinstance(answer, Failed):
            raise StudioError.of(answer)
        return answer.picture

    async def refilm(self, work: Refilm) -> bytes:
        """As if every film could be cut short."""
        return work.film[: work.limit]

    async def draw(self, order: Order) -> AsyncGenerator[Event]:
        async with self.turn:
            self.orders.append(order)
            self.cancelled.discard(order.render)  # a stop counts for the attempt that is drawn
            steps = timesteps(order.plan)
            yield Started(0, steps)
            for step in range(1, steps + 1):
                yield Progress(step, steps, 0.01)
                if step == max(1, steps // 2):
                    yield Preview(step, picture("JPEG"))
                    while not self.go.is_set():
                        if order.render in self.cancelled:
                            yield Cancelled(step)
                            return
                        await asyncio.sleep(0.01)
            if self.failures:
                yield self.failures.pop(0)
                return
            if order.plan.clip is not None:
                yield ClipMade(self.film, "Panel 1: Tom types.")
                yield Finished({"frames": 0.1, "film": 0.1}, 1, 16, steps)
                return
            for position, panel in enumerate(order.plan.panels):
                yield PanelDrawn(position, picture("PNG", colour_of(panel.seed)))
            for index in range(self.pages):
                yield PageComposed(
                    index, self.page or picture("PNG"), f"Page {index + 1}: Tom types."
                )
            yield Finished({"denoise": 0.1}, 1, 4, steps)

"""A small real studio: it draws by counting steps, and treats attempts as its script says."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from generation.script.plan import PlannedPanel, RenderPlan
from generation.studio.events import (
    Bind,
    BoundFile,
    Cancelled,
    Checkpoint,
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
from generation.studio.studio import StudioError

STEPS = 6


def plan(title: str = "Tabs or spaces", panels: int = 2) -> RenderPlan:
    return RenderPlan(
        title=title,
        model="toon",
        style="comic",
        width=64,
        height=64,
        steps=STEPS,
        guidance=5.0,
        seed=1,
        rate=0.5,
        shared_noise=0.0,
        micro_batch=2,
        panels=tuple(
            PlannedPanel(
                prompt=f"panel {number}",
                negative_prompt="",
                seed=(1 << 62) + number,
                references=(),
                characters=("Tom",),
                number=number,
                lettering=(),
                alt_text=f"Tom in panel {number}",
            )
            for number in range(1, panels + 1)
        ),
    )


@dataclass
class ScriptedStudio:
    """`deaths`: at which step each attempt (first, second, ...) of any render dies, or of `mortal`
    alone. `hold_at`: the step at which drawing waits for `go`; `held` tells that it does. `deaf`:
    it doesn't even hear `cancel` then. `thorough`: the held step is drawn to its end, as real ones
    are, before it stops. `refusals`: how often `start` fails. `shorter_than`: stories of at most so
    many panels cut in while another is held. A checkpoint comes after every second step.
    """

    deaths: Sequence[int | None] = ()
    mortal: int | None = None
    retryable: bool = True
    hold_at: int | None = None
    deaf: bool = False
    thorough: bool = False
    refusals: int = 0
    shorter_than: int = 0
    pages: int = 1
    go: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    orders: list[Order] = field(default_factory=list)
    steps: list[tuple[int, int, int]] = field(default_factory=list)  # render, attempt, step
    starts: int = 0
    closed: int = 0
    _cancelled: dict[int, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def start(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StudioError("no memory")
        self.starts += 1

    async def close(self) -> None:
        self.closed += 1

    def pids(self) -> dict[str, int]:
        return {}

    def cuts_in(self, plan: RenderPlan) -> bool:
        return len(plan.panels) <= self.shorter_than and self.held.is_set()

    async def cancel(self, render: int) -> None:
        self._cancelled[render].set()

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        raise StudioError("this one only draws")

    async def repack(self, work: Repack) -> bytes:
        raise StudioError("this one only draws")

    async def refilm(self, work: Refilm) -> bytes:
        raise StudioError("this one only draws")

    async def bind(self, book: Bind) -> tuple[BoundFile, ...]:
        raise StudioError("this one only draws")

    async def draw(self, order: Order) -> AsyncGenerator[Event]:
        self.orders.append(order)
        self._cancelled[order.render].clear()  # a stop counts for the attempt that is drawn
        deaths = self.deaths if self.mortal in (None, order.render) else ()
        death = deaths[order.attempt - 1] if order.attempt <= len(deaths) else None
        first = int(order.checkpoint.split()[-1]) if order.checkpoint else 0
        yield Started(first, STEPS)
        for step in range(first + 1, STEPS + 1):
            if step == death:
                yield Failed("the process died", self.retryable)
                return
            if step == self.hold_at and not (self.held.is_set() and self.shorter_than):
                await self._hold(order.render)
            if self._cancelled[order.render].is_set():
                if self.thorough:
                    yield Progress(step, STEPS, 0.01)
                    yield Preview(step, b"late")
                yield Cancelled(step - 1)
                return
            self.steps.append((order.render, order.attempt, step))
            yield Progress(step, STEPS, 0.01)
            yield Preview(step, f"preview {step}".encode())
            if step % 2 == 0:
                yield Checkpoint(step, f"checkpoint of {order.render} after {step}".encode())
        for position, panel in enumerate(order.plan.panels):
            yield PanelDrawn(position, f"{order.plan.title}: {panel.prompt}".encode())
        for index in range(self.pages):
            image = f"{order.plan.title}: page {index}".encode()
            yield PageComposed(index, image, f"Page {index + 1}")
        yield Finished({"denoise": 1.5, "page": 0.5}, 1000, 2, STEPS - first)

    async def _hold(self, render: int) -> None:
        self.held.set()
        heard = self._cancelled[render]
        waits = [self.go.wait()] if self.deaf else [self.go.wait(), heard.wait()]
        tasks = [asyncio.create_task(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

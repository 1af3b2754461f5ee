"""What the tests of all studios order and look at."""

from collections.abc import Callable

from generation.script.plan import RenderPlan
from generation.studio.events import Event, Order, PageComposed, PanelDrawn
from generation.studio.studio import Studio

MakePlan = Callable[..., RenderPlan]

LONG = 40  # steps; enough to do something in their middle


async def drawn(studio: Studio, order: Order) -> list[Event]:
    """The whole stream."""
    return [event async for event in studio.draw(order)]


def pictures(events: list[Event]) -> dict[int, bytes]:
    return {event.position: event.image for event in events if isinstance(event, PanelDrawn)}


def pages(events: list[Event]) -> dict[int, bytes]:
    return {event.index: event.image for event in events if isinstance(event, PageComposed)}

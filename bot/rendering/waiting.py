"""How long renders wait for their turn, from what those before them take."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.rendering.requests import CLIP_LANE, Shelf, seconds_of
from generation.script.plan import RenderPlan
from storage import queue, renders, speeds
from storage.values import Render, RenderState


async def waits(session: AsyncSession, shelf: Shelf) -> dict[int, float]:
    """Seconds until each queued render is begun, as long as those before it can be told."""
    places = await queue.places(session)
    open_renders = await renders.unfinished(session)
    known = await speeds.every(session)

    def left(render: Render) -> float | None:
        seconds = seconds_of(RenderPlan.from_json(render.plan), shelf, known)
        return None if seconds is None else seconds * (1 - render.step / render.steps)

    def turn(render: Render) -> tuple[bool, int]:
        """What runs comes first, but for a clip, which gives way to all pictures."""
        return render.lane == CLIP_LANE, places.get(render.id, 0)

    waiting_or_running = [
        one for one in open_renders if one.id in places or one.state is RenderState.RUNNING
    ]
    found: dict[int, float] = {}
    begins = 0.0
    for render in sorted(waiting_or_running, key=turn):
        if render.id in places:
            found[render.id] = begins
        seconds = left(render)
        if seconds is None:
            break  # nobody has measured this one, so nothing is known about those behind it
        begins += seconds
    return found

"""How long renders wait for their turn, from what those before them take."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.rendering.requests import Shelf, seconds_of
from generation.script.plan import RenderPlan
from storage import renders, speeds
from storage.values import Render, RenderState


async def waits(session: AsyncSession, shelf: Shelf) -> dict[int, float]:
    """Seconds until each queued render is begun, as long as those before it can be told."""
    places = await renders.queue_places(session)
    open_renders = {one.id: one for one in await renders.unfinished(session)}
    known = await speeds.every(session)

    def left(render: Render) -> float | None:
        seconds = seconds_of(RenderPlan.from_json(render.plan), shelf, known)
        return None if seconds is None else seconds * (1 - render.step / render.steps)

    running = [one.id for one in open_renders.values() if one.state is RenderState.RUNNING]
    found: dict[int, float] = {}
    begins = 0.0
    for render_id in [*running, *sorted(places, key=places.__getitem__)]:
        if render_id in places:
            found[render_id] = begins
        seconds = left(open_renders[render_id])
        if seconds is None:
            break  # nobody has measured this one, so nothing is known about those behind it
        begins += seconds
    return found

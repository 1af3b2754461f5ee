"""From a finished comic to a queued clip of it. Nothing here knows Discord."""

from functools import partial

from bot.errors import BadPanels, OnePanel
from bot.pages.changing import Comic, read_comic
from bot.rendering.requests import CLIP_LANE, Request, Shelf, enqueue
from generation.script.clips import Wish, default_wish, plan_clip, read_range
from generation.script.motions import Mover
from generation.script.plan import RenderPlan
from storage import clips, editions, renders
from storage.engine import Database
from storage.values import Clip

FPS = 12  # frames per second: a cartoon's
SPEEDS = (8, 12, 16, 24)
SLOWEST, FASTEST = SPEEDS[0], SPEEDS[-1]


async def request_clip(
    database: Database,
    shelf: Shelf,
    comic: Comic,
    wish: Wish,
    *,
    user_id: int,
    channel_id: int,
    limit: int,
) -> Request:
    """Queue a film of a comic, as its pages show it now; `limit` are the bytes it may have.

    Raises:
        AlreadyDrawing: the same member waits for a clip of this story already.
        PlanError: it can't be made of these panels.
    """
    async with database.session() as session:
        drawn = await editions.pictures(session, comic.render.id)
        kept = await editions.kept_pictures(session, comic.render.id)
    numbers = {at: panel.number for at, panel in enumerate(comic.plan.panels) if panel.number}
    pictures = {number: drawn[at] for at, number in numbers.items() if at in drawn} | kept
    plan = plan_clip(comic.plan, pictures, wish, mover_of(comic, shelf), limit)
    return await enqueue(
        database,
        shelf,
        comic.story,
        plan,
        user_id,
        lane=CLIP_LANE,
        channel_id=channel_id,
        also=partial(clips.begin, comic_id=comic.render.id),
    )


async def request_clip_again(
    database: Database, shelf: Shelf, clip: Clip, *, user_id: int
) -> Request:
    """The same film once more, in the same place. Raises as `request_clip`, and NotFound."""
    async with database.session() as session:
        render = await renders.get(session, clip.render_id)
    plan = RenderPlan.from_json(render.plan)
    assert plan.clip is not None  # it is one
    return await request_clip(
        database,
        shelf,
        await read_comic(database, clip.comic_id),
        wish_of(plan),
        user_id=user_id,
        channel_id=render.channel_id,
        limit=plan.clip.limit,
    )


def mover_of(comic: Comic, shelf: Shelf) -> Mover:
    return shelf.motions.mover(comic.plan.model)


def wish_of(plan: RenderPlan) -> Wish:
    """What was wished for a clip; for a comic what pleases most.

    Raises:
        OnePanel: the comic has but one.
    """
    if plan.clip is None:
        count = panel_count(plan)
        if count == 1:
            raise OnePanel
        return default_wish(count, FPS)
    first, last = plan.panels[0].number or 1, plan.panels[-1].number or 1
    return Wish(first, last, plan.clip.fps, plan.clip.burnt_in)


def panels_asked(text: str, plan: RenderPlan) -> tuple[int, int]:
    """The first and the last panel, as a member types them: "2-5", or nothing for all.

    Raises:
        OnePanel, BadPanels
    """
    wish, count = wish_of(plan), panel_count(plan)
    found = read_range(text, count) if text.strip() else (wish.first, wish.last)
    if found is None:
        raise BadPanels(text, count)
    return found


def panel_count(plan: RenderPlan) -> int:
    return sum(panel.number is not None for panel in plan.panels)


async def comic_under(database: Database, post_render: int) -> tuple[Comic, Wish]:
    """The comic of a page, or that of a clip, with what was wished for it.

    Raises:
        NotFound, PlanError, OnePanel
    """
    async with database.session() as session:
        clip = await clips.of_render(session, post_render)
    shown = await read_comic(database, post_render)
    if clip is None:
        return shown, wish_of(shown.plan)
    return await read_comic(database, clip.comic_id), wish_of(shown.plan)

"""Previews of stories, and variations of comics. Nothing here knows Discord."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.pages.changing import Comic, read_comic
from bot.rendering.casting import lasting
from bot.rendering.requests import (
    QUICK_LANE,
    Request,
    Shelf,
    enqueue,
    new_seed,
    plan_now,
    planned_anew,
)
from generation.script.casting import sheets_of
from generation.script.choices import draft_steps
from generation.script.errors import PlanError
from generation.script.plan import RenderPlan
from generation.script.reseed import reseed
from generation.script.variants import draft, variants
from storage import editions, renders, sketches, stories, upkeep
from storage.engine import Database
from storage.errors import NotFound
from storage.values import Sketch, Story, TakeState

VARIATIONS = 4


async def request_preview(
    database: Database,
    shelf: Shelf,
    story: Story,
    *,
    user_id: int,
    title: str,
    seed: int | None = None,
) -> Request:
    """Queue a quick picture of the story so far, under that title.

    Raises:
        NothingToDraw, AlreadyDrawing, ScriptErrors, PlanError
    """
    plan = await plan_now(database, shelf, story, seed=seed)
    plan = replace(draft(plan, draft_steps(shelf.models[plan.model])), title=title)
    return await enqueue(
        database, shelf, story, plan, user_id, lane=QUICK_LANE, also=sketches.begin
    )


async def request_variations(
    database: Database,
    shelf: Shelf,
    comic_id: int,
    *,
    user_id: int,
    channel_id: int,
    seeds: Sequence[int] = (),
) -> Request:
    """Queue quick pictures of the comic's beginning from these seeds, else from four new ones.

    Raises:
        NotFound, AlreadyDrawing
        PlanError: it can't be drawn any more.
    """
    comic = await _drawable(database, shelf, comic_id)
    seeds = seeds or [new_seed() for _ in range(VARIATIONS)]
    model, style = shelf.models[comic.plan.model], shelf.style(comic.plan.style)
    async with database.session() as session:
        keep = await lasting(session, shelf, comic.story)
    plan = variants(draft(comic.plan, draft_steps(model)), seeds, model, style, keep)
    return await enqueue(
        database,
        shelf,
        comic.story,
        plan,
        user_id,
        lane=QUICK_LANE,
        channel_id=channel_id,
        also=partial(sketches.begin, comic_id=comic_id),
    )


async def request_variation(
    database: Database, shelf: Shelf, sketch: Sketch, number: int, *, user_id: int
) -> Request | None:
    """Queue the whole comic from the seed of a variation, by its number from 1. None when that was
    drawn before: then its pages come back.

    Raises:
        NotFound, AlreadyDrawing, PlanError
    """
    async with database.session() as session:
        shown = RenderPlan.from_json((await renders.get(session, sketch.render_id)).plan)
    if sketch.comic_id is None or number > len(shown.variants):
        raise NotFound("render", str(sketch.render_id))
    seed = shown.variants[number - 1]
    if await _brought_back(database, sketch.comic_id, seed, user_id):
        return None
    comic = await _drawable(database, shelf, sketch.comic_id)
    async with database.session() as session:
        edited = await editions.get(session, sketch.comic_id) is not None
        keep = await lasting(session, shelf, comic.story)
    kept = {name: one for name, one in sheets_of(comic.plan).items() if name in keep}
    model, style = shelf.models[comic.plan.model], shelf.style(comic.plan.style)
    plan = (
        planned_anew(comic.plan, shelf, seed, kept)
        if edited
        else reseed(comic.plan, seed, model, style, keep)
    )
    return await enqueue(
        database,
        shelf,
        comic.story,
        plan,
        user_id,
        channel_id=comic.render.channel_id,
        also=partial(sketches.vary, comic_id=sketch.comic_id),
    )


async def sketch_again(
    database: Database, shelf: Shelf, sketch: Sketch, *, user_id: int, same_seed: bool
) -> Request:
    """The same kind of sketch once more. Raises as the requests above."""
    async with database.session() as session:
        render = await renders.get(session, sketch.render_id)
        story = await stories.get(session, render.story_id)
    plan = RenderPlan.from_json(render.plan)
    if sketch.comic_id is not None:
        return await request_variations(
            database,
            shelf,
            sketch.comic_id,
            user_id=user_id,
            channel_id=render.channel_id,
            seeds=plan.variants if same_seed else (),
        )
    seed = plan.seed if same_seed else new_seed()
    return await request_preview(
        database, shelf, story, user_id=user_id, title=plan.title, seed=seed
    )


async def _drawable(database: Database, shelf: Shelf, comic_id: int) -> Comic:
    comic = await read_comic(database, comic_id)
    if comic.plan.model not in shelf.models:
        raise PlanError(f"its model {comic.plan.model} is not on offer any more")
    return comic


async def _brought_back(database: Database, comic_id: int, seed: int, user_id: int) -> bool:
    async with database.session() as session:
        for variation, plan in await sketches.drawn_variations(session, comic_id):
            if RenderPlan.from_json(plan).seed == seed:
                if variation.state is TakeState.LEFT:
                    await sketches.choose(session, variation, TakeState.KEPT, user_id)
                await upkeep.restore(session, variation.render_id)  # it may have been deleted
                return True
    return False

"""Changing a comic that is drawn: other captions, a panel drawn again, its picture kept or left.

Nothing here knows Discord. What is typed is stored at once; pages and pictures follow.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.rendering.requests import SEEDS, Request, Shelf, need_free
from generation.script.errors import PlanError
from generation.script.estimating import estimate
from generation.script.graph import timesteps
from generation.script.plan import RenderPlan
from generation.script.redo import draw_on, position_of, redo_panel
from generation.script.rewording import redescribe, reletter, written
from storage import editions, queue, renders, speeds, stories
from storage.engine import Database
from storage.values import Edition, Render, Story, Take, TakeState

REDO_LANE = 0  # one panel is drawn quickly, and somebody waits for it: before whole stories


@dataclass(frozen=True, slots=True)
class Comic:
    """A finished render with its story; `drawn` is the plan of its pictures, `plan` what its pages
    show now."""

    render: Render
    story: Story
    drawn: RenderPlan
    plan: RenderPlan


async def read_comic(database: Database, render_id: int) -> Comic:
    """The comic of a render, or that to which a panel belongs that was drawn again.

    Raises:
        NotFound: it is gone.
        PlanError: it was drawn by another version of the bot.
    """
    async with database.session() as session:
        take = await editions.take_of(session, render_id)
        return await _comic(session, take.comic_id if take else render_id)


async def change_captions(
    database: Database, comic_id: int, captions: Mapping[int, str]
) -> Edition:
    """Letter some panels (by number) with other words; the others keep theirs.

    Raises:
        NotFound, PlanError, ScriptErrors
    """
    async with database.session() as session:
        comic = await _comic(session, comic_id)
        plan = reletter(comic.plan, captions)
        return await editions.revise(session, comic_id, plan.to_json())


async def request_take(
    database: Database,
    shelf: Shelf,
    comic_id: int,
    number: int,
    *,
    scene: str,
    seed: int | None,
    kept: float = 0.0,
    user_id: int,
    channel_id: int,
) -> Request:
    """Queue one panel to be drawn again; `seed` None is one by chance. `kept` is the share of its
    present picture that stays, from 0 to under 1.

    Raises:
        NotFound, ScriptErrors
        PlanError: it can't be drawn any more.
        AlreadyDrawing: the same member already waits for this story.
    """
    async with database.session() as session:
        comic = await _comic(session, comic_id)
        plan, changed = _plan_take(comic, shelf, number, scene, seed)
        if kept:
            old = await editions.picture_of(session, comic_id, number)
            plan = draw_on(plan, old, 1 - kept)
        await need_free(session, comic.story.id, user_id, REDO_LANE)
        render = await renders.enqueue(
            session,
            story_id=comic.story.id,
            guild_id=comic.render.guild_id,
            channel_id=channel_id,
            user_id=user_id,
            plan_json=plan.to_json(),
            steps=timesteps(plan),
            lane=REDO_LANE,
        )
        await editions.begin_take(session, render.id, comic_id, number, changed)
        place = await queue.place(session, render.id)
        speed = (await speeds.every(session)).get(plan.model)
    return Request(render, place, estimate(plan, shelf.models[plan.model], speed).seconds, 1)


async def retake(
    database: Database,
    shelf: Shelf,
    take: Take,
    *,
    user_id: int,
    channel_id: int,
    same_seed: bool = False,
) -> Request:
    """The same panel once more, with another seed unless it is to be the same. Raises as
    `request_take`."""
    async with database.session() as session:
        comic = await _comic(session, take.comic_id)
        tried = RenderPlan.from_json((await renders.get(session, take.render_id)).plan)
        seed = await _drawn_seed(session, take.render_id, tried) if same_seed else None
    return await request_take(
        database,
        shelf,
        take.comic_id,
        take.panel,
        scene=take.scene or scene_of(comic.plan, take.panel),
        seed=seed,
        kept=1 - tried.panels[-1].strength,
        user_id=user_id,
        channel_id=channel_id,
    )


async def choose(database: Database, shelf: Shelf, take: Take, state: TakeState) -> bool:
    """Keep the new picture of a panel, or go back to the old one; False when it is so already.

    Raises:
        NotFound, PlanError
    """
    async with database.session() as session:
        if not await editions.choose(session, take, state):
            return False
        comic = await _comic(session, take.comic_id)
        plan = await _assembled(session, comic, shelf)
        await editions.revise(session, take.comic_id, plan.to_json())
    return True


def scene_of(plan: RenderPlan, number: int) -> str:
    """What is drawn in a panel, as it was written.

    Raises:
        PlanError: the plan does not know it.
    """
    return written(plan).panels[number - 1].scene


def captions_of(plan: RenderPlan) -> dict[int, str]:
    """What is lettered on each panel, as it was written.

    Raises:
        PlanError: the plan does not know it.
    """
    return {number: panel.caption for number, panel in enumerate(written(plan).panels, start=1)}


def _plan_take(
    comic: Comic, shelf: Shelf, number: int, scene: str, seed: int | None
) -> tuple[RenderPlan, str | None]:
    """The plan, and the scene if it is another one than was drawn."""
    if comic.drawn.model not in shelf.models:
        raise PlanError(f"its model {comic.drawn.model} is not on offer any more")
    plan = comic.plan
    scene = " ".join(scene.split())
    if scene != scene_of(plan, number):
        plan = redescribe(plan, number, scene, shelf.style(plan.style))
    seed = _other_seed(comic.drawn) if seed is None else seed
    panel = plan.panels[position_of(plan, number)]
    # The other pictures are looked at as they were drawn, whatever is kept in their place by now.
    scene = scene_of(plan, number)
    other = scene if scene != scene_of(comic.drawn, number) else None
    return redo_panel(comic.drawn, number, seed, panel), other


async def _comic(session: AsyncSession, comic_id: int) -> Comic:
    render = await renders.get(session, comic_id)
    story = await stories.get(session, render.story_id)
    edition = await editions.get(session, comic_id)
    try:
        drawn = RenderPlan.from_json(render.plan)
        plan = RenderPlan.from_json(edition.plan) if edition else drawn
    except msgspec.DecodeError as exc:
        raise PlanError("it was drawn by another version of the bot; draw it anew first") from exc
    return Comic(render, story, drawn, plan)


async def _assembled(session: AsyncSession, comic: Comic, shelf: Shelf) -> RenderPlan:
    """What was drawn, with the takes that are kept, and the captions of today."""
    plan = comic.drawn
    for take in await editions.takes(session, comic.render.id):
        if take.state is not TakeState.KEPT:
            continue
        if take.scene is not None:
            plan = redescribe(plan, take.panel, take.scene, shelf.style(plan.style))
        drawn = RenderPlan.from_json((await renders.get(session, take.render_id)).plan)
        plan = _with_seed(plan, take.panel, await _drawn_seed(session, take.render_id, drawn))
    return reletter(plan, captions_of(comic.plan))


async def _drawn_seed(session: AsyncSession, render_id: int, plan: RenderPlan) -> int:
    """Of a take's own panel. Where it had drifted, it was drawn from another than its plan's."""
    drawn = await renders.panels(session, render_id)
    return drawn[-1].seed if drawn else plan.panels[-1].seed


def _other_seed(plan: RenderPlan) -> int:
    """By chance, but none that the comic was drawn from."""
    used = {plan.seed, *(panel.seed for panel in plan.panels)}
    return next(seed for seed in iter(lambda: secrets.randbelow(SEEDS), None) if seed not in used)


def _with_seed(plan: RenderPlan, number: int, seed: int) -> RenderPlan:
    position = position_of(plan, number)
    panel = replace(plan.panels[position], seed=seed)
    return replace(plan, panels=(*plan.panels[:position], panel, *plan.panels[position + 1 :]))

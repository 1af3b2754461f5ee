"""From a stored story to a queued render. Nothing here knows Discord."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AlreadyDrawing, NothingToDraw
from bot.rendering.casting import cast_of
from generation.script.casting import Sheet, sheets_of
from generation.script.catalogue import Model, Style
from generation.script.choices import Choices, Terms, agree
from generation.script.estimating import Speed, clip_seconds, estimate, speed_key
from generation.script.graph import timesteps
from generation.script.motions import Motions
from generation.script.parse import parse_parts
from generation.script.plan import RenderPlan
from generation.script.planning import NOBODY_KNOWN, plan_agreed, plan_story
from generation.script.rewording import written
from storage import choices, editions, queue, renders, speeds, stories
from storage.characters import cast_pictures
from storage.engine import Database
from storage.values import Render, Story

STORY_LANE, QUICK_LANE = 1, 0  # what is drawn quickly comes before whole stories
CLIP_LANE = 4  # after all pictures, those of schedules too: a clip takes minutes, and can wait
SEEDS = 2**31  # seeds stay readable, and fit every generator and database


@dataclass(frozen=True, slots=True)
class Shelf:
    """The models and styles that are there, read once at start. `offered`: the models that members
    may choose besides the default one; `motions` set clips in motion."""

    models: Mapping[str, Model]
    styles: Mapping[str, Style]
    default_model: str
    offered: frozenset[str] = frozenset()
    motions: Motions = field(default_factory=Motions)

    def model(self, name: str = "") -> Model:
        """The named model if it is on offer, else the default one."""
        return self.models[name if name in self.offered else self.default_model]

    def on_offer(self) -> tuple[Model, ...]:
        """The default model, and those that may be chosen instead, in the catalogue's order."""
        names = {self.default_model, *self.offered}
        return tuple(model for name, model in self.models.items() if name in names)

    def drawable(self, model: Model | None = None) -> tuple[Style, ...]:
        """The styles that the model (the default one) can draw; all where it doesn't say."""
        taught = (model or self.model()).styles
        return tuple(one for one in self.styles.values() if not taught or one.name in taught)

    def style(self, name: str, model: Model | None = None) -> Style:
        """The named style, or the first one that can be drawn when that one can't."""
        styles = self.drawable(model)
        return next((one for one in styles if one.name == name), styles[0])

    def terms(self, chosen: Choices) -> Terms:
        """What was chosen, as far as it is on offer."""
        model = self.model(chosen.model)
        return agree(chosen, model, self.style(chosen.style, model))


@dataclass(frozen=True, slots=True)
class Request:
    """A queued render, its place in the queue (1: next), the seconds it may take (None: nobody has
    measured this model), and how many panels it shows."""

    render: Render
    place: int | None
    seconds: float | None
    panels: int


async def plan_now(
    database: Database, shelf: Shelf, story: Story, *, seed: int | None = None
) -> RenderPlan:
    """The story as it is written now and as it is to be drawn, with that seed, else with the one
    that was chosen for it, else with a new one.

    Raises:
        NothingToDraw: it has no panels.
        ScriptErrors, PlanError: it can't be drawn as it is.
    """
    async with database.session() as session:
        characters, panels = await stories.script_parts(session, story.id)
        references = await cast_pictures(session, story.id)
        chosen = await choices.of_story(session, story.id)
        cast = await cast_of(session, shelf, story)
    if not panels.strip():
        raise NothingToDraw
    script = parse_parts(characters, panels).showing(references)
    terms = shelf.terms(chosen)
    if seed is not None:
        terms = replace(terms, seed=seed)
    return plan_agreed(script, terms, title=story.title, seed=new_seed(), cast=cast)


async def request_story(
    database: Database, shelf: Shelf, story: Story, *, user_id: int, seed: int | None = None
) -> Request:
    """Queue the story, planned by `plan_now`.

    Raises:
        NothingToDraw: it has no panels.
        AlreadyDrawing: the same member already waits for this story.
        ScriptErrors, PlanError: it can't be drawn as it is.
    """
    plan = await plan_now(database, shelf, story, seed=seed)
    return await enqueue(database, shelf, story, plan, user_id)


async def request_again(
    database: Database,
    shelf: Shelf,
    render_id: int,
    *,
    user_id: int,
    same_seed: bool = False,
) -> Request:
    """Queue an earlier render again, with a new seed unless it is to be the same: the same cast in
    the same lines, as they were changed on its pages, whatever was written since. Where its model
    is no longer on offer, or its plan is of another version, the story is planned anew.

    Raises:
        NotFound: the render or its story is gone.
        NothingToDraw, AlreadyDrawing, ScriptErrors, PlanError
    """
    async with database.session() as session:
        render = await renders.get(session, render_id)
        story = await stories.get(session, render.story_id)
        edition = await editions.get(session, render_id)
    try:
        plan = RenderPlan.from_json(edition.plan if edition else render.plan)
    except msgspec.DecodeError:
        plan = None
    if plan is None or plan.model not in shelf.models:
        return await request_story(database, shelf, story, user_id=user_id)
    if not same_seed:
        plan = planned_anew(plan, shelf, new_seed(), sheets_of(plan))
    return await enqueue(database, shelf, story, plan, user_id)


def planned_anew(
    plan: RenderPlan, shelf: Shelf, seed: int, cast: Mapping[str, Sheet] = NOBODY_KNOWN
) -> RenderPlan:
    """The story of a plan with another seed, and with that cast. Where panels were described anew,
    other panels may be the ones to look at."""
    return plan_story(
        written(plan),
        shelf.models[plan.model],
        shelf.style(plan.style),
        title=plan.title,
        seed=seed,
        width=plan.width,
        height=plan.height,
        steps=timesteps(plan),
        rate=plan.rate,
        consistency=any(panel.references for panel in plan.panels),
        layout=plan.layout,
        credits=plan.credits,
        cast=cast,
    )


def new_seed() -> int:
    return secrets.randbelow(SEEDS)


async def enqueue(
    database: Database,
    shelf: Shelf,
    story: Story,
    plan: RenderPlan,
    user_id: int,
    *,
    lane: int = STORY_LANE,
    channel_id: int | None = None,
    also: Callable[[AsyncSession, int], Awaitable[object]] | None = None,
) -> Request:
    """Queue a plan; `also` is done with the render's id in the same transaction.

    Raises:
        AlreadyDrawing: the same member already waits for this story, or for a clip of it.
    """
    async with database.session() as session:
        await need_free(session, story.id, user_id, lane)
        render = await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=story.guild_id,
            channel_id=channel_id or story.thread_id or story.channel_id,
            user_id=user_id,
            plan_json=plan.to_json(),
            steps=timesteps(plan),
            lane=lane,
        )
        if also is not None:
            await also(session, render.id)
        place = await queue.place(session, render.id)
        known = await speeds.every(session)
    shown = sum(panel.number is not None for panel in plan.panels)
    return Request(render, place, seconds_of(plan, shelf, known), shown)


def seconds_of(plan: RenderPlan, shelf: Shelf, known: Mapping[str, Speed]) -> float | None:
    """What the plan takes, by measured speeds or what the catalogue says; None: nobody knows."""
    speed = known.get(speed_key(plan))
    if plan.clip is not None:
        return clip_seconds(plan, speed)
    model = shelf.models.get(plan.model)
    return estimate(plan, model, speed).seconds if model else None


async def need_free(session: AsyncSession, story_id: int, user_id: int, lane: int) -> None:
    """One picture and one clip of a story at a time are drawn for a member.

    Raises:
        AlreadyDrawing
    """
    for one in await renders.unfinished(session):
        same = one.story_id == story_id and one.user_id == user_id
        if same and (one.lane == CLIP_LANE) == (lane == CLIP_LANE):
            raise AlreadyDrawing

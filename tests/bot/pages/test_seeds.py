"""Seeds of panels that are drawn again."""

from collections.abc import Sequence

from bot.pages.changing import read_comic, request_take, retake
from bot.rendering.requests import Shelf
from generation.script.catalogue import Model, Style
from generation.script.parse import parse_script
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from storage import artifacts, attempts, editions, queue, renders, stories
from storage.engine import Database
from storage.values import Take

MODEL = Model("tiny", "Tiny", "nowhere", "sd15", 64, 64, 4, 3.0)
STYLE = Style("comic", "Comic", "comic, {scene}", "")
SHELF = Shelf({"tiny": MODEL}, {"comic": STYLE}, "tiny")
SCRIPT = "[Tom] A young man.\n\n[Tom] in the office\n[Tom] in the kitchen\n"
USER, CHANNEL = 1, 20


async def draw(database: Database, seeds: Sequence[int] = ()) -> int:
    """Draw what waits; `seeds` are those that the panels were drawn with, if not the plan's."""
    async with database.session() as session:
        render = await queue.claim(session)
        assert render is not None
        plan = RenderPlan.from_json(render.plan)
        for at, panel in enumerate(plan.panels):
            seed = seeds[at] if seeds else panel.seed
            key = f"{at}" * 64
            await artifacts.record(session, key, "image/png", 1)
            await attempts.add_panel(session, render.id, render.attempt, at, seed, key)
        await attempts.finish(session, render.id, render.attempt, [], CHANNEL)
    return render.id


async def comic(database: Database) -> int:
    plan = plan_story(parse_script(SCRIPT), MODEL, STYLE, title="Tom", seed=5)
    async with database.session() as session:
        story = await stories.create(
            session,
            guild_id=1,
            channel_id=CHANNEL,
            thread_id=None,
            owner_id=USER,
            title="Tom",
            style="comic",
        )
        await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=1,
            channel_id=CHANNEL,
            user_id=USER,
            plan_json=plan.to_json(),
            steps=4,
        )
    return await draw(database)


async def take(database: Database, comic_id: int, drawn_with: int) -> Take:
    """A panel drawn again that had drifted, so that it was drawn with another seed than planned."""
    request = await request_take(
        database,
        SHELF,
        comic_id,
        1,
        scene="in the office",
        seed=77,
        user_id=USER,
        channel_id=CHANNEL,
    )
    hidden = len(RenderPlan.from_json(request.render.plan).panels) - 1
    await draw(database, [*range(hidden), drawn_with])
    async with database.session() as session:
        found = await editions.take_of(session, request.render.id)
    assert found is not None
    return found


async def test_the_same_seed_is_the_one_that_it_was_drawn_with(database: Database) -> None:
    comic_id = await comic(database)
    one = await take(database, comic_id, drawn_with=123)
    again = await retake(database, SHELF, one, user_id=USER, channel_id=CHANNEL, same_seed=True)
    assert RenderPlan.from_json(again.render.plan).panels[-1].seed == 123


async def test_another_try_has_a_seed_that_nothing_of_the_comic_has(database: Database) -> None:
    comic_id = await comic(database)
    one = await take(database, comic_id, drawn_with=123)
    again = await retake(database, SHELF, one, user_id=USER, channel_id=CHANNEL)
    drawn = (await read_comic(database, comic_id)).drawn
    used = {drawn.seed, 77, *(panel.seed for panel in drawn.panels)}
    assert RenderPlan.from_json(again.render.plan).panels[-1].seed not in used

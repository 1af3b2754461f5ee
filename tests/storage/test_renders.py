import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import artifacts, attempts, limits, posts, queue, renders
from storage.engine import Database
from storage.errors import NotFound, StaleAttempt
from storage.reasons import Reason, ReasonCode, told
from storage.tables import RenderRow
from storage.values import Render, RenderState, Story

KEY = "a" * 64
OTHER_KEY = "b" * 64
PAGE = (0, KEY, "Tom runs")


@pytest.fixture(autouse=True)
async def recorded(database: Database) -> None:
    async with database.session() as session:
        await artifacts.record(session, KEY, "image/png", 1)
        await artifacts.record(session, OTHER_KEY, "image/png", 1)


async def queued(database: Database, story: Story, user_id: int = 30) -> Render:
    async with database.session() as session:
        return await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=story.guild_id,
            channel_id=story.channel_id,
            user_id=user_id,
            plan_json="{}",
            steps=10,
        )


async def claim(database: Database) -> Render:
    async with database.session() as session:
        render = await queue.claim(session)
    assert render is not None
    return render


async def running(database: Database, story: Story) -> Render:
    await queued(database, story)
    return await claim(database)


async def read(database: Database, render: Render) -> Render:
    async with database.session() as session:
        return await renders.get(session, render.id)


async def test_a_render_runs_and_is_done_with_its_pages_waiting_to_be_posted(
    database: Database, story: Story
) -> None:
    render = await running(database, story)
    assert (render.state, render.attempt, render.step) == (RenderState.RUNNING, 1, 0)
    assert render.started_at is not None
    async with database.session() as session:
        await attempts.progress(session, render.id, 1, 4)
        await attempts.save_checkpoint(session, render.id, 1, 5, OTHER_KEY)
        await attempts.add_panel(session, render.id, 1, 0, 77, KEY)
        pages = await attempts.finish(session, render.id, 1, [PAGE], 20, seconds=3.5, micro_batch=2)
        assert [one.seed for one in await renders.panels(session, render.id)] == [77]
        assert pages == await posts.for_render(session, render.id) == await posts.due(session)
    done = await read(database, render)
    assert (done.state, done.step, done.checkpoint) == (RenderState.DONE, 10, None)
    assert (done.seconds, done.micro_batch) == (3.5, 2)
    assert done.finished_at is not None


async def test_a_render_that_cannot_make_its_posts_is_not_done_either(
    database: Database, story: Story
) -> None:
    render = await running(database, story)

    async def finish() -> None:
        async with database.session() as session:
            await attempts.finish(session, render.id, 1, [PAGE, (0, KEY, "same page")], 20)

    with pytest.raises(IntegrityError):
        await finish()
    assert (await read(database, render)).state == RenderState.RUNNING


Change = Callable[[AsyncSession, int, int], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "progress": lambda session, id, attempt: attempts.progress(session, id, attempt, 5),
    "save_checkpoint": lambda session, id, attempt: attempts.save_checkpoint(
        session, id, attempt, 5, KEY
    ),
    "add_panel": lambda session, id, attempt: attempts.add_panel(session, id, attempt, 0, 7, KEY),
    "finish": lambda session, id, attempt: attempts.finish(session, id, attempt, [PAGE], 20),
    "fail": lambda session, id, attempt: attempts.fail(session, id, attempt, told("broken"), True),
    "cancelled": attempts.cancelled,
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_result_of_an_old_attempt_is_refused(
    database: Database, story: Story, name: str
) -> None:
    render = await running(database, story)
    async with database.session() as session:
        await attempts.requeue_running(session)
    second = await claim(database)
    assert second.attempt == 2
    async with database.session() as session:
        with pytest.raises(StaleAttempt):
            await CHANGES[name](session, render.id, 1)
    assert await read(database, render) == second
    async with database.session() as session:
        assert await renders.panels(session, render.id) == []
        assert await posts.for_render(session, render.id) == []


@pytest.mark.parametrize("name", CHANGES)
async def test_a_result_of_a_cancelled_render_is_refused(
    database: Database, story: Story, name: str
) -> None:
    render = await running(database, story)
    async with database.session() as session:
        assert await renders.cancel(session, render.id)
    async with database.session() as session:
        with pytest.raises(StaleAttempt):
            await CHANGES[name](session, render.id, 1)


async def test_a_render_is_tried_three_times_and_then_fails_with_the_last_reason(
    database: Database, story: Story
) -> None:
    await queued(database, story)
    states = []
    for attempt in (1, 2, 3):
        render = await claim(database)
        async with database.session() as session:
            reason = told(f"broken {attempt}")
            states.append(await attempts.fail(session, render.id, attempt, reason, True))
    assert states == [RenderState.QUEUED, RenderState.QUEUED, RenderState.FAILED]
    failed = await read(database, render)
    assert (failed.reason, failed.failures) == (told("broken 3"), limits.FAILURES)


async def test_a_failure_that_trying_again_cannot_help_is_final(
    database: Database, story: Story
) -> None:
    render = await running(database, story)
    async with database.session() as session:
        state = await attempts.fail(session, render.id, 1, told("no such model"), retryable=False)
    assert state == RenderState.FAILED


async def test_a_render_that_gets_further_between_restarts_never_fails(
    database: Database, story: Story
) -> None:
    await queued(database, story)
    for attempt in range(1, 7):
        render = await claim(database)
        async with database.session() as session:
            await attempts.save_checkpoint(session, render.id, attempt, attempt, KEY)
        async with database.session() as session:
            (back,) = await attempts.requeue_running(session)
        assert (back.state, back.step, back.checkpoint) == (RenderState.QUEUED, attempt, KEY)


async def test_a_render_that_never_gets_further_fails_at_the_third_restart(
    database: Database, story: Story
) -> None:
    await queued(database, story)
    for state in (RenderState.QUEUED, RenderState.QUEUED, RenderState.FAILED):
        await claim(database)
        async with database.session() as session:
            (back,) = await attempts.requeue_running(session)
        assert back.state == state
    assert back.reason == Reason(ReasonCode.STOPPED_TOO_OFTEN)


async def test_cancelling_works_while_queued_and_running_and_not_afterwards(
    database: Database, story: Story
) -> None:
    drawn = await running(database, story)
    waiting = await queued(database, story)
    async with database.session() as session:
        answers = [await renders.cancel(session, one.id) for one in (waiting, drawn, drawn)]
        assert not await renders.cancel(session, 999)
        assert await renders.unfinished(session) == []
    assert answers == [True, True, False]


async def test_two_claimers_never_get_the_same_render(
    database: Database, database_url: str, story: Story
) -> None:
    for user in range(12):
        await queued(database, story, user)
    other = Database(database_url)

    async def take(one: Database) -> int | None:
        async with one.session() as session:
            render = await queue.claim(session, guild_cap=100)
            return render.id if render else None

    try:
        taken = await asyncio.gather(*(take(one) for one in (database, other) * 8))
    finally:
        await other.close()
    ids = [one for one in taken if one is not None]
    assert len(ids) == len(set(ids)) == 12


async def test_the_progress_message_is_remembered(database: Database, story: Story) -> None:
    render = await queued(database, story)
    async with database.session() as session:
        await renders.set_progress_message(session, render.id, 1 << 62)
        with pytest.raises(NotFound):
            await renders.set_progress_message(session, 999, 1)
    assert (await read(database, render)).progress_message_id == 1 << 62


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "running"},
        {"state": "failed"},
        {"reason": told("because")},
        {"step": 11},
        {"failures": limits.FAILURES},
        {"failures": limits.FAILURES + 1},
        {"checkpoint": "c" * 64},
    ],
    ids=str,
)
async def test_the_database_refuses_a_row_that_makes_no_sense(
    database: Database, story: Story, columns: dict[str, object]
) -> None:
    await queued(database, story)

    async def force() -> None:
        async with database.session() as session:
            await session.execute(update(RenderRow).values(columns))

    with pytest.raises(IntegrityError):
        await force()

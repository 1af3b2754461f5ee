import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.rendering.attempts import Pace
from bot.rendering.updates import RenderUpdate
from storage import attempts, posts, queue, renders
from storage.engine import Database
from storage.errors import NotFound
from storage.reasons import Reason, ReasonCode, told
from storage.values import RenderState
from tests.bot.rendering.conftest import House
from tests.bot.rendering.scripted import STEPS
from tests.bot.waiting import eventually

DONE, FAILED, QUEUED = RenderState.DONE, RenderState.FAILED, RenderState.QUEUED
RUNNING, CANCELLED = RenderState.RUNNING, RenderState.CANCELLED


async def test_an_order_is_drawn_stored_told_and_made_ready_to_post(house: House) -> None:
    house.studio.pages = 2
    render_id = await house.order()
    async with house.dispatching():
        done = await house.until(render_id, DONE)
        await eventually(lambda: house.kinds(render_id) == ["running", "done"])
    assert (done.step, done.seconds, done.micro_batch) == (STEPS, 2.0, 2)
    async with house.database.session() as session:
        panels = await renders.panels(session, render_id)
        pages = await posts.for_render(session, render_id)
    assert [(one.position, one.seed) for one in panels] == [(0, (1 << 62) + 1), (1, (1 << 62) + 2)]
    assert await house.store.get(panels[1].artifact) == b"Tabs or spaces: panel 2"
    assert [(one.page, one.channel_id, one.alt_text) for one in pages] == [
        (0, 20, "Page 1"),
        (1, 20, "Page 2"),
    ]
    assert await house.store.get(pages[1].artifact) == b"Tabs or spaces: page 1"
    assert house.posts_ready == 1
    last_preview = [update.preview for update in house.told if update.preview][-1]
    assert last_preview == b"preview 6"


async def test_a_new_order_wakes_the_dispatcher_at_once(house: House) -> None:
    async with house.dispatching(pace=Pace(poll=60.0)) as dispatcher:
        await asyncio.sleep(0.2)
        render_id = await house.order()
        dispatcher.wake()
        async with asyncio.timeout(40):  # sooner than the next look
            await house.until(render_id, DONE)


async def test_an_order_without_a_wake_is_found_by_looking(house: House) -> None:
    async with house.dispatching():
        await asyncio.sleep(0.1)
        await house.until(await house.order(), DONE)


async def test_after_a_failure_only_the_missing_steps_are_drawn(house: House) -> None:
    house.studio.deaths = [6]
    render_id = await house.order()
    async with house.dispatching():
        done = await house.until(render_id, DONE)
    assert done.attempt == 2
    steps = [(attempt, step) for _, attempt, step in house.studio.steps]
    assert steps == [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 5), (2, 6)]


async def test_the_third_failure_in_a_row_is_final_and_its_reason_is_told(house: House) -> None:
    house.studio.deaths = [1, 1, 1]
    broken, sound = await house.order(), await house.order(user_id=2)
    house.studio.mortal = broken
    async with house.dispatching():
        failed = await house.until(broken, FAILED)
        await house.until(sound, DONE)
        await eventually(lambda: "failed" in house.kinds(broken))
    assert (failed.attempt, failed.reason) == (3, told("the process died"))
    assert house.told[[one.kind for one in house.told].index("failed")].render == failed


async def test_a_failure_that_would_come_again_is_final_at_once(house: House) -> None:
    house.studio.deaths, house.studio.retryable = [1], False
    render_id = await house.order()
    async with house.dispatching():
        assert (await house.until(render_id, FAILED)).attempt == 1


async def test_a_stop_leaves_the_render_running_and_the_next_start_goes_on(house: House) -> None:
    house.studio.hold_at = 6
    render_id = await house.order()
    async with house.dispatching():
        await house.studio.held.wait()
    assert house.studio.closed == 1
    left = await house.read(render_id)
    assert (left.state, left.attempt) == (RUNNING, 1)
    house.studio.go.set()
    async with house.dispatching():
        await house.until(render_id, DONE)
    assert house.studio.orders[1].checkpoint == b"checkpoint of %d after 4" % render_id
    assert [step for _, attempt, step in house.studio.steps if attempt == 2] == [5, 6]


async def test_checkpoints_are_deleted_when_the_render_has_ended(
    house: House, tmp_path: Path
) -> None:
    render_id = await house.order()
    async with house.dispatching():
        await house.until(render_id, DONE)
        await eventually(lambda: count_files(tmp_path / "artifacts") == 3)
    async with house.database.session() as session:
        types = set(await session.scalars(text("SELECT media_type FROM artifact")))
    assert types == {"image/png"}


async def test_a_damaged_checkpoint_is_not_used(house: House, tmp_path: Path) -> None:
    house.studio.hold_at = 6
    render_id = await house.order()
    async with house.dispatching():
        await house.studio.held.wait()
    key = (await house.read(render_id)).checkpoint
    assert key is not None
    overwrite(tmp_path / "artifacts" / key[:2] / key, b"checkpoint of 1 after 9")
    house.studio.go.set()
    async with house.dispatching():
        await house.until(render_id, DONE)
    assert house.studio.orders[1].checkpoint is None


async def test_cancelling_a_waiting_render_takes_it_out_of_the_queue(house: House) -> None:
    house.studio.hold_at = 3
    first, second = await house.order(1), await house.order(2)
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        assert await dispatcher.cancel(second)
        await eventually(lambda: house.kinds(second)[-1] == "cancelled")
        house.studio.go.set()
        await house.until(first, DONE)
    assert [order.render for order in house.studio.orders] == [first]


async def test_cancelling_stops_the_drawing_and_the_next_render_begins(house: House) -> None:
    house.studio.hold_at = 3
    first, second = await house.order(1), await house.order(2)
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        assert await dispatcher.cancel(first)
        house.studio.hold_at = None
        await house.until(second, DONE)
        await eventually(lambda: "cancelled" in house.kinds(first))
        assert not await dispatcher.cancel(second)
        with pytest.raises(NotFound):
            await dispatcher.cancel(999)
    assert (await house.read(first)).state == CANCELLED
    assert [step for render, _, step in house.studio.steps if render == first] == [1, 2]
    kinds = [update.kind for update in house.told if update.render.id == first]
    assert kinds.count("cancelled") == 1


async def test_nothing_is_told_of_a_cancelled_render_but_its_end(house: House) -> None:
    house.studio.hold_at, house.studio.thorough = 3, True
    first, second = await house.order(1), await house.order(2)
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        assert await dispatcher.cancel(first)
        house.studio.hold_at = None
        await house.until(second, DONE)
        await eventually(lambda: "done" in house.kinds(second))
    assert house.kinds(first)[-1] == "cancelled"


async def test_a_render_cancelled_by_another_hand_is_not_drawn_to_its_end(house: House) -> None:
    house.studio.hold_at, house.studio.deaf = 3, True
    render_id = await house.order()
    async with house.dispatching():
        await house.studio.held.wait()
        async with house.database.session() as session:
            await renders.cancel(session, render_id)
        house.studio.go.set()
        await eventually(lambda: house.kinds(render_id)[-1:] == ["cancelled"])
    drawn = [step for _, _, step in house.studio.steps]
    assert drawn in ([1, 2, 3], [1, 2, 3, 4])  # its next progress or checkpoint is refused


async def test_a_late_result_of_an_old_attempt_changes_nothing(house: House) -> None:
    house.studio.hold_at = 5
    render_id = await house.order()
    async with house.dispatching():
        await house.studio.held.wait()
        async with house.database.session() as session:  # as if another bot had taken it over
            await attempts.requeue_running(session)
            taken = await queue.claim(session)
            assert taken is not None
        house.studio.go.set()
        await eventually(lambda: len(house.studio.orders) == 2)
    async with house.database.session() as session:
        assert all(one.render_id == render_id for one in await renders.panels(session, render_id))
    assert house.studio.orders[1].attempt == 3


async def test_a_story_deleted_while_it_is_drawn_stops_nothing_else(house: House) -> None:
    house.studio.hold_at = 3
    await house.order()
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        async with house.database.session() as session:
            await session.execute(text("DELETE FROM render"))
        house.studio.go.set()
        render_id = await house.order()
        dispatcher.wake()
        await house.until(render_id, DONE)


async def test_places_in_the_queue_are_told_when_they_change(house: House) -> None:
    house.studio.hold_at = 3
    ids = [await house.order(user) for user in range(4)]

    def places(render_id: int) -> list[int | None]:
        return [update.place for update in house.told if update.render.id == render_id]

    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        await eventually(lambda: [places(one)[-1:] for one in ids[1:]] == [[1], [2], [3]])
        await dispatcher.cancel(ids[1])
        await eventually(lambda: [places(one)[-1:] for one in ids[2:]] == [[1], [2]])


async def test_trouble_with_telling_never_breaks_or_delays_a_drawing(house: House) -> None:
    async def broken(update: RenderUpdate) -> None:
        house.told.append(update)
        if update.kind == "running":
            raise OSError("no network")
        if update.kind == "done":
            await asyncio.sleep(60)

    async with house.dispatching(broken):
        for user in range(3):
            await house.until(await house.order(user), DONE)


async def test_an_unreadable_plan_fails_with_a_reason_and_the_next_render_is_drawn(
    house: House,
) -> None:
    broken, sound = await house.order(1, plan_json='{"title": 3}'), await house.order(2)
    async with house.dispatching():
        await house.until(sound, DONE)
    failed = await house.read(broken)
    assert (failed.state, failed.reason) == (FAILED, Reason(ReasonCode.UNREADABLE))


async def test_a_studio_that_says_nothing_is_started_anew(house: House) -> None:
    house.studio.hold_at, house.studio.deaf = 3, True
    render_id = await house.order()
    pace = Pace(poll=0.05, silence=1.0, retry=0.01)
    async with house.dispatching(pace=pace):
        await eventually(lambda: house.studio.closed == 1)
        house.studio.go.set()
        done = await house.until(render_id, DONE)
    assert done.attempt == 2


async def test_a_studio_that_cannot_start_is_tried_again_and_costs_no_attempt(
    house: House,
) -> None:
    house.studio.refusals = 3
    render_id = await house.order()
    async with house.dispatching():
        done = await house.until(render_id, DONE)
    assert done.attempt == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite can't go away
async def test_a_database_that_goes_away_while_drawing_costs_nothing(
    house: House, database_url: str
) -> None:
    house.studio.hold_at = 3
    render_id = await house.order()
    other = Database(database_url)
    async with house.dispatching():
        await house.studio.held.wait()
        for _ in range(3):
            async with other.session() as session:
                await session.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
        house.studio.go.set()
        await eventually(lambda: house.kinds(render_id)[-1] == "done")
    await other.close()
    assert (await house.read(render_id)).attempt == 1


def count_files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def overwrite(path: Path, data: bytes) -> None:
    path.write_bytes(data)

"""Short renders that get their turn in the middle of a long one."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.rendering.attempts import Pace
from generation.studio.events import Event, Order, Progress, Started
from generation.studio.local import LocalStudio
from storage import attempts
from storage.reasons import Reason, ReasonCode
from storage.values import RenderState
from tests.bot.rendering.conftest import House
from tests.bot.rendering.scripted import plan
from tests.bot.waiting import eventually
from tests.generation.conftest import models_file as models_file  # a catalogue of a tiny model

DONE, CANCELLED, RUNNING = RenderState.DONE, RenderState.CANCELLED, RenderState.RUNNING
LONG, SHORT = plan(panels=2).to_json(), plan(panels=1).to_json()


@pytest.fixture
def held(house: House) -> House:
    """With a studio that holds the first render in its middle, and lets stories of one panel in."""
    house.studio.hold_at, house.studio.shorter_than = 3, 1
    return house


async def test_a_short_render_is_done_while_the_long_one_is_held(held: House) -> None:
    long = await held.order(1, LONG)
    async with held.dispatching() as dispatcher:
        await held.studio.held.wait()
        waiting, short = await held.order(2, LONG), await held.order(3, SHORT)
        dispatcher.wake()
        await held.until(short, DONE)
        assert (await held.read(long)).state == RUNNING
        assert (await held.read(waiting)).attempt == 0
        held.studio.go.set()
        assert (await held.until(long, DONE)).attempt == 1
        await held.until(waiting, DONE)
        await eventually(lambda: held.kinds(short) == ["queued", "running", "done"])


async def test_one_that_nobody_told_of_is_found_by_looking(held: House) -> None:
    long = await held.order(1, LONG)
    async with held.dispatching():
        await held.studio.held.wait()
        short = await held.order(2, SHORT)
        await held.until(short, DONE)
        assert (await held.read(long)).state == RUNNING


async def test_what_failed_once_is_drawn_alone(held: House) -> None:
    """It may be what ends the studio's process, and with it all that is drawn there."""
    held.studio.deaths = [1]
    long = await held.order(1, LONG)
    short = await held.order(2, SHORT)
    held.studio.mortal = short
    async with held.dispatching() as dispatcher:
        await held.studio.held.wait()
        dispatcher.wake()

        async def failed_once() -> bool:
            return (await held.read(short)).failures == 1

        await eventually(failed_once)
        later = await held.order(3, SHORT)
        dispatcher.wake()
        await held.until(later, DONE)
        assert (await held.read(short)).attempt == 1
        held.studio.go.set()
        await held.until(long, DONE)
        assert (await held.until(short, DONE)).attempt == 2


async def test_a_stop_in_its_middle_leaves_both_to_the_next_start(held: House) -> None:
    long = await held.order(1, LONG)
    async with held.dispatching() as dispatcher:
        await held.studio.held.wait()
        short = await held.order(2, SHORT)
        dispatcher.wake()
        await held.until(short, DONE)
    async with held.database.session() as session:
        (left,) = await attempts.requeue_running(session)
    assert left.id == long
    held.studio.go.set()
    async with held.dispatching():
        await held.until(long, DONE)


async def test_an_unreadable_plan_is_refused_in_its_own_turn(held: House) -> None:
    long = await held.order(1, LONG)
    async with held.dispatching() as dispatcher:
        await held.studio.held.wait()
        broken, short = await held.order(2, '{"title": 3}'), await held.order(3, SHORT)
        dispatcher.wake()
        await held.until(short, DONE)
        held.studio.go.set()
        await held.until(long, DONE)
        failed = await held.until(broken, RenderState.FAILED)
    assert failed.reason == Reason(ReasonCode.UNREADABLE)


STEPS_LONG = 1000


def tiny_plan(steps: int) -> str:
    drawn = replace(plan(panels=4), model="tiny", steps=steps, width=128, height=128)
    return drawn.to_json()


@dataclass(frozen=True)
class Asked:
    """The studio was asked for a render."""


class Listened(LocalStudio):
    """The real one, with what it was asked and what it said, in order."""

    def __init__(self, models_file: Path) -> None:
        super().__init__(models_file, nice=0, threads=1, warm="tiny", checkpoint_interval=0.5)
        self.said: list[tuple[int, Event | Asked]] = []

    def steps(self, render: int) -> list[int]:
        """That were made of it."""
        return [one.step for of, one in self.said if of == render and isinstance(one, Progress)]

    async def draw(self, order: Order) -> AsyncGenerator[Event]:
        self.said.append((order.render, Asked()))
        async with aclosing(super().draw(order)) as events:
            async for event in events:
                self.said.append((order.render, event))
                yield event


@pytest.fixture
async def studio(house: House, models_file: Path) -> AsyncIterator[Listened]:
    """With its model at hand, which may take a busy machine longer than waiting for a step."""
    studio = Listened(models_file)
    house.studio = studio  # type: ignore[assignment]
    await studio.start()
    yield studio
    await studio.close()


async def test_the_real_worker_draws_it_after_the_step_under_way(
    house: House, studio: Listened
) -> None:
    long = await house.order(1, tiny_plan(STEPS_LONG), steps=STEPS_LONG)
    async with house.dispatching(pace=Pace()) as dispatcher:
        await eventually(lambda: len(studio.steps(long)) >= 3)
        short = await house.order(2, tiny_plan(2), steps=2)
        dispatcher.wake()
        await house.until(short, DONE)
        assert (await house.read(long)).state == RUNNING
        assert await dispatcher.cancel(long)
    asked, begun = (studio.said.index((short, one)) for one in (Asked(), Started(0, 2)))
    between = [of for of, one in studio.said[asked:begun] if isinstance(one, Progress)]
    # the step under way, and those that were made before, but not yet read
    assert len(between) <= 3
    assert set(between) <= {long}


async def test_each_is_cancelled_alone(house: House, studio: Listened) -> None:
    long = await house.order(1, tiny_plan(STEPS_LONG), steps=STEPS_LONG)
    async with house.dispatching(pace=Pace()) as dispatcher:
        await eventually(lambda: studio.steps(long))
        first = await house.order(2, tiny_plan(80), steps=80)
        dispatcher.wake()
        await eventually(lambda: studio.steps(first))
        assert await dispatcher.cancel(first)
        stood = studio.steps(long)[-1]
        await eventually(lambda: studio.steps(long)[-1] > stood)  # it goes on
        second = await house.order(2, tiny_plan(10), steps=10)
        dispatcher.wake()
        await eventually(lambda: studio.steps(second))
        assert await dispatcher.cancel(long)
        await house.until(second, DONE)
        third = await house.order(3, tiny_plan(2), steps=2)
        await house.until(third, DONE)  # nothing is in its way
        assert max(studio.steps(first)) < 80
        assert max(studio.steps(long)) < STEPS_LONG
    assert (await house.read(first)).state == (await house.read(long)).state == CANCELLED

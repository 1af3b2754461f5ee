"""Orders wait for each other, but a short one cuts in."""

import asyncio

from generation.studio.events import Event, Finished, Order, Progress
from generation.studio.studio import Studio
from tests.generation.studio.conformance.watching import LONG, MakePlan, drawn, pictures


class Turns:
    async def test_a_second_order_waits_for_the_first(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        log: list[tuple[int, type[Event]]] = []

        async def draw(render: int) -> None:
            async for event in studio.draw(Order(render, 1, make_plan(steps=3))):
                log.append((render, type(event)))

        await asyncio.gather(draw(1), draw(2))
        renders = [render for render, _ in log]
        assert renders == sorted(renders)
        assert log.count((1, Finished)) == log.count((2, Finished)) == 1

    async def test_a_short_order_gets_its_turn_within_a_step_of_a_long_one(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=LONG)
        undisturbed = pictures(await drawn(studio, Order(1, 1, plan)))
        short: asyncio.Task[list[Event]] | None = None
        drawn_at, events = LONG, []
        async for event in studio.draw(Order(2, 1, plan)):
            events.append(event)
            if isinstance(event, Progress):
                if event.step == 3:
                    short = asyncio.create_task(drawn(studio, Order(3, 1, make_plan(steps=1))))
                if short is not None and short.done():
                    drawn_at = min(drawn_at, event.step)
        assert short is not None
        assert isinstance((await short)[-1], Finished)
        # it draws ahead of what is read, and goes on while the short one's page is made
        assert drawn_at <= LONG // 2
        assert pictures(events) == undisturbed

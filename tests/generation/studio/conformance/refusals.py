"""What can't be drawn is refused, and nothing else suffers."""

from contextlib import aclosing

import pytest

from generation.studio.events import Failed, Finished, Order
from generation.studio.studio import Studio, StudioError
from tests.generation.studio.conformance.watching import LONG, MakePlan, drawn


class Refusals:
    async def test_an_order_given_twice_is_refused(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        order = Order(1, 1, make_plan(steps=LONG))
        async with aclosing(studio.draw(order)) as events:
            await anext(events)
            with pytest.raises(StudioError):
                await anext(studio.draw(order))

    async def test_a_model_that_is_not_listed_fails_for_good_and_names_what_there_is(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        (event,) = await drawn(studio, Order(1, 1, make_plan(model="nonesuch")))
        assert isinstance(event, Failed)
        assert not event.retryable
        assert "nonesuch" in event.reason
        assert "tiny" in event.reason

    async def test_a_model_that_is_not_on_disk_fails_for_good(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        (event,) = await drawn(studio, Order(1, 1, make_plan(model="missing")))
        assert isinstance(event, Failed)
        assert not event.retryable
        assert "nowhere" in event.reason
        assert isinstance((await drawn(studio, Order(2, 1, make_plan(steps=2))))[-1], Finished)

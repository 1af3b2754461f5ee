"""Whose turn it is at the artist, by a clock of our own."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from generation.studio.turns import Turn, Turns


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def order(work: float, model: str = "tiny", left: float | None = None) -> Turn:
    return Turn(model, work, lambda: work if left is None else left)


async def begins(turns: Turns, turn: Turn) -> AbstractAsyncContextManager[None] | None:
    """The turn that it has got, or None: it waits."""
    context = turns.of(turn)
    entering = asyncio.ensure_future(context.__aenter__())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if entering.done():
        return context
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    return None


@pytest.mark.parametrize(
    ("other", "cuts_in"),
    [
        (order(25.0), True),
        (order(26.0), False),  # more than a quarter of what is left
        (order(1.0, model="other"), False),
    ],
)
async def test_a_short_order_for_the_same_model_cuts_in(other: Turn, cuts_in: bool) -> None:
    turns = Turns(Clock())
    long = order(200.0, left=100.0)
    async with turns.of(long):
        assert (await begins(turns, other) is not None) is cuts_in
        assert turns.paused(long) is cuts_in
        assert await begins(turns, order(1.0)) is None or not cuts_in  # one at a time


async def test_the_long_one_then_draws_for_as_long_as_it_has_waited() -> None:
    clock = Clock()
    turns = Turns(clock)
    async with turns.of(order(100.0)):
        async with turns.of(order(1.0)):
            clock.now += 5.0
        assert await begins(turns, order(1.0)) is None
        clock.now += 4.9
        assert await begins(turns, order(1.0)) is None
        clock.now += 0.2
        assert await begins(turns, order(1.0)) is not None


async def test_it_is_let_in_by_itself_when_that_time_is_over() -> None:
    turns = Turns()
    async with turns.of(order(100.0)):
        async with turns.of(order(1.0)):
            await asyncio.sleep(0.02)
        async with asyncio.timeout(20), turns.of(order(1.0)):
            pass


async def test_the_others_come_in_the_order_in_which_they_came() -> None:
    turns = Turns(Clock())
    seen: list[int] = []

    async def draw(number: int) -> None:
        async with turns.of(order(10.0)):
            seen.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(draw(number) for number in range(4)))
    assert seen == [0, 1, 2, 3]


async def test_who_goes_away_while_waiting_is_forgotten() -> None:
    turns = Turns(Clock())
    async with turns.of(order(10.0)):
        assert await begins(turns, order(10.0)) is None
    assert await begins(turns, order(10.0)) is not None

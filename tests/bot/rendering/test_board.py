"""The progress message shows how a render ended, also when Discord fails at that moment."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import aiohttp

from bot.locales.words import read_catalogue
from bot.rendering.board import ProgressBoard
from bot.rendering.updates import RenderUpdate
from storage.values import RenderState
from tests.bot.rendering.conftest import House
from tests.bot.waiting import eventually


@dataclass
class Channel:
    """A client with one channel and one message; `broken` edits fail."""

    broken: int = 0
    shown: list[str] = field(default_factory=list)
    id: int = 77

    def get_partial_messageable(self, _: int) -> Self:
        return self

    def get_guild(self, _: int) -> None:
        return None

    def get_partial_message(self, _: int) -> Self:
        return self

    async def send(self, **given: Any) -> Self:
        self.shown.append(next(iter(given["view"].walk_children())).content)
        return self

    async def edit(self, **given: Any) -> None:
        if self.broken:
            self.broken -= 1
            raise aiohttp.ServerDisconnectedError
        await self.send(**given)


async def test_the_end_is_shown_when_the_connection_was_lost_at_first(house: House) -> None:
    channel = Channel()
    board = ProgressBoard(channel, house.database, read_catalogue(), 0.01)  # type: ignore[arg-type]
    render = await house.read(await house.order())
    await board.announce(RenderUpdate(render, 1, None, "queued"))
    await eventually(lambda: len(channel.shown) == 1)
    channel.broken = 2
    cancelled = replace(render, state=RenderState.CANCELLED)
    await board.announce(RenderUpdate(cancelled, None, None, "cancelled"))
    await eventually(lambda: "Cancelled" in channel.shown[-1])
    await board.close()

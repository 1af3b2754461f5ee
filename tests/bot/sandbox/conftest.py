"""A sandbox on a free port, a member in it, and a clock that tests can move."""

import time
from collections.abc import AsyncIterator, Iterator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.rest_client import RestClient


@pytest.fixture(autouse=True)
def discord_py_as_it_was() -> Iterator[None]:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


PATIENT = 30.0  # seconds; Discord's 3 would make these tests depend on how busy the machine is


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0  # seconds

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock, deadline=PATIENT) as sandbox:
        yield sandbox


@pytest.fixture
async def ada(sandbox: Sandbox) -> AsyncIterator[Member]:
    async with Member(sandbox.url) as member:
        yield member


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[RestClient]:
    async with RestClient(sandbox) as client:
        yield client

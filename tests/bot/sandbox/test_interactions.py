"""Deadlines, tokens and the order of answers to an interaction."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.interactions import DEADLINE, TOKEN_LIFETIME
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.conftest import Clock
from tests.bot.sandbox.rest_client import RestClient, error_codes

MESSAGE: dict[str, Any] = {"type": 4, "data": {"content": "hi"}}
THINKING = {"type": 5}


@pytest.fixture
def deadline() -> float:
    """Discord's own."""
    return DEADLINE


@pytest.fixture
async def sandbox(clock: Clock, deadline: float) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock, deadline=deadline) as sandbox:
        yield sandbox


async def test_an_answer_after_three_seconds_comes_too_late(rest: RestClient, clock: Clock) -> None:
    interaction = await rest.interaction()
    clock.ahead += DEADLINE + 0.1
    status, body = await rest.answer(interaction, MESSAGE)
    assert (status, body["code"], body["message"]) == (404, 10062, "Unknown interaction")


async def test_an_answer_with_a_wrong_token_is_unknown(rest: RestClient) -> None:
    interaction = await rest.interaction()
    status, body = await rest.answer(interaction | {"token": "wrong"}, MESSAGE)
    assert (status, body["code"]) == (404, 10062)


async def test_a_second_answer_is_refused_even_after_the_deadline(
    rest: RestClient, clock: Clock
) -> None:
    interaction = await rest.interaction()
    assert (await rest.answer(interaction, MESSAGE))[0] == 204
    clock.ahead += DEADLINE + 1
    status, body = await rest.answer(interaction, MESSAGE)
    assert (status, body["code"]) == (400, 40060)
    assert len(rest.world.messages[rest.comics]) == 1


async def test_a_refused_answer_leaves_the_interaction_open(rest: RestClient) -> None:
    interaction = await rest.interaction()
    status, body = await rest.answer(interaction, {"type": 4, "data": {"content": "x" * 2001}})
    assert (status, error_codes(body)) == (400, {"data.content": "BASE_TYPE_MAX_LENGTH"})
    assert (await rest.answer(interaction, MESSAGE))[0] == 204


async def test_a_token_works_for_fifteen_minutes(rest: RestClient, clock: Clock) -> None:
    interaction = await rest.interaction()
    await rest.answer(interaction, MESSAGE)
    clock.ahead += TOKEN_LIFETIME - 1
    original = rest.follow(interaction, "/messages/@original")
    assert (await rest.call("PATCH", original, {"content": "still"}))[0] == 200
    clock.ahead += 2
    status, body = await rest.call("PATCH", original, {"content": "late"})
    assert (status, body["code"]) == (401, 50027)
    status, body = await rest.call("POST", rest.follow(interaction), {"content": "late"})
    assert (status, body["code"]) == (401, 50027)


async def test_the_fault_expires_tokens_at_once(rest: RestClient, ada: Member) -> None:
    interaction = await rest.interaction()
    await rest.answer(interaction, MESSAGE)
    await ada.expire_tokens()
    assert (await rest.call("POST", rest.follow(interaction), {"content": "x"}))[0] == 401


async def test_a_follow_up_before_the_answer_is_an_unknown_webhook(rest: RestClient) -> None:
    interaction = await rest.interaction()
    status, body = await rest.call("POST", rest.follow(interaction), {"content": "x"})
    assert (status, body["code"]) == (404, 10015)


async def test_the_first_follow_up_fills_the_thinking_message(rest: RestClient) -> None:
    interaction = await rest.interaction()
    await rest.answer(interaction, THINKING)
    [thinking] = rest.world.messages[rest.comics].values()
    assert thinking["flags"] & 128
    _, first = await rest.call("POST", rest.follow(interaction), {"content": "one"})
    _, second = await rest.call("POST", rest.follow(interaction), {"content": "two"})
    assert first["id"] == thinking["id"]
    assert not first["flags"] & 128
    assert second["id"] != thinking["id"]


async def test_an_ephemeral_answer_exists_for_its_member_and_the_token_alone(
    rest: RestClient, ada: Member
) -> None:
    interaction = await rest.interaction()
    await rest.answer(interaction, {"type": 4, "data": {"content": "psst", "flags": 64}})
    async with Member(ada.url, "Ben") as ben:
        assert await ben.messages() == []
    [seen] = await ada.messages()
    assert seen["content"] == "psst"
    path = f"/channels/{rest.comics}/messages"
    assert (await rest.call("GET", path))[1] == []
    assert (await rest.call("GET", f"{path}/{seen['id']}"))[1]["code"] == 10008
    status, _ = await rest.call("GET", rest.follow(interaction, "/messages/@original"))
    assert status == 200
    assert (await rest.call("DELETE", rest.follow(interaction, "/messages/@original")))[0] == 204
    assert await ada.messages() == []


@pytest.mark.parametrize(("kind", "answer"), [(2, 7), (2, 6), (2, 8), (4, 4), (5, 9), (3, 8)])
async def test_each_kind_of_interaction_has_its_kinds_of_answer(
    rest: RestClient, kind: int, answer: int
) -> None:
    user = rest.world.humans[0]["id"]
    made = rest.sandbox.interactions.make(kind, user, rest.comics, {"type": 1, "name": "a"})
    status, body = await rest.answer(made.payload, {"type": answer, "data": {"content": "x"}})
    assert (status, error_codes(body)) == (400, {"type": "BASE_TYPE_CHOICES"})


async def test_a_command_while_the_bot_is_offline_fails_at_once(
    rest: RestClient, ada: Member
) -> None:
    body = {"type": 1, "name": "comic", "description": "d"}
    await rest.call("POST", f"/applications/{rest.application}/commands", body)
    outcome = await asyncio.wait_for(ada.command("/comic"), DEADLINE)
    assert outcome["failed"] == "The bot is offline."


@pytest.mark.parametrize("deadline", [0.2])
async def test_a_bot_that_says_nothing_fails_the_command_after_the_deadline(
    rest: RestClient, ada: Member
) -> None:
    body = {"type": 1, "name": "comic", "description": "d"}
    await rest.call("POST", f"/applications/{rest.application}/commands", body)
    socket = await rest.gateway()
    outcome = await ada.command("/comic")
    assert outcome["failed"] == "The application did not respond."
    await socket.close()


async def test_an_interaction_says_what_the_bot_may_do_and_how_large_files_may_be(
    rest: RestClient, ada: Member
) -> None:
    await ada.forbid("comics", 1 << 11)
    interaction = await rest.interaction()
    assert not int(interaction["app_permissions"]) & 1 << 11
    assert int(interaction["member"]["permissions"]) & 1 << 11
    assert interaction["attachment_size_limit"] == 10 * 1024 * 1024
    assert interaction["context"] == 0

"""Faults, and how stock discord.py lives with them."""

import asyncio
import time

import aiohttp
import discord
import pytest

from bot.sandbox.faults import Faults
from bot.sandbox.member import Member, Refused
from bot.sandbox.nonces import LIFETIME
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bots import Client, running
from tests.bot.sandbox.conftest import Clock
from tests.bot.sandbox.rest_client import RestClient


async def test_discord_py_waits_out_a_rate_limit(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.faults(rate_limited=2, retry_after=0.1)
        before = time.monotonic()
        await client.comics.send("hello")
        assert time.monotonic() - before >= 0.2
    assert [m["content"] for m in await ada.messages()] == ["hello"]


async def test_discord_py_tries_again_after_a_500(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.faults(broken=1)
        await client.comics.send("hello")
    assert [m["content"] for m in await ada.messages()] == ["hello"]


async def test_a_message_whose_answer_was_lost_is_sent_once_with_a_nonce(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.faults(broken_after=1)
        await client.comics.send("hello", nonce="page-1")
    assert [m["content"] for m in await ada.messages()] == ["hello"]


async def test_it_is_sent_twice_when_nonces_are_forgotten(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.faults(broken_after=1, forget_nonces=True)
        await client.comics.send("hello", nonce="page-1")
    assert [m["content"] for m in await ada.messages()] == ["hello", "hello"]


async def test_a_nonce_is_remembered_for_minutes_only(rest: RestClient, clock: Clock) -> None:
    body = {"content": "x", "nonce": "1", "enforce_nonce": True}
    _, first = await rest.send(body)
    _, again = await rest.send(body)
    assert (again["id"], again["nonce"]) == (first["id"], "1")
    clock.ahead += LIFETIME + 1
    _, later = await rest.send(body)
    assert later["id"] != first["id"]


async def test_a_nonce_without_enforcement_hinders_nothing(rest: RestClient) -> None:
    body = {"content": "x", "nonce": "1"}
    assert (await rest.send(body))[1]["id"] != (await rest.send(body))[1]["id"]


async def test_a_share_of_requests_fails_the_same_way_for_a_seed(rest: RestClient) -> None:
    def failures() -> list[bool]:
        faults = Faults(broken_share=0.3, seed=7)
        return [faults.breaks() for _ in range(50)]

    assert failures() == failures()
    assert 5 < sum(failures()) < 25


async def test_slow_answers_are_slow(rest: RestClient, ada: Member) -> None:
    await ada.faults(latency=0.3)
    before = time.monotonic()
    await rest.call("GET", "/users/@me")
    assert time.monotonic() - before >= 0.3


async def test_an_unknown_fault_is_refused(ada: Member) -> None:
    with pytest.raises(Refused, match="no such fault: earthquake"):
        await ada.faults(earthquake=True)


async def test_a_deleted_channel_is_unknown_to_the_bot(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        channel = client.comics
        thread = await channel.create_thread(name="t", type=discord.ChannelType.public_thread)
        await ada.delete_channel("t")
        with pytest.raises(discord.NotFound) as gone:
            await thread.send("x")
        assert gone.value.code == 10003


async def test_discord_py_keeps_to_strict_limits_and_is_never_refused(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.faults(strict_limits=True)
        before = time.monotonic()
        for number in range(6):
            await client.comics.send(str(number))
        assert time.monotonic() - before >= 4
    assert 429 not in [call.get("status") for call in sandbox.core.inspector.log]


async def test_who_ignores_strict_limits_is_refused(rest: RestClient, ada: Member) -> None:
    await ada.faults(strict_limits=True)
    answers = [await rest.send({"content": "x"}) for _ in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [429]
    assert 0 < answers[-1][1]["retry_after"] <= 5


async def test_messages_older_than_an_hour_can_be_refused_edits(
    rest: RestClient, ada: Member, clock: Clock
) -> None:
    await ada.faults(refuse_old_edits=True)
    _, sent = await rest.send({"content": "x"})
    path = f"/channels/{rest.comics}/messages/{sent['id']}"
    assert (await rest.call("PATCH", path, {"content": "y"}))[0] == 200
    clock.ahead += 3601
    status, body = await rest.call("PATCH", path, {"content": "z"})
    assert (status, body["code"]) == (429, 30046)


async def test_intents_that_were_not_granted_end_the_login(sandbox: Sandbox, ada: Member) -> None:
    await ada.faults(refuse_intents=True)
    intents = discord.Intents.default()
    intents.message_content = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(Client(intents), sandbox):
            pass
    async with running(Client(), sandbox):
        pass


async def test_expired_links_give_nothing(sandbox: Sandbox, ada: Member) -> None:
    upload = await ada.upload("a.txt", b"a")
    assert await ada.download(upload) == b"a"
    await ada.faults(cdn_gone=True)
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await ada.download(upload)


async def test_a_bot_that_was_removed_is_told_and_reaches_nothing_any_more(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.kick_bot()

        async def gone() -> bool:
            return not client.guilds

        await ada.wait_for(gone)
        channel = client.get_partial_messageable(int((await ada.channel("comics"))["id"]))
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("hello")
        assert refused.value.code == 50001
    again = Client()
    async with Member(sandbox.url), again:
        task = asyncio.create_task(again.start("sandbox"))
        await again.wait_until_ready()
        assert not again.guilds
        await again.close()
        await task

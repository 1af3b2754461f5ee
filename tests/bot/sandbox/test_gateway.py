"""The gateway: sessions, resuming, intents, and what discord.py makes of lost connections."""

import asyncio
import zlib

import discord
import pytest

from bot.sandbox.member import PATIENCE, Member
from bot.sandbox.server import Sandbox
from bot.sandbox.wire import decode
from tests.bot.sandbox.bots import Client, running
from tests.bot.sandbox.rest_client import RestClient


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_session_begins_with_ready_and_the_guild(rest: RestClient) -> None:
    socket = await rest.gateway(intents=1)
    ready, guild = await socket.receive_json(), await socket.receive_json()
    assert (ready["t"], ready["s"], guild["t"], guild["s"]) == ("READY", 1, "GUILD_CREATE", 2)
    assert ready["d"]["guilds"] == [{"id": guild["d"]["id"], "unavailable": True}]
    assert {channel["name"] for channel in guild["d"]["channels"]} == {"comics", "lounge"}
    await socket.send_json({"op": 1, "d": 2})
    assert (await socket.receive_json())["op"] == 11
    await socket.close()


async def test_frames_are_one_zlib_stream_when_asked_for(rest: RestClient) -> None:
    socket = await rest.gateway(compress="&compress=zlib-stream")
    stream = zlib.decompressobj()
    assert decode(stream.decompress(await socket.receive_bytes()))["op"] == 10
    await socket.send_json({"op": 2, "d": {"token": "t", "intents": 0}})
    frame = await socket.receive_bytes()
    assert frame.endswith(b"\x00\x00\xff\xff")
    assert decode(stream.decompress(frame))["t"] == "READY"
    await socket.close()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 8, "d": {}}, 4003),
        ({"op": 2, "d": {"token": "", "intents": 0}}, 4004),
        ("nonsense", 4002),
        ({"op": 2, "d": None}, 4002),
        ({"op": 2, "d": {"token": "t"}}, 4002),
    ],
)
async def test_what_a_client_may_not_say_closes_the_connection(
    rest: RestClient, payload: object, code: int
) -> None:
    socket = await rest._session.ws_connect(rest.sandbox.gateway_url)
    await socket.receive_json()
    await socket.send_json(payload)
    await socket.receive()
    assert socket.close_code == code


async def test_a_lost_connection_is_resumed_and_misses_nothing(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    async with running(client, sandbox):
        await until(lambda: client.counts.get("guild_available", 0) + len(client.guilds))
        await ada.drop_gateway(resumable=True)
        for number in range(5):
            await ada.say(str(number))
        await until(lambda: len(client.seen) == 5)
        assert client.counts["resumed"] == 1
        assert client.counts["ready"] == 1


async def test_a_session_that_is_gone_begins_anew(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.drop_gateway(resumable=False)
        await until(lambda: client.counts.get("connect", 0) == 2)
        await ada.say("hello")
        await until(lambda: len(client.seen) == 1)
        assert "resumed" not in client.counts


async def test_an_interaction_during_a_lost_connection_is_answered_after_the_resume(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()

    @client.tree.command(description="d")
    async def hello(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("hi")

    async with running(client, sandbox):
        await client.tree.sync()
        await ada.drop_gateway(resumable=True)
        assert (await ada.command("/hello"))["message"]["content"] == "hi"


async def test_the_fault_sends_each_event_twice(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.faults(duplicate_events=True)
        await ada.say("hello")
        await until(lambda: len(client.seen) == 2)
        assert client.seen[0].id == client.seen[1].id


async def test_content_is_withheld_without_the_intent_but_for_mentions(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    async with running(client, sandbox):
        assert client.user
        plain = await ada.say("secret")
        await ada.say(f"<@{client.user.id}> hello")
        mine = await client.comics.send("mine")
        await ada.say("to you", reply_to={"id": str(mine.id)})
        await until(lambda: len(client.seen) == 4)
        seen = [message.content for message in client.seen]
        assert seen == ["", f"<@{client.user.id}> hello", "mine", "to you"]
        assert (await client.comics.fetch_message(int(plain["id"]))).content == ""


async def test_content_is_there_with_the_intent(sandbox: Sandbox, ada: Member) -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    client = Client(intents)
    async with running(client, sandbox):
        plain = await ada.say("secret")
        await until(lambda: len(client.seen) == 1)
        assert client.seen[0].content == "secret"
        assert (await client.comics.fetch_message(int(plain["id"]))).content == "secret"


async def test_direct_messages_always_have_their_content(sandbox: Sandbox, ada: Member) -> None:
    client = Client()
    async with running(client, sandbox):
        user = await client.fetch_user(int(ada.id))
        channel = await user.create_dm()
        await channel.send("hello Ada")
        await ada.say("hello bot", str(channel.id))
        await until(lambda: len(client.seen) == 2)
        assert [message.content for message in client.seen] == ["hello Ada", "hello bot"]
        assert client.seen[1].guild is None


async def test_members_come_on_request(sandbox: Sandbox, ada: Member) -> None:
    intents = discord.Intents.default()
    intents.members = True
    client = Client(intents)
    async with running(client, sandbox):
        await until(lambda: len(client.guild.members) == 4)
        assert {m.display_name for m in client.guild.members} >= {"Ada", "Ben", "Chloé"}
        assert client.guild.owner
        assert client.guild.owner.id == int(ada.id)
        async with Member(ada.url, "Dora"):
            await until(lambda: client.guild.get_member_named("dora"))


async def test_events_without_their_intent_are_not_sent(sandbox: Sandbox, ada: Member) -> None:
    client = Client(discord.Intents(guilds=True))
    async with running(client, sandbox):
        await ada.say("hello")
        thread = await client.comics.create_thread(name="t", type=discord.ChannelType.public_thread)
        await until(lambda: client.guild.get_thread(thread.id))
        assert client.seen == []

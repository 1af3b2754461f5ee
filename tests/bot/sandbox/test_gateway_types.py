"""Every gateway event of a busy day has the shape that discord.py's own types describe."""

import asyncio
from typing import Any

from bot.sandbox import permissions
from bot.sandbox.member import PATIENCE, Member
from bot.sandbox.typed import EVENTS, problems
from tests.bot.sandbox.rest_client import RestClient

EVERYTHING = (1 << 26) - 1


async def test_the_types_notice_what_is_wrong() -> None:
    assert problems({"channel_id": "1"}, EVENTS["MESSAGE_DELETE"]) == [".id: missing"]
    wrong = {"channel_id": "1", "id": None}
    assert problems(wrong, EVENTS["MESSAGE_DELETE"]) == [".id: None is no str"]
    assert ".author: missing" in problems({"id": "1"}, EVENTS["MESSAGE_CREATE"])


async def test_every_event_fits_its_type(rest: RestClient, ada: Member) -> None:
    socket = await rest.gateway(EVERYTHING)
    frames: dict[str, list[Any]] = {}

    async def listen() -> None:
        async for message in socket:
            frame = message.json()
            frames.setdefault(frame["t"], []).append(frame["d"])
            if frame["t"] == "INTERACTION_CREATE":
                await answer(rest, frame["d"])

    listening = asyncio.create_task(listen())
    await busy_day(rest, ada)
    await socket.send_json({"op": 8, "d": {"guild_id": "1", "query": "", "limit": 0}})
    async with asyncio.timeout(PATIENCE):
        while "GUILD_MEMBERS_CHUNK" not in frames:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await socket.close()
    await listening
    assert sorted(frames.keys() - EVENTS.keys()) == []
    assert sorted(EVENTS.keys() - frames.keys()) == []
    found = {
        f"{event}{problem}"
        for event, bodies in frames.items()
        for body in bodies
        for problem in problems(body, EVENTS[event])
    }
    assert not found, "\n".join(sorted(found))


async def answer(rest: RestClient, interaction: dict[str, Any]) -> None:
    box = {"type": 4, "style": 1, "custom_id": "text", "required": False}
    upload = {"type": 19, "custom_id": "file", "required": False}
    labels = [{"type": 18, "label": "l", "component": part} for part in (box, upload)]
    modal = {"type": 9, "data": {"custom_id": "m", "title": "t", "components": labels}}
    buttons = [{"type": 2, "style": 1, "label": "b", "custom_id": "b"}]
    people = [{"type": 5, "custom_id": "who"}]
    rows = [{"type": 1, "components": row} for row in (buttons, people)]
    by_type: dict[int, Any] = {
        2: {"type": 4, "data": {"content": "x", "components": rows}},
        3: modal,
        4: {"type": 8, "data": {"choices": []}},
        5: {"type": 4, "data": {"content": "done", "flags": 64}},
    }
    assert (await rest.answer(interaction, by_type[interaction["type"]]))[0] == 204


async def busy_day(rest: RestClient, ada: Member) -> None:
    await interactions(rest, ada)
    await ada.allow("comics", permissions.MANAGE_THREADS)
    here = f"/channels/{rest.comics}"
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.txt"}}]}
    inside = [{"type": 10, "content": "x"}, gallery, {"type": 14}]
    page = {"flags": 1 << 15, "components": [{"type": 17, "components": inside}]}
    await rest.send(page, files={"a.txt": b"a"})
    _, sent = await rest.send({"content": f"<@{ada.id}>", "nonce": "1", "embeds": [{"title": "t"}]})
    await rest.call("PATCH", f"{here}/messages/{sent['id']}", {"content": "y"})
    await rest.call("PUT", f"{here}/messages/{sent['id']}/reactions/%F0%9F%8E%A8/@me")
    await rest.call("DELETE", f"{here}/messages/{sent['id']}/reactions/%F0%9F%8E%A8/@me")
    await ada.say("reply", reply_to=sent)
    await rest.call("POST", f"{here}/typing")
    await rest.call("POST", f"{here}/messages/{sent['id']}/threads", {"name": "one"})
    _, thread = await rest.call("POST", f"{here}/threads", {"name": "two", "type": 11})
    there = f"/channels/{thread['id']}"
    await rest.call("PUT", f"{there}/thread-members/{ada.id}")
    await rest.call("DELETE", f"{there}/thread-members/{ada.id}")
    await ada.command("/comic", "two", who=ada.id)
    await rest.call("PATCH", there, {"archived": True})
    await rest.call("PATCH", there, {"archived": False, "name": "three"})
    await rest.call("DELETE", there)
    await rest.call("DELETE", f"{here}/messages/{sent['id']}")
    await ada.forbid("comics", 1 << 40)
    await ada._call("POST", "/channels", {"name": "new"})
    await ada.delete_channel("new")
    await rest.call("POST", "/users/@me/channels", {"recipient_id": ada.id})
    async with Member(ada.url, "Dora"):
        pass


async def interactions(rest: RestClient, ada: Member) -> None:
    options = [
        {"type": 6, "name": "who", "description": "d"},
        {"type": 3, "name": "text", "description": "d", "autocomplete": True},
        {"type": 11, "name": "file", "description": "d"},
    ]
    comic = {"type": 1, "name": "comic", "description": "d", "options": options}
    path = f"/applications/{rest.application}/commands"
    await rest.call("PUT", path, [comic, {"type": 3, "name": "Add"}])
    upload = await ada.upload("a.txt", b"a")
    await ada.autocomplete("/comic", "text", text="a")
    shown = await ada.command("/comic", who=ada.id, file=upload["id"])
    await ada.context_menu("Add", shown["message"])
    await ada.choose(shown["message"], "who", [ada.id])
    opened = await ada.click(shown["message"], "b")
    await ada.submit_modal(opened, text="x", file=[upload["id"]])

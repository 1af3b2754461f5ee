"""A person in the sandbox, for tests and scripts: everything the page can do, as calls."""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.sandbox.wire import LOADING, Json, decode

THINKING = 5  # Discord: interaction callback type of a deferred answer
PATIENCE = 60.0  # seconds; waiting for what comes ends when it comes, on a busy machine too


class Refused(Exception):
    """The sandbox (or the member's client) did not let it happen."""


class Member:
    """One member of the guild; `async with Member(url) as ada: ...`

    Channels are given by name ("comics", a thread's name) or id. Outcomes of interactions are
    dicts: {"interaction": id, "type": callback type, "message": ..., "modal": ...,
    "choices": ...} or {"interaction": id, "failed": sentence}. A patient member waits while the bot
    thinks, and sees the message that comes then; another gets the thinking message.
    """

    def __init__(self, url: str, name: str = "Ada", *, patient: bool = True) -> None:
        self.url = url
        self.name = name
        self.patient = patient
        self.id = ""
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Member":
        self._session = aiohttp.ClientSession()
        for user in (await self.snapshot())["humans"]:
            if user["global_name"] == self.name:
                self.id = user["id"]
        if not self.id:
            self.id = (await self._call("POST", "/members", {"name": self.name}))["id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # looking

    async def snapshot(self) -> Json:
        found: Json = await self._call("GET", "/snapshot")
        return found

    async def channel(self, name: str) -> Json:
        """The newest channel or thread of that name or id; raises LookupError."""
        for channel in reversed((await self.snapshot())["channels"]):
            if name in (channel["id"], channel.get("name")):
                return dict(channel)
        raise LookupError(f"no channel {name}")

    async def messages(self, channel: str = "comics") -> list[Json]:
        """The channel's messages as this member sees them, oldest first."""
        where = {"channel": await self._channel_id(channel), "user": self.id}
        found: list[Json] = await self._call("GET", "/messages", params=where)
        return found

    async def message(self, message: Json) -> Json | None:
        """The message as it is now, or None when it is gone."""
        found = await self.messages(message["channel_id"])
        return next((m for m in found if m["id"] == message["id"]), None)

    async def download(self, attachment: Json) -> bytes:
        async with self._client.get(attachment["url"]) as response:
            response.raise_for_status()
            return await response.read()

    async def wait_for(
        self,
        predicate: Callable[[], Awaitable[Any]],
        timeout: float = PATIENCE,  # noqa: ASYNC109
        interval: float = 0.02,
    ) -> Any:
        """Asks `await predicate()` until it is truthy, and returns that; else TimeoutError."""
        end = time.monotonic() + timeout
        while True:
            found = await predicate()
            if found:
                return found
            if time.monotonic() > end:
                raise TimeoutError(f"not within {timeout} s: {predicate}")
            await asyncio.sleep(interval)

    async def wait_for_message(
        self,
        predicate: Callable[[Json], Any],
        channel: str = "comics",
        timeout: float = PATIENCE,  # noqa: ASYNC109
    ) -> Json:
        """The newest message that satisfies the predicate, as soon as there is one."""

        async def newest() -> Json | None:
            found = await self.messages(channel)
            return next((m for m in reversed(found) if predicate(m)), None)

        return dict(await self.wait_for(newest, timeout))

    async def wait_for_bot(
        self,
        timeout: float = PATIENCE,  # noqa: ASYNC109
        commands: bool = True,
    ) -> None:
        """Until the bot is online (and has registered its commands)."""

        async def there() -> bool:
            now = await self.snapshot()
            return now["bot"]["online"] and (bool(now["commands"]) or not commands)

        await self.wait_for(there, timeout)

    # doing

    async def say(
        self,
        content: str,
        channel: str = "comics",
        *,
        reply_to: Json | None = None,
        attachments: list[Json] | None = None,
    ) -> Json:
        body: Json = {"channel": await self._channel_id(channel), "content": content}
        if reply_to is not None:
            body["reply_to"] = reply_to["id"]
        body["attachments"] = [attachment["id"] for attachment in attachments or []]
        return dict(await self._act("/say", body))

    async def command(self, name: str, /, channel: str = "comics", **options: object) -> Json:
        """`await ada.command("/story start", title="Rain")`"""
        body = {"channel": await self._channel_id(channel), "name": name, "options": options}
        return await self._outcome("/command", body)

    async def context_menu(self, name: str, message: Json) -> Json:
        body = {"channel": message["channel_id"], "name": name, "target": message["id"]}
        return await self._outcome("/command", body)

    async def autocomplete(
        self, name: str, focused: str, /, channel: str = "comics", **options: object
    ) -> list[Json]:
        """The choices offered for the option `focused`, with what is typed in `options`."""
        body = {"channel": await self._channel_id(channel), "name": name, "options": options}
        found: list[Json] = await self._act("/autocomplete", body | {"focused": focused})
        return found

    async def click(self, message: Json, custom_id: str) -> Json:
        return await self.choose(message, custom_id, [])

    async def choose(self, message: Json, custom_id: str, values: list[str]) -> Json:
        place = {"channel": message["channel_id"], "message": message["id"]}
        return await self._outcome("/use", place | {"custom_id": custom_id, "values": values})

    async def submit_modal(
        self, outcome: Json, values: Json | None = None, **named: object
    ) -> Json:
        """Fills in the dialog that `outcome` opened; values by custom id or by label."""
        body = {"interaction": outcome["interaction"], "values": (values or {}) | named}
        return await self._outcome("/submit", body)

    async def upload(self, filename: str, data: bytes) -> Json:
        """A file to attach, to give as an option or in a dialog (by its id)."""
        return dict(await self._call("POST", "/upload", data, params={"filename": filename}))

    async def react(self, message: Json, emoji: str) -> None:
        place = {"channel": message["channel_id"], "message": message["id"]}
        await self._act("/react", place | {"emoji": emoji})

    async def delete(self, message: Json) -> None:
        place = {"channel": message["channel_id"], "message": message["id"]}
        await self._act("/retract", place)

    # arranging

    async def speak(self, locale: str) -> None:
        """Sets the language of this member's client, as "zh-CN"."""
        await self._call("PUT", "/locale", {"user": self.id, "locale": locale})

    async def faults(self, **changes: object) -> Json:
        """Turns fault switches (fields of `faults.Faults`)."""
        return dict(await self._call("PATCH", "/faults", changes))

    async def drop_gateway(self, *, resumable: bool = True) -> int:
        dropped = await self._call("POST", "/gateway/drop", {"resumable": resumable})
        return int(dropped["dropped"])

    async def expire_tokens(self) -> None:
        await self._call("POST", "/tokens/expire", {})

    async def forbid(self, channel: str, permissions: int) -> None:
        """Takes permissions from the bot in a channel (0 gives them back)."""
        body = {"channel": await self._channel_id(channel), "deny": permissions}
        await self._call("PUT", "/permissions", body)

    async def allow(self, channel: str, permissions: int) -> None:
        """Gives the bot more permissions in a channel than it was invited with."""
        body = {"channel": await self._channel_id(channel), "allow": permissions}
        await self._call("PUT", "/permissions", body)

    async def kick_bot(self) -> None:
        """Removes the bot from the guild."""
        await self._call("POST", "/kick", {})

    async def archive(self, thread: str, *, locked: bool = False) -> None:
        """Archives a thread, and locks it."""
        changes = {"archived": True, "locked": locked}
        await self._call("PATCH", f"/channels/{await self._channel_id(thread)}", changes)

    async def delete_channel(self, channel: str) -> None:
        await self._call("DELETE", f"/channels/{await self._channel_id(channel)}")

    async def _channel_id(self, channel: str) -> str:
        return channel if channel.isdigit() else str((await self.channel(channel))["id"])

    async def _act(self, path: str, body: Json) -> Any:
        return await self._call("POST", path, body | {"user": self.id})

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use `async with Member(url) as member`")
        return self._session

    async def _outcome(self, path: str, body: Json) -> Json:
        outcome = dict(await self._act(path, body))
        if self.patient and outcome.get("type") == THINKING:
            outcome["message"] = await self._thought(outcome["message"])
        return outcome

    async def _thought(self, thinking: Json) -> Json:
        """The message once the bot has thought, or as it was when it went away."""

        async def settled() -> Json | None:
            now = await self.message(thinking)
            if now is None:
                return thinking
            return None if now["flags"] & LOADING else now

        return dict(await self.wait_for(settled))

    async def _call(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        *,
        params: dict[str, str] | None = None,
    ) -> Any:
        content: dict[str, Any] = (
            {"data": io.BytesIO(body)} if isinstance(body, bytes) else {"json": body}
        )
        address = f"{self.url}/sandbox{path}"
        async with self._client.request(method, address, params=params, **content) as response:
            answer = decode(await response.read())
            if response.status >= 400:
                raise Refused(answer["error"])
            return answer

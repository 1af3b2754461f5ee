"""Discord's API without a library: what discord.py would never send, and a bare gateway."""

import io
import json
from typing import Any

import aiohttp

from bot.sandbox.server import Sandbox


class RestClient:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.core.world
        self.comics = next(c["id"] for c in self.world.channels.values() if c["name"] == "comics")
        self.application = self.world.bot_id

    async def __aenter__(self) -> "RestClient":
        self._session = aiohttp.ClientSession(headers={"Authorization": "Bot any token"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(
        self, method: str, path: str, body: Any = None, files: dict[str, bytes] | None = None
    ) -> tuple[int, Any]:
        """Status and body of the answer; with files as a multipart request."""
        options: dict[str, Any] = {"json": body} if body is not None else {}
        if files is not None:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body or {}))
            for index, (name, data) in enumerate(files.items()):
                form.add_field(f"files[{index}]", io.BytesIO(data), filename=name)
            options = {"data": form}
        address = f"{self.sandbox.url}/api/v10{path}"
        async with self._session.request(method, address, **options) as response:
            data = await response.read()
            return response.status, json.loads(data) if data else None

    async def send(self, body: Any, **more: Any) -> tuple[int, Any]:
        return await self.call("POST", f"/channels/{self.comics}/messages", body, **more)

    async def gateway(
        self, intents: int = 1 << 9, compress: str = ""
    ) -> aiohttp.ClientWebSocketResponse:
        """Connected and identified; the next frame is READY."""
        socket = await self._session.ws_connect(
            f"{self.sandbox.gateway_url}?v=10&encoding=json{compress}"
        )
        if not compress:
            assert (await socket.receive_json())["op"] == 10
            await socket.send_json({"op": 2, "d": {"token": "t", "intents": intents}})
        return socket

    async def interaction(self) -> dict[str, Any]:
        """A slash command that a bot (one that is there, but slow) has not answered yet."""
        user = self.world.humans[0]["id"]
        data = {"id": "1", "name": "comic", "type": 1}
        made = self.sandbox.interactions.make(2, user, self.comics, data)
        return made.payload

    async def answer(self, interaction: dict[str, Any], body: Any) -> tuple[int, Any]:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        return await self.call("POST", path, body)

    def follow(self, interaction: dict[str, Any], rest: str = "") -> str:
        return f"/webhooks/{self.application}/{interaction['token']}{rest}"


def error_codes(body: dict[str, Any]) -> dict[str, str]:
    """Place -> code of all errors of a form, places joined by dots."""

    def walk(errors: dict[str, Any], path: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in errors.items():
            if key == "_errors":
                found[path.removeprefix(".")] = value[0]["code"]
            else:
                found |= walk(value, f"{path}.{key}")
        return found

    return walk(body.get("errors", {}), "")

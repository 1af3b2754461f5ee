"""The member's side over HTTP, under /sandbox: for the page and for `member.Member`."""

import asyncio

from aiohttp import web

from bot.sandbox.actions import Actions
from bot.sandbox.core import Core
from bot.sandbox.interactions import Interactions
from bot.sandbox.replies import ROOT, Handler, body_of, reply, safe
from bot.sandbox.uploads import Upload, store_upload
from bot.sandbox.views import channel_view, message_view
from bot.sandbox.wire import encode


class SandboxApi:
    def __init__(self, core: Core, interactions: Interactions) -> None:
        self._core = core
        self._actions = Actions(core, interactions)

    def routes(self) -> list[web.RouteDef]:
        listed: list[tuple[str, str, Handler]] = [
            ("GET", "/snapshot", self.snapshot),
            ("GET", "/messages", self.messages),
            ("GET", "/stream", self.stream),
            ("GET", "/log", self.log),
            ("GET", "/log/{number}", self.inspect),
            ("POST", "/say", self.say),
            ("POST", "/command", self.command),
            ("POST", "/autocomplete", self.autocomplete),
            ("POST", "/use", self.use),
            ("POST", "/submit", self.submit),
            ("POST", "/upload", self.upload),
            ("POST", "/react", self.react),
            ("POST", "/retract", self.retract),
        ]
        return [web.route(m, ROOT + path, safe(handler)) for m, path, handler in listed]

    # looking

    async def snapshot(self, request: web.Request) -> web.Response:
        """Everything but messages."""
        world = self._core.world
        return reply(
            {
                "guild": {"id": world.guild["id"], "name": world.guild["name"]},
                "bot": world.bot | {"online": self._core.hub.online},
                "humans": world.humans,
                "owner_id": world.guild["owner_id"],
                "roles": list(world.roles.values()),
                "channels": [channel_view(world, channel) for channel in world.channels.values()],
                "commands": list(world.commands.values()),
                "faults": self._core.faults.as_json(),
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """A channel's newest messages as the viewer sees them, oldest first."""
        world = self._core.world
        channel = world.channel(request.query["channel"])
        viewer = request.query.get("user")
        before = int(request.query.get("before", 1 << 63))
        limit = int(request.query.get("limit", 100))
        found = [m for m in world.history(channel["id"], viewer) if int(m["id"]) < before]
        return reply([message_view(world, message, viewer) for message in found[-limit:]])

    async def log(self, request: web.Request) -> web.Response:
        return reply(self._core.inspector.log)

    async def inspect(self, request: web.Request) -> web.Response:
        """What was said in one call or event, and what Discord's description says of it."""
        return reply(await self._core.inspector.inspect(int(request.match_info["number"])))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: every change the viewer may see, named as on the gateway."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        listener = self._core.stream.listen(request.query.get("user", ""))
        try:
            await response.write(b"event: HELLO\ndata: {}\n\n")
            while True:
                try:
                    event = await asyncio.wait_for(listener.queue.get(), 15.0)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                kind, data = event
                await response.write(f"event: {kind}\n".encode() + b"data: " + encode(data))
                await response.write(b"\n\n")
        except (ConnectionResetError, asyncio.CancelledError):
            pass  # the page was closed
        finally:
            self._core.stream.leave(listener)
        return response

    # doing

    async def say(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        more = {key: body.get(key) for key in ("reply_to", "attachments")}
        content = str(body.get("content") or "")
        return reply(self._actions.say(body["user"], body["channel"], content, **more))

    async def command(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        options, target = body.get("options") or {}, body.get("target")
        name = str(body["name"])
        return reply(
            await self._actions.command(body["user"], body["channel"], name, options, target)
        )

    async def autocomplete(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        options, focused = body.get("options") or {}, str(body["focused"])
        name = str(body["name"])
        return reply(
            await self._actions.autocomplete(body["user"], body["channel"], name, options, focused)
        )

    async def use(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        place = (body["user"], body["channel"], body["message"])
        return reply(await self._actions.use(*place, body["custom_id"], body.get("values")))

    async def submit(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        values = body.get("values") or {}
        return reply(await self._actions.submit(body["user"], body["interaction"], values))

    async def upload(self, request: web.Request) -> web.Response:
        """A file for a message, an option or a dialog: its body, named by ?filename="""
        world = self._core.world
        name = request.query.get("filename", "file")
        upload = Upload(name.rsplit("/", 1)[-1], await request.read())
        channel = request.query.get("channel", "0")
        return reply(store_upload(world, self._core.url, channel, upload))

    async def react(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        self._actions.react(body["user"], body["channel"], body["message"], body["emoji"])
        return reply({})

    async def retract(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        self._actions.retract(body["user"], body["channel"], body["message"])
        return reply({})

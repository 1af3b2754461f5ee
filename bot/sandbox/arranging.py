"""What tests and the page arrange over HTTP: members, channels, permissions and faults."""

from aiohttp import web

from bot.sandbox import threads
from bot.sandbox.core import Core
from bot.sandbox.interactions import Interactions
from bot.sandbox.replies import ROOT, body_of, reply, safe


class ArrangingApi:
    def __init__(self, core: Core, interactions: Interactions) -> None:
        self._core = core
        self._interactions = interactions

    def routes(self) -> list[web.RouteDef]:
        listed = [
            ("POST", "/members", self.add_member),
            ("PUT", "/locale", self.set_locale),
            ("POST", "/channels", self.add_channel),
            ("POST", "/threads", self.start_thread),
            ("PATCH", "/channels/{channel}", self.edit_channel),
            ("DELETE", "/channels/{channel}", self.delete_channel),
            ("PUT", "/permissions", self.permissions),
            ("POST", "/kick", self.kick),
            ("GET", "/faults", self.faults),
            ("PATCH", "/faults", self.set_faults),
            ("POST", "/gateway/drop", self.drop),
            ("POST", "/tokens/expire", self.expire),
        ]
        return [web.route(method, ROOT + path, safe(handler)) for method, path, handler in listed]

    async def add_member(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = str(body["name"])
        user = self._core.world.add_user(name.lower().replace(" ", "_"), name)
        guild_id = self._core.world.guild["id"]
        member = self._core.world.members[user["id"]] | {"user": user, "guild_id": guild_id}
        self._core.emit("GUILD_MEMBER_ADD", member)
        return reply(user)

    async def set_locale(self, request: web.Request) -> web.Response:
        """The language of a member's client: one of Discord's locales, as "zh-CN"."""
        body = await body_of(request, self._core)
        self._core.locales[body["user"]] = str(body["locale"])
        return reply({})

    async def add_channel(self, request: web.Request) -> web.Response:
        body = await request.json()
        world = self._core.world
        channel = world.add_channel(str(body["name"]), body.get("topic"), len(world.channels))
        self._core.emit_channel("CHANNEL_CREATE", channel)
        return reply(channel)

    async def start_thread(self, request: web.Request) -> web.Response:
        body = await body_of(request, self._core)
        parent = self._core.world.channel(body["channel"])
        thread = threads.start(self._core, parent, body["user"], {"name": body["name"]})
        return reply(thread)

    async def edit_channel(self, request: web.Request) -> web.Response:
        channel = self._core.world.channel(request.match_info["channel"])
        threads.edit(self._core, channel, await request.json())
        return reply(channel)

    async def delete_channel(self, request: web.Request) -> web.Response:
        channel = self._core.world.channel(request.match_info["channel"])
        threads.delete_channel(self._core, channel)
        return reply({})

    async def permissions(self, request: web.Request) -> web.Response:
        """Takes permissions from the bot in one channel: {"channel", "deny", "allow"}."""
        body = await request.json()
        channel = self._core.world.channel(body["channel"])
        bits = {"type": 1, "deny": body.get("deny", 0), "allow": body.get("allow", 0)}
        threads.overwrite(self._core, channel, self._core.world.bot_id, bits)
        return reply(channel)

    async def kick(self, request: web.Request) -> web.Response:
        """Removes the bot from the guild, until the sandbox starts anew.

        https://docs.discord.com/developers/events/gateway-events#guild-delete
        """
        world = self._core.world
        world.members.pop(world.bot_id, None)
        self._core.emit("GUILD_DELETE", {"id": world.guild["id"], "unavailable": False})
        return reply({})

    async def faults(self, request: web.Request) -> web.Response:
        return reply(self._core.faults.as_json())

    async def set_faults(self, request: web.Request) -> web.Response:
        self._core.faults.update(await request.json())
        return reply(self._core.faults.as_json())

    async def drop(self, request: web.Request) -> web.Response:
        body = await request.json()
        return reply({"dropped": self._core.hub.drop(resumable=bool(body.get("resumable", True)))})

    async def expire(self, request: web.Request) -> web.Response:
        self._interactions.expire()
        return reply({})

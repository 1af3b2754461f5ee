"""What every handler shares: the world, the gateway's sessions, faults, clock and address."""

import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.inspecting import Inspector
from bot.sandbox.limits import Limits
from bot.sandbox.nonces import Nonces
from bot.sandbox.sessions import Hub
from bot.sandbox.state import World
from bot.sandbox.store import Store
from bot.sandbox.stream import Stream
from bot.sandbox.views import channel_view, message_event, message_view
from bot.sandbox.wire import Clock, Json

Observer = Callable[[str, str, object, int, object], None]
# method, path, request body, status, response body


class Core:
    def __init__(
        self,
        *,
        state: Path | None = None,
        faults: Faults | None = None,
        clock: Clock = time.time,
        observer: Observer | None = None,
        heartbeat: float = 41.25,
        token: str | None = None,
        document: Path | None = None,
    ) -> None:
        self.clock = clock
        self.faults = faults or Faults()
        self.store = Store(state)
        self.world = World(self.store, clock)
        self.hub = Hub(clock, self.faults.copies)
        self.hub.bot_id = self.world.bot_id
        self.hub.on_change = self._presence_changed
        self.hub.on_event = self.record_event
        self.stream = Stream()
        self.nonces = Nonces(self.world, clock, self.faults)
        self.limits = Limits()
        self.observer = observer
        self.heartbeat = heartbeat  # seconds; Discord asks for 41.25
        self.sockets: set[web.WebSocketResponse] = set()
        self.inspector = Inspector(document)
        self.locales: dict[str, str] = {}  # user -> the language of that user's client
        self.url = ""
        self._token = token

    @property
    def gateway_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/gateway"

    def accepts(self, token: str) -> bool:
        """Any token will do, unless the sandbox was started with one."""
        return bool(token) and (self._token is None or token == self._token)

    def emit(self, event: str, data: Json) -> None:
        """A gateway event that is neither a message nor a channel."""
        self.hub.dispatch(event, data)
        self.stream.publish(event, data)

    def emit_message(self, event: str, message: Json) -> None:
        """MESSAGE_CREATE or MESSAGE_UPDATE; an ephemeral one reaches only its viewer's page."""
        viewer = self.world.viewers.get(message["id"])
        if viewer is None:
            self.hub.dispatch(event, message_event(self.world, message))
        self.stream.publish(event, message_view(self.world, message), viewer)

    def emit_message_gone(self, message: Json) -> None:
        gone = {"id": message["id"], "channel_id": message["channel_id"]}
        viewer = self.world.viewers.get(message["id"])
        channel = self.world.channels.get(message["channel_id"], {})
        if "guild_id" in channel:
            gone["guild_id"] = channel["guild_id"]
        if viewer is None:
            self.hub.dispatch("MESSAGE_DELETE", gone)
        self.stream.publish("MESSAGE_DELETE", gone, viewer)

    def emit_channel(self, event: str, channel: Json) -> None:
        self.emit(event, channel_view(self.world, channel))

    def record(self, entry: Json, request: object, answer: object) -> None:
        """Notes an API call for the page's log."""
        self.stream.publish("API_CALL", self.inspector.note_call(entry, request, answer))

    def record_event(self, event: str, data: Json) -> None:
        """Notes a gateway event for the page's log."""
        self.stream.publish("GATEWAY", self.inspector.note_event(event, data))

    def _presence_changed(self) -> None:
        self.stream.publish("BOT_PRESENCE", {"online": self.hub.online})


CORE = web.AppKey("core", Core)

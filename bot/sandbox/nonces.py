"""Nonces: the same message sent twice within some minutes is one message.

https://docs.discord.com/developers/resources/message#create-message (`enforce_nonce`)
"""

from bot.sandbox.faults import Faults
from bot.sandbox.state import World
from bot.sandbox.wire import Clock, Json

LIFETIME = 300.0  # seconds; the documentation says "the past few minutes"


class Nonces:
    def __init__(self, world: World, clock: Clock, faults: Faults) -> None:
        self._world = world
        self._clock = clock
        self._faults = faults
        self._sent: dict[tuple[str, str], tuple[float, str]] = {}

    def sent(self, channel_id: str, body: Json) -> Json | None:
        """The message this body was sent as before, when it asks for that check."""
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        when, message_id = self._sent.get((channel_id, str(body["nonce"])), (0.0, ""))
        if self._faults.forget_nonces or self._clock() - when > LIFETIME:
            return None
        return self._world.messages.get(channel_id, {}).get(message_id)

    def remember(self, channel_id: str, body: Json, message: Json) -> None:
        now = self._clock()
        if body.get("nonce") is not None:
            self._sent[channel_id, str(body["nonce"])] = (now, message["id"])
        for key in [k for k, (when, _) in self._sent.items() if now - when > LIFETIME]:
            del self._sent[key]

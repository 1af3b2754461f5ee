"""Interactions: what a member does, on its way to the bot and back.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import asyncio
import secrets
from dataclasses import dataclass, field

from bot.sandbox.core import Core
from bot.sandbox.errors import EXPIRED_TOKEN, UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, ApiError
from bot.sandbox.uploads import UPLOAD_LIMIT
from bot.sandbox.views import channel_view, interaction_member, message_view
from bot.sandbox.wire import Json, snowflake_time

DEADLINE = 3.0  # seconds for the first response
TOKEN_LIFETIME = 900.0  # seconds for everything after it
DIALOG_LIFETIME = 7 * 86400.0  # seconds; a dialog stands open as long as its member likes

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MODAL = 9  # type of the response that opens a dialog


@dataclass(eq=False)
class Interaction:
    id: str
    token: str
    type: int
    user_id: str
    channel_id: str
    made: float
    payload: Json
    message: Json | None = None  # the one whose component was used
    response: int | None = None  # the callback's type, once there was one
    original_id: str | None = None
    ephemeral: bool = False
    deferred: bool = False  # answered with "thinking", and nothing else yet
    modal: Json | None = None
    source: "Interaction | None" = None  # of a modal: the interaction that opened it
    outcome: asyncio.Future[Json] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def settle(self, outcome: Json) -> None:
        if not self.outcome.done():
            self.outcome.set_result({"interaction": self.id} | outcome)


class Interactions:
    def __init__(self, core: Core, deadline: float = DEADLINE) -> None:
        self._core = core
        self.deadline = deadline
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        for key, _ in core.store.rows("dialog"):
            if snowflake_time(key) < core.clock() - DIALOG_LIFETIME:
                core.store.delete("dialog", key)

    def make(
        self,
        kind: int,
        user_id: str,
        channel_id: str,
        data: Json,
        *,
        message: Json | None = None,
        source: Interaction | None = None,
    ) -> Interaction:
        """Sends INTERACTION_CREATE; `outcome` becomes done when the bot has responded."""
        self._forget_old()
        core = self._core
        interaction = Interaction(
            id=core.world.snowflakes.next(),
            token=secrets.token_urlsafe(48),
            type=kind,
            user_id=user_id,
            channel_id=channel_id,
            made=core.clock(),
            payload={},
            message=message,
            source=source,
        )
        interaction.payload = self._payload(interaction, data)
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        core.hub.dispatch("INTERACTION_CREATE", interaction.payload)
        return interaction

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        world, user_id = self._core.world, interaction.user_id
        channel = world.channel(interaction.channel_id)
        allowed = interaction_member(world, user_id, channel)
        payload: Json = {
            "id": interaction.id,
            "application_id": world.bot_id,
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": channel["id"],
            "channel": channel_view(world, channel) | {"permissions": allowed["permissions"]},
            "app_permissions": world.app_permissions(channel),
            "locale": self._core.locales.get(user_id, "en-US"),
            "entitlements": [],
            "attachment_size_limit": UPLOAD_LIMIT,
        }
        if interaction.message is not None:
            payload["message"] = message_view(world, interaction.message)
        if "guild_id" in channel:
            return payload | _in_guild(world.guild) | {"member": allowed}
        owners = {"0": "0"}
        user = world.users[user_id]
        return payload | {"user": user, "context": 1, "authorizing_integration_owners": owners}

    async def outcome(self, interaction: Interaction) -> Json:
        """What the bot responded within the deadline, else a failure."""
        if not self._core.hub.waiting:
            interaction.settle({"failed": "The bot is offline."})
        try:
            return await asyncio.wait_for(asyncio.shield(interaction.outcome), self.deadline)
        except TimeoutError:
            interaction.settle({"failed": "The application did not respond."})
            return interaction.outcome.result()

    def open_dialog(self, interaction: Interaction, modal: Json) -> None:
        """It stays open in the member's client, also while the sandbox is away."""
        interaction.modal = modal
        kept = ("application_id", "authorizing_integration_owners", "data", "member", "user")
        row: Json = {
            "type": interaction.type,
            "user_id": interaction.user_id,
            "channel_id": interaction.channel_id,
            "message_id": interaction.message and interaction.message["id"],
            "modal": modal,
            "payload": {k: v for k, v in interaction.payload.items() if k in kept},
        }
        self._core.store.put("dialog", interaction.id, row)
        interaction.settle({"type": MODAL, "modal": modal})

    def opened(self, interaction_id: str) -> Interaction | None:
        """The interaction that opened a dialog, if need be from before the sandbox's start."""
        interaction = self._by_id.get(interaction_id)
        if interaction is not None and interaction.modal is not None:
            return interaction
        row = dict(self._core.store.rows("dialog")).get(interaction_id)
        if row is None or row["channel_id"] not in self._core.world.channels:
            return None
        here = self._core.world.messages.get(row["channel_id"], {})
        return Interaction(
            id=interaction_id,
            token="",
            type=row["type"],
            user_id=row["user_id"],
            channel_id=row["channel_id"],
            made=snowflake_time(interaction_id),
            payload=row["payload"],
            message=here.get(row["message_id"]),  # a private one is gone
            response=MODAL,
            modal=row["modal"],
        )

    def close_dialog(self, interaction_id: str) -> None:
        self._core.store.delete("dialog", interaction_id)

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """The interaction of a callback; 10062 when it is unknown or too old."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise ApiError(UNKNOWN_INTERACTION)
        late = self._core.clock() - interaction.made > self.deadline
        if interaction.response is None and (late or interaction.outcome.done()):
            raise ApiError(UNKNOWN_INTERACTION)
        return interaction

    def to_follow(self, application_id: str, token: str) -> Interaction:
        """The interaction of a follow-up; the token works after a response, for 15 minutes."""
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._core.world.bot_id:
            raise ApiError(UNKNOWN_WEBHOOK)
        if self._core.clock() - interaction.made > TOKEN_LIFETIME:
            raise ApiError(EXPIRED_TOKEN)
        if interaction.response is None:
            raise ApiError(UNKNOWN_WEBHOOK)
        return interaction

    def expire(self) -> None:
        """Makes every token as old as it can't be used any more (a fault)."""
        for interaction in self._by_id.values():
            interaction.made -= TOKEN_LIFETIME

    def _forget_old(self) -> None:
        """Drops what is so old that even its refusal is of no interest."""
        oldest = self._core.clock() - 4 * TOKEN_LIFETIME
        for interaction in [i for i in self._by_id.values() if i.made < oldest]:
            del self._by_id[interaction.id]
            del self._by_token[interaction.token]


def _in_guild(guild: Json) -> Json:
    return {
        "guild_id": guild["id"],
        "guild": {
            "id": guild["id"],
            "locale": guild["preferred_locale"],
            "features": guild["features"],
        },
        "guild_locale": guild["preferred_locale"],
        "context": 0,
        "authorizing_integration_owners": {"0": guild["id"]},
    }

"""What exists in the sandbox: one guild, its members, channels, threads and messages.

Bodies are kept as Discord's own JSON, so that an answer is (almost) what is stored. Whoever
changes a body calls `save_...`; whoever shows a message goes through `views.py`.
"""

from collections import deque
from collections.abc import Iterator

from bot.sandbox import permissions
from bot.sandbox.errors import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, ApiError
from bot.sandbox.founding import (
    CHANNELS,
    HUMANS,
    new_channel,
    new_guild,
    new_member,
    new_role,
    new_user,
)
from bot.sandbox.store import Store
from bot.sandbox.wire import EPHEMERAL, Clock, Json, Snowflakes, timestamp

RETIREMENT = 600.0  # seconds that a removed file can still be loaded


class World:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.snowflakes = Snowflakes(clock)
        self.guild: Json = {}
        self.users: dict[str, Json] = {}
        self.members: dict[str, Json] = {}
        self.roles: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.thread_members: dict[str, dict[str, Json]] = {}
        self.messages: dict[str, dict[str, Json]] = {}
        self.reactions: dict[str, dict[str, list[str]]] = {}  # message -> emoji -> user ids
        self.viewers: dict[str, str] = {}  # ephemeral message -> the one user who sees it
        self.attachments: dict[str, Json] = {}
        self.commands: dict[str, Json] = {}
        self._retired: deque[tuple[float, str]] = deque()
        self._load()
        if not self.guild:
            self._found()

    # who and where

    @property
    def bot_id(self) -> str:
        """The bot's user, which has the application's id (as in new Discord applications)."""
        return str(self.guild["application_id"])

    @property
    def bot(self) -> Json:
        return self.users[self.bot_id]

    @property
    def humans(self) -> list[Json]:
        return [user for user in self.users.values() if not user.get("bot")]

    def channel(self, channel_id: str) -> Json:
        try:
            return self.channels[channel_id]
        except KeyError:
            raise ApiError(UNKNOWN_CHANNEL) from None

    def message(self, channel_id: str, message_id: str) -> Json:
        try:
            return self.messages[channel_id][message_id]
        except KeyError:
            raise ApiError(UNKNOWN_MESSAGE) from None

    def history(self, channel_id: str, viewer: str | None = None) -> list[Json]:
        """The channel's messages, oldest first; ephemeral ones only for their viewer."""
        return [
            message
            for message in self.messages.get(channel_id, {}).values()
            if self.viewers.get(message["id"], viewer) == viewer
        ]

    def threads(self) -> list[Json]:
        return [channel for channel in self.channels.values() if channel["type"] in (10, 11, 12)]

    def app_permissions(self, channel: Json) -> str:
        return str(permissions.permissions_in(self, self.bot_id, channel))

    # changes

    def save_user(self, user: Json, member: Json) -> None:
        self.users[user["id"]] = user
        self.members[user["id"]] = member
        self.store.put("user", user["id"], {"user": user, "member": member})

    def save_role(self, role: Json) -> None:
        self.roles[role["id"]] = role
        self.store.put("role", role["id"], role)

    def save_channel(self, channel: Json) -> None:
        self.channels[channel["id"]] = channel
        self.store.put("channel", channel["id"], channel)

    def forget_channel(self, channel_id: str) -> None:
        """Removes a channel with its messages and threads."""
        for thread in [t for t in self.threads() if t["parent_id"] == channel_id]:
            self.forget_channel(thread["id"])
        for message_id in list(self.messages.pop(channel_id, {})):
            self.store.delete("message", message_id)
        self.thread_members.pop(channel_id, None)
        self.channels.pop(channel_id, None)
        self.store.delete("channel", channel_id)

    def save_thread_member(self, thread_id: str, user_id: str) -> Json:
        joined = self.thread_members.setdefault(thread_id, {})
        if user_id not in joined:
            joined[user_id] = {
                "id": thread_id,
                "user_id": user_id,
                "join_timestamp": timestamp(self.clock()),
                "flags": 0,
            }
        self._save_thread_members(thread_id)
        return joined[user_id]

    def forget_thread_member(self, thread_id: str, user_id: str) -> None:
        self.thread_members.get(thread_id, {}).pop(user_id, None)
        self._save_thread_members(thread_id)

    def _save_thread_members(self, thread_id: str) -> None:
        joined = self.thread_members[thread_id]
        self.store.put("thread_members", thread_id, joined)
        thread = self.channels[thread_id]
        thread["member_count"] = min(len(joined), 50)  # Discord counts no further
        self.save_channel(thread)

    def save_message(self, message: Json, viewer: str | None = None) -> None:
        """Stores a message; an ephemeral one only in memory, as Discord's clients do."""
        self.messages.setdefault(message["channel_id"], {})[message["id"]] = message
        if message.get("flags", 0) & EPHEMERAL:
            if viewer is not None:
                self.viewers[message["id"]] = viewer
            return
        row = {"message": message, "reactions": self.reactions.get(message["id"], {})}
        self.store.put("message", message["id"], row)

    def forget_message(self, message: Json) -> None:
        self.messages.get(message["channel_id"], {}).pop(message["id"], None)
        self.reactions.pop(message["id"], None)
        self.viewers.pop(message["id"], None)
        self.store.delete("message", message["id"])

    def save_attachment(self, attachment: Json, data: bytes) -> None:
        self.attachments[attachment["id"]] = attachment
        self.store.write_file(attachment["id"], data)
        self.store.put("attachment", attachment["id"], attachment)

    def retire_attachment(self, attachment_id: str) -> None:
        """The file is served for a while yet: somebody may just be loading it."""
        now = self.clock()
        self._retired.append((now, attachment_id))
        while self._retired[0][0] < now - RETIREMENT:
            self.forget_attachment(self._retired.popleft()[1])

    def forget_attachment(self, attachment_id: str) -> None:
        self.attachments.pop(attachment_id, None)
        self.store.forget_file(attachment_id)
        self.store.delete("attachment", attachment_id)

    def save_command(self, command: Json) -> None:
        self.commands[command["id"]] = command
        self.store.put("command", command["id"], command)

    def forget_command(self, command_id: str) -> None:
        self.commands.pop(command_id, None)
        self.store.delete("command", command_id)

    # beginning

    def move(self, url: str) -> None:
        """Makes every address in the state begin with `url`, whatever the last run's was."""
        known = dict(self.store.rows("address"))
        before = known["url"]["value"] if known else None
        if before is not None and before != url:
            self.store.move(before, url)
            self._load()
        self.store.put("address", "url", {"value": url})

    def _load(self) -> None:
        for _, guild in self._rows("guild"):
            self.guild = guild
        for user_id, row in self._rows("user"):
            self.users[user_id], self.members[user_id] = row["user"], row["member"]
        self.roles = dict(self._rows("role"))
        self.channels = dict(self._rows("channel"))
        self.thread_members = dict(self._rows("thread_members"))
        self.attachments = dict(self._rows("attachment"))
        self.commands = dict(self._rows("command"))
        for message_id, row in self._rows("message"):
            message = row["message"]
            self.messages.setdefault(message["channel_id"], {})[message_id] = message
            self.reactions[message_id] = row["reactions"]
        messages = [m for channel in self.messages.values() for m in channel.values()]
        in_use = {a["id"] for message in messages for a in message["attachments"]}
        for attachment_id in self.attachments.keys() - in_use:
            self.forget_attachment(attachment_id)

    def _rows(self, kind: str) -> Iterator[tuple[str, Json]]:
        for key, body in self.store.rows(kind):
            self.snowflakes.seen(key)
            yield key, body

    def _found(self) -> None:
        """The first day: a guild, its people, the bot and two channels."""
        guild_id, bot_id = self.snowflakes.next(), self.snowflakes.next()
        self.guild = new_guild(guild_id, application_id=bot_id)
        self.save_role(new_role(guild_id, "@everyone", permissions.EVERYONE, position=0))
        bot_role = new_role(self.snowflakes.next(), "Inkthread", permissions.BOT, position=1)
        self.save_role(bot_role | {"managed": True, "tags": {"bot_id": bot_id}})
        self.add_user("inkthread", "Inkthread", user_id=bot_id, roles=[bot_role["id"]], bot=True)
        people = [self.add_user(username, name) for username, name in HUMANS]
        self.guild["owner_id"] = people[0]["id"]
        self.store.put("guild", guild_id, self.guild)
        for position, (name, topic) in enumerate(CHANNELS):
            self.add_channel(name, topic, position)

    def add_user(
        self,
        username: str,
        name: str,
        *,
        user_id: str | None = None,
        roles: list[str] | None = None,
        bot: bool = False,
    ) -> Json:
        user = new_user(user_id or self.snowflakes.next(), username, name, bot=bot)
        self.save_user(user, new_member(self.clock(), roles or []))
        return user

    def add_channel(self, name: str, topic: str | None, position: int) -> Json:
        channel = new_channel(self.snowflakes.next(), self.guild["id"], name, topic, position)
        self.save_channel(channel)
        return channel

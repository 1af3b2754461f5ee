"""What happens to channels and threads, whoever does it (the bot or a member).

https://docs.discord.com/developers/topics/threads
"""

from datetime import datetime

from bot.sandbox import messages, permissions, rules
from bot.sandbox.core import Core
from bot.sandbox.errors import THREAD_ARCHIVED, ApiError
from bot.sandbox.permissions import permissions_in, require
from bot.sandbox.state import World
from bot.sandbox.views import thread_view
from bot.sandbox.wire import HAS_THREAD, Json, snowflake_time, timestamp

MODERATED = ("locked", "rate_limit_per_user", "invitable", "flags")


def start(
    core: Core,
    parent: Json,
    owner_id: str,
    body: Json,
    *,
    message: Json | None = None,
    private: bool = False,
) -> Json:
    """A new thread; one started from a message has the message's id."""
    world = core.world
    thread = _new(core, parent, body) | {"owner_id": owner_id, "type": 12 if private else 11}
    thread["id"] = message["id"] if message else world.snowflakes.next()
    if private:
        thread["thread_metadata"]["invitable"] = body.get("invitable", True)
    world.save_channel(thread)
    world.save_thread_member(thread["id"], owner_id)
    core.emit("THREAD_CREATE", thread_view(world, thread) | {"newly_created": True})
    if message is not None:
        message["flags"] |= HAS_THREAD
        world.save_message(message)
        core.emit_message("MESSAGE_UPDATE", message)
    _tell_start(core, parent, thread, message, private=private)
    return thread


def _new(core: Core, parent: Json, body: Json) -> Json:
    now = timestamp(core.clock())
    return {
        "guild_id": parent["guild_id"],
        "parent_id": parent["id"],
        "name": body["name"],
        "last_message_id": None,
        "message_count": 0,
        "member_count": 0,
        "total_message_sent": 0,
        "rate_limit_per_user": body.get("rate_limit_per_user") or 0,
        "flags": 0,
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": now,
            "auto_archive_duration": body.get("auto_archive_duration") or 4320,
            "locked": False,
            "create_timestamp": now,
        },
    }


def _tell_start(
    core: Core, parent: Json, thread: Json, message: Json | None, *, private: bool
) -> None:
    """The system messages: 21 in a thread that began at a message, else 18 in its parent.

    https://docs.discord.com/developers/resources/message#message-object-message-types
    """
    owner = core.world.users[thread["owner_id"]]
    refers: Json = {"type": 0, "channel_id": parent["id"], "guild_id": parent["guild_id"]}
    if message is not None:
        refers["message_id"] = message["id"]
        extra = {"message_reference": refers}
        body: Json = {}
        messages.create(
            core, thread, owner, body, {}, kind=21, extra=extra, loading=True, counted=False
        )
    elif not private:
        extra = {"message_reference": refers | {"channel_id": thread["id"]}}
        messages.create(core, parent, owner, {"content": thread["name"]}, {}, kind=18, extra=extra)


def require_to_edit(world: World, thread: Json, body: Json) -> None:
    """The owner may rename and archive; locking and the rest need MANAGE_THREADS."""
    moderator = permissions_in(world, world.bot_id, thread) & permissions.MANAGE_THREADS
    if any(body.get(key) for key in MODERATED) or thread["owner_id"] != world.bot_id:
        reopening = body.get("archived") is False and not thread["thread_metadata"]["locked"]
        if not (reopening and body.keys() <= {"archived"}):
            require(world, world.bot_id, thread, permissions.MANAGE_THREADS)
    metadata = thread["thread_metadata"]
    if metadata["archived"] and body.get("archived") is not False:
        raise ApiError(THREAD_ARCHIVED)
    if metadata["locked"] and not moderator:
        require(world, world.bot_id, thread, permissions.MANAGE_THREADS)


def edit(core: Core, thread: Json, body: Json) -> None:
    rules.check_thread(body, changes=True)
    metadata = thread["thread_metadata"]
    if "archived" in body and bool(body["archived"]) != metadata["archived"]:
        metadata["archived"] = bool(body["archived"])
        metadata["archive_timestamp"] = timestamp(core.clock())
    for key in ("locked", "auto_archive_duration", "invitable"):
        if key in body:
            metadata[key] = body[key]
    for key in ("name", "rate_limit_per_user"):
        if body.get(key) is not None:
            thread[key] = body[key]
    core.world.save_channel(thread)
    core.emit_channel("THREAD_UPDATE", thread)


def archive_idle(core: Core) -> None:
    """Archives threads in which nobody wrote for their `auto_archive_duration`.

    https://docs.discord.com/developers/topics/threads#active-archived-threads
    """
    for thread in core.world.threads():
        metadata = thread["thread_metadata"]
        reopened = datetime.fromisoformat(metadata["archive_timestamp"]).timestamp()
        active = max(reopened, snowflake_time(thread["last_message_id"] or thread["id"]))
        idle = core.clock() - active > metadata["auto_archive_duration"] * 60
        if idle and not metadata["archived"]:
            edit(core, thread, {"archived": True})


def delete_channel(core: Core, channel: Json) -> None:
    thread = channel["type"] in (10, 11, 12)
    core.world.forget_channel(channel["id"])
    if thread:
        gone = {key: channel[key] for key in ("id", "guild_id", "parent_id", "type")}
        core.emit("THREAD_DELETE", gone)
    else:
        core.emit("CHANNEL_DELETE", channel)


def join(core: Core, thread: Json, user_id: str) -> None:
    if user_id in core.world.thread_members.get(thread["id"], {}):
        return
    member = core.world.save_thread_member(thread["id"], user_id)
    core.emit("THREAD_MEMBERS_UPDATE", _changed(thread) | {"added_members": [member]})


def leave(core: Core, thread: Json, user_id: str) -> None:
    core.world.forget_thread_member(thread["id"], user_id)
    core.emit("THREAD_MEMBERS_UPDATE", _changed(thread) | {"removed_member_ids": [user_id]})


def _changed(thread: Json) -> Json:
    return {key: thread[key] for key in ("id", "guild_id", "member_count")}


def overwrite(core: Core, channel: Json, target: str, body: Json | None) -> None:
    """Sets (or with None removes) the channel's overwrite for a role or a member."""
    kept = [o for o in channel["permission_overwrites"] if o["id"] != target]
    if body is not None:
        kept.append(
            {
                "id": target,
                "type": int(body.get("type", 0)),
                "allow": str(body.get("allow") or 0),
                "deny": str(body.get("deny") or 0),
            }
        )
    channel["permission_overwrites"] = kept
    core.world.save_channel(channel)
    core.emit_channel("CHANNEL_UPDATE", channel)


def direct_message(core: Core, user_id: str) -> Json:
    """The channel of the bot and one member, made when there is none yet."""
    world = core.world
    for channel in world.channels.values():
        if channel["type"] == 1 and channel["recipients"][0]["id"] == user_id:
            return channel
    channel = {
        "id": world.snowflakes.next(),
        "type": 1,
        "flags": 0,
        "last_message_id": None,
        "recipients": [world.users[user_id]],
    }
    world.save_channel(channel)
    core.emit("CHANNEL_CREATE", channel)
    return channel

"""Messages of a channel: send, read, edit, delete, react.

https://docs.discord.com/developers/resources/message
"""

from urllib.parse import unquote

from bot.sandbox import messages, permissions, rules
from bot.sandbox.errors import (
    CANNOT_EDIT_OTHERS,
    THREAD_LOCKED,
    UNKNOWN_EMOJI,
    ApiError,
)
from bot.sandbox.intents import conceal
from bot.sandbox.permissions import permissions_in, require
from bot.sandbox.rest import NOTHING, Answer, Call, Route
from bot.sandbox.views import message_event, message_view
from bot.sandbox.wire import Json

LIST = "/channels/{channel_id}/messages"
ONE = LIST + "/{message_id}"
REACTION = ONE + "/reactions/{emoji}"


def routes() -> list[Route]:
    return [
        ("POST", LIST, create),
        ("GET", LIST, history),
        ("POST", LIST + "/bulk-delete", delete_many),
        ("GET", ONE, get),
        ("PATCH", ONE, edit),
        ("DELETE", ONE, delete),
        ("PUT", REACTION + "/@me", react),
        ("DELETE", REACTION + "/@me", unreact),
        ("GET", REACTION, reactors),
        ("POST", "/channels/{channel_id}/typing", typing),
    ]


def require_to_send(call: Call, channel: Json, body: Json) -> None:
    """Raises what Discord says when the bot may not send this here."""
    world = call.core.world
    thread = channel["type"] in (10, 11, 12)
    needed = [permissions.SEND_MESSAGES_IN_THREADS if thread else permissions.SEND_MESSAGES]
    if call.files:
        needed.append(permissions.ATTACH_FILES)
    if body.get("message_reference"):
        needed.append(permissions.READ_MESSAGE_HISTORY)
    if body.get("poll"):
        needed.append(permissions.SEND_POLLS)
    require(world, world.bot_id, channel, *needed)
    if thread and channel["thread_metadata"].get("locked"):
        allowed = permissions_in(world, world.bot_id, channel)
        if not allowed & permissions.MANAGE_THREADS:
            raise ApiError(THREAD_LOCKED)


async def create(call: Call) -> Answer:
    core = call.core
    channel = core.world.channel(call["channel_id"])
    require_to_send(call, channel, call.body)
    rules.check_nonce(call.body)
    sent = core.nonces.sent(channel["id"], call.body)
    if sent is not None:
        return Answer(message_view(core.world, sent) | {"nonce": call.body["nonce"]})
    message = messages.create(core, channel, core.world.bot, call.body, call.files)
    core.nonces.remember(channel["id"], call.body, message)
    shown = message_view(core.world, message)
    if call.body.get("nonce") is not None:
        shown["nonce"] = call.body["nonce"]
    return Answer(shown)


def _shown(call: Call, message: Json) -> Json:
    """As REST shows it: concealed like the gateway's, without guild and member."""
    world, hub = call.core.world, call.core.hub
    concealed = conceal(message_event(world, message), hub.intents, hub.bot_id)
    return {k: v for k, v in concealed.items() if k not in ("guild_id", "member")}


async def history(call: Call) -> Answer:
    """https://docs.discord.com/developers/resources/message#get-channel-messages"""
    world = call.core.world
    channel = world.channel(call["channel_id"])
    require(world, world.bot_id, channel)
    limit = rules.check_limit(call.query("limit", "50"))
    if not permissions_in(world, world.bot_id, channel) & permissions.READ_MESSAGE_HISTORY:
        return Answer([])
    visible = world.history(channel["id"])
    if call.query("around"):
        middle = int(call.query("around"))
        older = [m for m in visible if int(m["id"]) < middle][-(limit // 2) :]
        newer = [m for m in visible if int(m["id"]) >= middle][: limit - len(older)]
        found = older + newer
    elif call.query("after"):
        found = [m for m in visible if int(m["id"]) > int(call.query("after"))][:limit]
    else:
        before = int(call.query("before") or 1 << 63)
        found = [m for m in visible if int(m["id"]) < before][-limit:]
    return Answer([_shown(call, message) for message in reversed(found)])


def _find(call: Call) -> Json:
    world = call.core.world
    channel = world.channel(call["channel_id"])
    require(world, world.bot_id, channel, permissions.READ_MESSAGE_HISTORY)
    return _visible(call, channel["id"], call["message_id"])


def _visible(call: Call, channel_id: str, message_id: str) -> Json:
    """An ephemeral message doesn't exist for the channel's endpoints."""
    world = call.core.world
    if message_id in world.viewers:
        message_id = ""
    return world.message(channel_id, message_id)


async def get(call: Call) -> Answer:
    return Answer(_shown(call, _find(call)))


async def edit(call: Call) -> Answer:
    world = call.core.world
    channel = world.channel(call["channel_id"])
    require(world, world.bot_id, channel)
    message = _visible(call, channel["id"], call["message_id"])
    if message["author"]["id"] != world.bot_id:
        raise ApiError(CANNOT_EDIT_OTHERS)
    rules.check_thread_open(channel)
    messages.revise(call.core, message, call.body, call.files)
    return Answer(message_view(world, message))


async def delete(call: Call) -> Answer:
    world = call.core.world
    channel = world.channel(call["channel_id"])
    message = _visible(call, channel["id"], call["message_id"])
    mine = message["author"]["id"] == world.bot_id
    require(world, world.bot_id, channel, *([] if mine else [permissions.MANAGE_MESSAGES]))
    messages.delete(call.core, message)
    return NOTHING


async def delete_many(call: Call) -> Answer:
    world = call.core.world
    channel = world.channel(call["channel_id"])
    require(world, world.bot_id, channel, permissions.MANAGE_MESSAGES)
    rules.check_bulk_delete(call.body)
    for message_id in call.body["messages"]:
        message = world.messages.get(channel["id"], {}).get(str(message_id))
        if message is not None:
            messages.delete(call.core, message)
    return NOTHING


async def react(call: Call) -> Answer:
    world = call.core.world
    message = _find(call)
    require(world, world.bot_id, world.channel(call["channel_id"]), permissions.ADD_REACTIONS)
    rules.check_thread_open(world.channel(call["channel_id"]))
    messages.react(call.core, message, _emoji(call), world.bot_id)
    return NOTHING


async def unreact(call: Call) -> Answer:
    messages.unreact(call.core, _find(call), _emoji(call), call.core.world.bot_id)
    return NOTHING


async def reactors(call: Call) -> Answer:
    world = call.core.world
    users = world.reactions.get(_find(call)["id"], {}).get(_emoji(call), [])
    return Answer([world.users[user_id] for user_id in users])


def _emoji(call: Call) -> str:
    emoji = unquote(call["emoji"])
    if emoji.isascii() and ":" not in emoji and not emoji.isdigit():
        raise ApiError(UNKNOWN_EMOJI)
    return emoji


async def typing(call: Call) -> Answer:
    core, world = call.core, call.core.world
    channel = world.channel(call["channel_id"])
    require(world, world.bot_id, channel, permissions.SEND_MESSAGES)
    event: Json = {
        "channel_id": channel["id"],
        "user_id": world.bot_id,
        "timestamp": int(core.clock()),
    }
    if "guild_id" in channel:
        event["guild_id"] = channel["guild_id"]
    core.emit("TYPING_START", event)
    return NOTHING

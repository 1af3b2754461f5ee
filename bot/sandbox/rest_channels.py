"""Channels and threads.

https://docs.discord.com/developers/resources/channel
"""

from bot.sandbox import permissions, rules, threads
from bot.sandbox.errors import (
    THREAD_EXISTS,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    WRONG_CHANNEL_TYPE,
    ApiError,
)
from bot.sandbox.permissions import require
from bot.sandbox.rest import NOTHING, Answer, Call, Route
from bot.sandbox.views import channel_view, member_view, thread_view
from bot.sandbox.wire import Json

ONE = "/channels/{channel_id}"
MEMBERS = ONE + "/thread-members"


def routes() -> list[Route]:
    return [
        ("GET", ONE, get),
        ("PATCH", ONE, edit),
        ("DELETE", ONE, delete),
        ("PUT", ONE + "/permissions/{overwrite_id}", overwrite),
        ("DELETE", ONE + "/permissions/{overwrite_id}", forget_overwrite),
        ("POST", ONE + "/threads", start),
        ("POST", ONE + "/messages/{message_id}/threads", start_from_message),
        ("GET", ONE + "/threads/archived/public", archived),
        ("GET", MEMBERS, members),
        ("GET", MEMBERS + "/{user_id}", member),
        ("PUT", MEMBERS + "/{user_id}", join),
        ("DELETE", MEMBERS + "/{user_id}", leave),
        ("POST", "/users/@me/channels", open_direct_message),
    ]


def _visible(call: Call, *needed: int) -> Json:
    world = call.core.world
    channel = world.channel(call["channel_id"])
    require(world, world.bot_id, channel, *needed)
    return channel


async def get(call: Call) -> Answer:
    return Answer(channel_view(call.core.world, _visible(call)))


async def edit(call: Call) -> Answer:
    channel = _visible(call)
    world = call.core.world
    if channel["type"] not in (10, 11, 12):
        require(world, world.bot_id, channel, permissions.MANAGE_CHANNELS)
        rules.check_channel(call.body)
        known = ("name", "topic", "position", "nsfw", "rate_limit_per_user")
        channel |= {key: call.body[key] for key in known if key in call.body}
        world.save_channel(channel)
        call.core.emit_channel("CHANNEL_UPDATE", channel)
        return Answer(channel)
    threads.require_to_edit(world, channel, call.body)
    threads.edit(call.core, channel, call.body)
    return Answer(thread_view(world, channel))


async def delete(call: Call) -> Answer:
    channel = _visible(call)
    thread = channel["type"] in (10, 11, 12)
    needed = permissions.MANAGE_THREADS if thread else permissions.MANAGE_CHANNELS
    require(call.core.world, call.core.world.bot_id, channel, needed)
    shown = channel_view(call.core.world, channel)
    threads.delete_channel(call.core, channel)
    return Answer(shown)


async def overwrite(call: Call) -> Answer:
    channel = _visible(call, permissions.MANAGE_CHANNELS)
    threads.overwrite(call.core, channel, call["overwrite_id"], call.body)
    return NOTHING


async def forget_overwrite(call: Call) -> Answer:
    channel = _visible(call, permissions.MANAGE_CHANNELS)
    threads.overwrite(call.core, channel, call["overwrite_id"], None)
    return NOTHING


async def start(call: Call) -> Answer:
    rules.check_thread(call.body)
    private = call.body.get("type", 12) == 12
    if private:
        parent = _visible(call, permissions.CREATE_PRIVATE_THREADS)
    else:
        parent = _visible(call, permissions.CREATE_PUBLIC_THREADS)
    if parent["type"] != 0:
        raise ApiError(WRONG_CHANNEL_TYPE)
    world = call.core.world
    thread = threads.start(call.core, parent, world.bot_id, call.body, private=private)
    return Answer(thread_view(world, thread), 201)


async def start_from_message(call: Call) -> Answer:
    rules.check_thread(call.body)
    parent = _visible(call, permissions.CREATE_PUBLIC_THREADS)
    world = call.core.world
    message = world.message(parent["id"], call["message_id"])
    if message["id"] in world.channels:
        raise ApiError(THREAD_EXISTS)
    thread = threads.start(call.core, parent, world.bot_id, call.body, message=message)
    return Answer(thread_view(world, thread), 201)


async def archived(call: Call) -> Answer:
    world = call.core.world
    parent = _visible(call, permissions.READ_MESSAGE_HISTORY)
    found = [
        thread
        for thread in world.threads()
        if thread["parent_id"] == parent["id"] and thread["thread_metadata"]["archived"]
    ]
    found.sort(key=lambda thread: thread["thread_metadata"]["archive_timestamp"], reverse=True)
    joined = [world.thread_members.get(thread["id"], {}).get(world.bot_id) for thread in found]
    return Answer(
        {
            "threads": [thread_view(world, thread) for thread in found],
            "members": [member for member in joined if member],
            "has_more": False,
        }
    )


async def members(call: Call) -> Answer:
    thread = _visible(call)
    return Answer(list(call.core.world.thread_members.get(thread["id"], {}).values()))


def _whom(call: Call) -> str:
    user_id = call["user_id"]
    return call.core.world.bot_id if user_id == "@me" else user_id


async def member(call: Call) -> Answer:
    thread = _visible(call)
    found = call.core.world.thread_members.get(thread["id"], {}).get(_whom(call))
    if found is None:
        raise ApiError(UNKNOWN_MEMBER)
    if call.query("with_member") in ("1", "true"):
        found = found | {"member": member_view(call.core.world, found["user_id"])}
    return Answer(found)


async def join(call: Call) -> Answer:
    thread = _visible(call)
    if _whom(call) not in call.core.world.users:
        raise ApiError(UNKNOWN_USER)
    rules.check_thread_open(thread)
    threads.join(call.core, thread, _whom(call))
    return NOTHING


async def leave(call: Call) -> Answer:
    thread = _visible(call)
    rules.check_thread_open(thread)
    threads.leave(call.core, thread, _whom(call))
    return NOTHING


async def open_direct_message(call: Call) -> Answer:
    user_id = str(call.body.get("recipient_id"))
    if user_id not in call.core.world.users:
        raise ApiError(UNKNOWN_USER)
    return Answer(threads.direct_message(call.core, user_id))

"""Messages: from a checked body to what is stored and sent to everyone.

https://docs.discord.com/developers/resources/message
"""

from bot.sandbox import rules
from bot.sandbox.components import resolve
from bot.sandbox.core import Core
from bot.sandbox.errors import Form
from bot.sandbox.mentions import mentions
from bot.sandbox.uploads import Upload, attach
from bot.sandbox.views import member_view
from bot.sandbox.wire import EPHEMERAL, IS_COMPONENTS_V2, LOADING, Json, timestamp

SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
KEPT_FLAGS = (
    SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | EPHEMERAL | IS_COMPONENTS_V2
)  # what a sender may set


def create(
    core: Core,
    channel: Json,
    author: Json,
    body: Json,
    files: dict[int, Upload],
    *,
    kind: int = 0,
    extra: Json | None = None,
    viewer: str | None = None,
    loading: bool = False,
    counted: bool = True,
) -> Json:
    """Stores a message and tells everybody; `viewer` makes it ephemeral.

    `loading` ones may be empty; a thread doesn't count its first, uncounted one.
    """
    world = core.world
    if not loading:
        rules.check_message(body, len(files))
    message = _new(core, channel, author, body, files) | {"type": kind}
    message["flags"] |= EPHEMERAL if viewer else 0
    if body.get("message_reference"):
        _refer(core, message, channel, body["message_reference"])
    message |= extra or {}
    message |= mentions(world, message, body.get("allowed_mentions"))
    if channel["type"] in (10, 11, 12):
        message["position"] = channel["total_message_sent"]
    if counted:
        _count(core, channel, message)
    world.save_message(message, viewer)
    if body.get("nonce") is not None:
        core.emit_message("MESSAGE_CREATE", message | {"nonce": body["nonce"]})
    else:
        core.emit_message("MESSAGE_CREATE", message)
    return message


def _new(core: Core, channel: Json, author: Json, body: Json, files: dict[int, Upload]) -> Json:
    world, listed = core.world, body.get("attachments")
    attachments = attach(world, core.url, channel["id"], listed, files, [])
    return {
        "id": world.snowflakes.next(),
        "channel_id": channel["id"],
        "content": (body.get("content") or "").strip(),
        "author": author,
        "timestamp": timestamp(core.clock()),
        "edited_timestamp": None,
        "tts": bool(body.get("tts")),
        "pinned": False,
        "attachments": attachments,
        "embeds": [_embed(embed, attachments) for embed in body.get("embeds") or []],
        "components": resolve(body.get("components") or [], attachments),
        "flags": (body.get("flags") or 0) & KEPT_FLAGS,
    }


def revise(core: Core, message: Json, body: Json, files: dict[int, Upload]) -> Json:
    """Edits a message in place and tells everybody; a refused edit changes nothing."""
    rules.check_message(body, len(files), message)
    rules.check_age(message, core.clock(), forbidden=core.faults.refuse_old_edits)
    world = core.world
    changes: Json = {"flags": message["flags"] & ~LOADING}
    attachments = attach(
        world,
        core.url,
        message["channel_id"],
        body.get("attachments"),
        files,
        message["attachments"],
    )
    changes["attachments"] = attachments
    changes["flags"] |= (body.get("flags") or 0) & (IS_COMPONENTS_V2 | SUPPRESS_EMBEDS)
    if "content" in body:
        changes["content"] = (body["content"] or "").strip()
    if body.get("embeds") is not None:
        changes["embeds"] = [_embed(embed, attachments) for embed in body["embeds"]]
    if body.get("components") is not None:
        changes["components"] = resolve(body["components"], attachments)
    changes |= mentions(world, message | changes, body.get("allowed_mentions"))
    changes["edited_timestamp"] = timestamp(core.clock())
    _retire_attachments(core, message, attachments)
    message.update(changes)
    world.save_message(message)
    core.emit_message("MESSAGE_UPDATE", message)
    return message


def delete(core: Core, message: Json) -> None:
    core.emit_message_gone(message)
    _retire_attachments(core, message, [])
    core.world.forget_message(message)
    channel = core.world.channels.get(message["channel_id"])
    if channel is not None and channel["type"] in (10, 11, 12):
        channel["message_count"] = max(0, channel["message_count"] - 1)
        core.world.save_channel(channel)


def _retire_attachments(core: Core, message: Json, kept: list[Json]) -> None:
    """The files that the message has no more are freed: a preview is replaced many times."""
    ids = {attachment["id"] for attachment in kept}
    for attachment in message["attachments"]:
        if attachment["id"] not in ids:
            core.world.retire_attachment(attachment["id"])


def _embed(embed: Json, attachments: list[Json]) -> Json:
    shown = {"type": "rich", **embed}
    by_name = {attachment["filename"]: attachment for attachment in attachments}
    for place in ("image", "thumbnail"):
        media = shown.get(place)
        if not media:
            continue
        name = str(media.get("url", "")).removeprefix("attachment://")
        found = by_name.get(name)
        if found:
            shown[place] = {
                "url": found["url"],
                "proxy_url": found["proxy_url"],
                "width": found.get("width", 0),
                "height": found.get("height", 0),
            }
    return shown


def _refer(core: Core, message: Json, channel: Json, reference: Json) -> None:
    """Makes the message a reply.

    https://docs.discord.com/developers/resources/message#message-reference-structure
    """
    refers: Json = {
        "type": 0,
        "channel_id": str(reference.get("channel_id") or channel["id"]),
        "message_id": str(reference["message_id"]),
    }
    if "guild_id" in channel:
        refers["guild_id"] = channel["guild_id"]
    if refers["message_id"] not in core.world.messages.get(refers["channel_id"], {}):
        if not reference.get("fail_if_not_exists", True):
            return
        form = Form()
        code = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
        form.refuse(("message_reference",), code, "Unknown message")
        form.raise_if_refused()
    message["message_reference"] = refers
    message["type"] = 19


def _count(core: Core, channel: Json, message: Json) -> None:
    if message["flags"] & EPHEMERAL:
        return
    channel["last_message_id"] = message["id"]
    if channel["type"] in (10, 11, 12):
        channel["message_count"] += 1
        channel["total_message_sent"] += 1
        if channel["thread_metadata"]["archived"]:
            channel["thread_metadata"]["archived"] = False
            core.emit_channel("THREAD_UPDATE", channel)
    core.world.save_channel(channel)


def react(core: Core, message: Json, emoji: str, user_id: str) -> None:
    users = core.world.reactions.setdefault(message["id"], {}).setdefault(emoji, [])
    if user_id not in users:
        users.append(user_id)
        core.world.save_message(message)
        _tell_reaction(core, "MESSAGE_REACTION_ADD", message, emoji, user_id)


def unreact(core: Core, message: Json, emoji: str, user_id: str) -> None:
    users = core.world.reactions.get(message["id"], {}).get(emoji, [])
    if user_id in users:
        users.remove(user_id)
        core.world.save_message(message)
        _tell_reaction(core, "MESSAGE_REACTION_REMOVE", message, emoji, user_id)


def _tell_reaction(core: Core, event: str, message: Json, emoji: str, user_id: str) -> None:
    data: Json = {
        "user_id": user_id,
        "channel_id": message["channel_id"],
        "message_id": message["id"],
        "message_author_id": message["author"]["id"],
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    channel = core.world.channels[message["channel_id"]]
    if "guild_id" in channel:
        data["guild_id"] = channel["guild_id"]
        if event == "MESSAGE_REACTION_ADD":
            data["member"] = member_view(core.world, user_id)
    core.emit(event, data)

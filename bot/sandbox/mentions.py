"""Whom a message mentions: those it names, and the sender's allowed mentions let through.

https://docs.discord.com/developers/resources/message#allowed-mentions-object
"""

import re

from bot.sandbox.components import text_of
from bot.sandbox.permissions import MENTION_EVERYONE, permissions_in
from bot.sandbox.state import World
from bot.sandbox.wire import Json


def mentions(world: World, message: Json, allowed: Json | None) -> Json:
    """The fields `mentions`, `mention_roles` and `mention_everyone` of a message.

    Without `allowed` everything named is mentioned.
    """
    text = message["content"] + text_of(message["components"])
    users = [u for u in re.findall(r"<@!?(\d+)>", text) if u in world.users]
    roles = [r for r in re.findall(r"<@&(\d+)>", text) if r in world.roles]
    everyone = "@everyone" in text or "@here" in text
    if allowed is not None:
        parse = allowed.get("parse") or []
        users = users if "users" in parse else _listed(users, allowed.get("users"))
        roles = roles if "roles" in parse else _listed(roles, allowed.get("roles"))
        everyone = everyone and "everyone" in parse
    author_id = message["author"]["id"]
    channel = world.channels.get(message["channel_id"])
    everyone = everyone and bool(permissions_in(world, author_id, channel) & MENTION_EVERYONE)
    replied = _replied(world, message)
    if replied is not None and (allowed is None or allowed.get("replied_user")):
        users.append(replied)
    return {
        "mentions": [world.users[user_id] for user_id in dict.fromkeys(users)],
        "mention_roles": list(dict.fromkeys(roles)),
        "mention_everyone": everyone,
    }


def _listed(found: list[str], listed: list[object] | None) -> list[str]:
    wanted = {str(key) for key in listed or []}
    return [key for key in found if key in wanted]


def _replied(world: World, message: Json) -> str | None:
    """The author of the message this one replies to, when that is still there."""
    reference = message.get("message_reference")
    if message["type"] != 19 or not reference or "application_id" in message:
        return None
    target = world.messages.get(reference["channel_id"], {}).get(reference.get("message_id"))
    return str(target["author"]["id"]) if target else None

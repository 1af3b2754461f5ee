"""How stored things are shown: a message with its reactions, a guild with its roles."""

from bot.sandbox.permissions import permissions_in
from bot.sandbox.state import World
from bot.sandbox.wire import Json

# It may use the members and the message content intents (limited, as of an unverified bot).
# https://docs.discord.com/developers/resources/application#application-object-application-flags
APPLICATION_FLAGS = 1 << 15 | 1 << 19 | 1 << 23  # and it has slash commands


def message_view(world: World, message: Json, viewer: str | None = None) -> Json:
    """The message as REST gives it; `me` of a reaction is about `viewer` (else the bot)."""
    me = viewer or world.bot_id
    shown = dict(message)
    shown["author"] = world.users.get(message["author"]["id"], message["author"])
    reactions = [
        _reaction_view(emoji, users, me)
        for emoji, users in world.reactions.get(message["id"], {}).items()
        if users
    ]
    if reactions:
        shown["reactions"] = reactions
    if message["id"] in world.channels:
        shown["thread"] = thread_view(world, world.channels[message["id"]])
    reference = message.get("message_reference")
    if reference and message["type"] in (19, 21) and "referenced_message" not in message:
        found = world.messages.get(reference["channel_id"], {}).get(reference["message_id"])
        nested = dict(found) if found else None
        if nested is not None:
            nested.pop("message_reference", None)
            nested = message_view(world, nested, viewer)
        shown["referenced_message"] = nested
    return shown


def message_event(world: World, message: Json) -> Json:
    """The message as the gateway gives it: with guild and member."""
    shown = message_view(world, message)
    channel = world.channels[message["channel_id"]]
    if "guild_id" in channel:
        shown["guild_id"] = channel["guild_id"]
        member = world.members.get(message["author"]["id"])
        if member is not None:
            shown["member"] = member
    return shown


def _reaction_view(emoji: str, users: list[str], me: str) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me": me in users,
        "me_burst": False,
    }


def thread_view(world: World, thread: Json, viewer: str | None = None) -> Json:
    """The thread; with `member` when the viewer (else the bot) has joined it."""
    member = world.thread_members.get(thread["id"], {}).get(viewer or world.bot_id)
    return thread | {"member": member} if member else dict(thread)


def channel_view(world: World, channel: Json) -> Json:
    if channel["type"] not in (10, 11, 12):
        return channel
    parent = world.channels.get(channel["parent_id"], {})
    return thread_view(world, channel) | {"nsfw": parent.get("nsfw", False)}


def member_view(world: World, user_id: str) -> Json:
    return world.members[user_id] | {"user": world.users[user_id]}


def interaction_member(world: World, user_id: str, channel: Json) -> Json:
    allowed = str(permissions_in(world, user_id, channel))
    return member_view(world, user_id) | {"permissions": allowed}


def guild_view(world: World) -> Json:
    return world.guild | {"roles": list(world.roles.values())}


def guild_event(world: World) -> Json:
    """GUILD_CREATE: without the presences intent, `members` holds the bot alone.

    https://docs.discord.com/developers/events/gateway-events#guild-create
    """
    channels = [
        channel for channel in world.channels.values() if channel["type"] not in (1, 10, 11, 12)
    ]
    return guild_view(world) | {
        "joined_at": world.members[world.bot_id]["joined_at"],
        "large": False,
        "unavailable": False,
        "member_count": len(world.members),
        "voice_states": [],
        "members": [member_view(world, world.bot_id)],
        "channels": channels,
        "threads": [
            thread_view(world, thread)
            for thread in world.threads()
            if not thread["thread_metadata"]["archived"]
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_view(world: World) -> Json:
    owner = world.users[world.guild["owner_id"]]
    return {
        "id": world.bot_id,
        "name": "Inkthread",
        "icon": None,
        "description": "A community writes comics together.",
        "summary": "",
        "type": None,
        "bot": world.bot,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": APPLICATION_FLAGS,
        "flags_new": str(APPLICATION_FLAGS),
        "eligible_oauth2_scopes": [],
        "hook": True,
        "is_monetized": False,
        "owner": owner,
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "integration_types_config": {"0": {}},
    }

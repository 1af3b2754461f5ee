"""The first day: what a guild, a channel, a role and a member look like before anyone came.

https://docs.discord.com/developers/resources/guild
"""

from bot.sandbox.wire import Json, timestamp

GUILD_NAME = "Inkthread Sandbox"
HUMANS = (("ada", "Ada"), ("ben", "Ben"), ("chloe", "Chloé"))  # the first one owns the guild
CHANNELS = (
    ("comics", "Make comics together. Type / to see what the bot can do."),
    ("lounge", "For everything else."),
)


def new_user(user_id: str, username: str, name: str, *, bot: bool) -> Json:
    user: Json = {
        "id": user_id,
        "username": username,
        "discriminator": "0000" if bot else "0",
        "global_name": None if bot else name,
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    if bot:
        user["bot"] = True
    return user


def new_member(now: float, roles: list[str]) -> Json:
    return {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": roles,
        "joined_at": timestamp(now),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }


def new_role(role_id: str, name: str, allowed: int, position: int) -> Json:
    return {
        "id": role_id,
        "name": name,
        "description": None,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(allowed),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def new_channel(
    channel_id: str, guild_id: str, name: str, topic: str | None, position: int
) -> Json:
    return {
        "id": channel_id,
        "type": 0,
        "guild_id": guild_id,
        "name": name,
        "topic": topic,
        "position": position,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }


def new_guild(guild_id: str, application_id: str) -> Json:
    return {
        "id": guild_id,
        "name": GUILD_NAME,
        "application_id": application_id,
        "owner_id": application_id,
        "icon": None,
        "banner": None,
        "splash": None,
        "discovery_splash": None,
        "home_header": None,
        "description": None,
        "features": [],
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }

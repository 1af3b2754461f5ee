"""Which events a gateway session sees, and with how much content.

https://docs.discord.com/developers/events/gateway#gateway-intents
"""

from bot.sandbox.wire import Json

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_MESSAGES = 1 << 9
GUILD_MESSAGE_REACTIONS = 1 << 10
GUILD_MESSAGE_TYPING = 1 << 11
DIRECT_MESSAGES = 1 << 12
DIRECT_MESSAGE_REACTIONS = 1 << 13
DIRECT_MESSAGE_TYPING = 1 << 14
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | 1 << 8 | MESSAGE_CONTENT  # must be granted on the bot's page

# event -> (intent in a guild, intent in a direct message)
NEEDED = {
    "GUILD_CREATE": (GUILDS, 0),
    "GUILD_ROLE_UPDATE": (GUILDS, 0),
    "CHANNEL_CREATE": (GUILDS, 0),
    "CHANNEL_UPDATE": (GUILDS, 0),
    "CHANNEL_DELETE": (GUILDS, 0),
    "THREAD_CREATE": (GUILDS, 0),
    "THREAD_UPDATE": (GUILDS, 0),
    "THREAD_DELETE": (GUILDS, 0),
    "THREAD_MEMBERS_UPDATE": (GUILDS, 0),
    "GUILD_MEMBER_ADD": (GUILD_MEMBERS, 0),
    "MESSAGE_CREATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (GUILD_MESSAGES, 0),
    "MESSAGE_REACTION_ADD": (GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGE_REACTIONS),
    "TYPING_START": (GUILD_MESSAGE_TYPING, DIRECT_MESSAGE_TYPING),
}


def sees(intents: int, event: str, data: Json) -> bool:
    """Whether a session with these intents gets the event; unlisted ones go to everybody."""
    if event not in NEEDED:
        return True
    in_guild, in_direct_message = NEEDED[event]
    needed = in_guild if "guild_id" in data or not in_direct_message else in_direct_message
    return bool(intents & needed)


def conceal(message: Json, intents: int, bot_id: str) -> Json:
    """The message without content, embeds, attachments and components, unless the intent
    is there; the bot's own messages, mentions of it and direct messages are never concealed.

    https://docs.discord.com/developers/events/gateway#message-content-intent
    """
    if intents & MESSAGE_CONTENT or "guild_id" not in message:
        return message
    if message["author"]["id"] == bot_id:
        return message
    if any(user["id"] == bot_id for user in message["mentions"]):
        return message
    return message | {"content": "", "embeds": [], "attachments": [], "components": []}

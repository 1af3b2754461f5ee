"""Who may do what where: https://docs.discord.com/developers/topics/permissions"""

from typing import TYPE_CHECKING

from bot.sandbox.errors import MISSING_ACCESS, MISSING_PERMISSIONS, ApiError
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.state import World

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
SEND_POLLS = 1 << 49

EVERYONE = (
    ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
    | SEND_POLLS
)
BOT = EVERYONE  # no more than that: what README invites the bot with is in it
ALL = (1 << 50) - 1


def permissions_in(world: "World", user_id: str, channel: Json | None) -> int:
    """The algorithm of the documentation: roles, then the channel's overwrites.

    A thread has its parent's overwrites; a direct message allows everything.
    """
    if channel is not None and "guild_id" not in channel:
        return ALL
    member = world.members.get(user_id)
    if member is None:
        return 0
    if user_id == world.guild["owner_id"]:
        return ALL
    mine = {world.guild["id"], *member["roles"]}
    allowed = 0
    for role_id in mine:
        allowed |= int(world.roles[role_id]["permissions"])
    if allowed & ADMINISTRATOR:
        return ALL
    if channel is None:
        return allowed
    if channel["type"] in (10, 11, 12):
        channel = world.channels.get(channel["parent_id"], channel)
    return _overwrite(
        allowed, channel.get("permission_overwrites", []), world.guild["id"], mine, user_id
    )


def _overwrite(
    allowed: int, overwrites: list[Json], everyone: str, mine: set[str], user_id: str
) -> int:
    by_id = {overwrite["id"]: overwrite for overwrite in overwrites}
    for level in ([everyone], sorted(mine - {everyone}), [user_id]):
        deny = allow = 0
        for key in level:
            if key in by_id:
                deny |= int(by_id[key]["deny"])
                allow |= int(by_id[key]["allow"])
        allowed = allowed & ~deny | allow
    return allowed


def require(world: "World", user_id: str, channel: Json, *needed: int) -> None:
    """Raises 50001 when the channel can't be seen, 50013 when another permission is missing."""
    has = permissions_in(world, user_id, channel)
    if not has & VIEW_CHANNEL:
        raise ApiError(MISSING_ACCESS)
    if any(not has & bit for bit in needed):
        raise ApiError(MISSING_PERMISSIONS)

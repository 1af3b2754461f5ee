"""The bot's own user and application, the guild, its members, roles and channels."""

from bot.sandbox.errors import UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_USER, ApiError
from bot.sandbox.rest import Answer, Call, Route
from bot.sandbox.views import application_view, guild_view, member_view, thread_view

GUILD = "/guilds/{guild_id}"


def routes() -> list[Route]:
    return [
        ("GET", "/gateway", gateway),
        ("GET", "/gateway/bot", gateway_bot),
        ("GET", "/users/@me", me),
        ("GET", "/users/@me/guilds", my_guilds),
        ("GET", "/users/{user_id}", user),
        ("GET", "/oauth2/applications/@me", application),
        ("GET", "/applications/@me", application),
        ("GET", GUILD, guild),
        ("GET", GUILD + "/channels", channels),
        ("GET", GUILD + "/roles", roles),
        ("GET", GUILD + "/members", members),
        ("GET", GUILD + "/members/{user_id}", member),
        ("GET", GUILD + "/threads/active", active_threads),
    ]


async def gateway(call: Call) -> Answer:
    return Answer({"url": call.core.gateway_url})


async def gateway_bot(call: Call) -> Answer:
    limit = {"total": 1000, "remaining": 999, "reset_after": 14400000, "max_concurrency": 1}
    return Answer({"url": call.core.gateway_url, "shards": 1, "session_start_limit": limit})


async def me(call: Call) -> Answer:
    about = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
    return Answer(call.core.world.bot | about)


async def user(call: Call) -> Answer:
    found = call.core.world.users.get(call["user_id"])
    if found is None:
        raise ApiError(UNKNOWN_USER)
    return Answer(found)


async def application(call: Call) -> Answer:
    return Answer(application_view(call.core.world))


async def my_guilds(call: Call) -> Answer:
    world = call.core.world
    guild = world.guild
    shown = {key: guild[key] for key in ("id", "name", "icon", "banner", "features")}
    allowed = world.app_permissions(next(iter(world.channels.values())))
    return Answer([shown | {"owner": False, "permissions": allowed}])


def _check_guild(call: Call) -> None:
    if call["guild_id"] != call.core.world.guild["id"]:
        raise ApiError(UNKNOWN_GUILD)


async def guild(call: Call) -> Answer:
    _check_guild(call)
    world = call.core.world
    shown = guild_view(world)
    if call.query("with_counts") in ("1", "true"):
        shown |= {"approximate_member_count": len(world.members)}
        shown |= {"approximate_presence_count": len(world.members)}
    return Answer(shown)


async def channels(call: Call) -> Answer:
    _check_guild(call)
    listed = call.core.world.channels.values()
    return Answer([channel for channel in listed if channel["type"] not in (1, 10, 11, 12)])


async def roles(call: Call) -> Answer:
    _check_guild(call)
    return Answer(list(call.core.world.roles.values()))


async def members(call: Call) -> Answer:
    _check_guild(call)
    world = call.core.world
    after, limit = int(call.query("after", "0")), int(call.query("limit", "1"))
    ids = sorted((i for i in world.members if int(i) > after), key=int)
    return Answer([member_view(world, user_id) for user_id in ids[:limit]])


async def member(call: Call) -> Answer:
    _check_guild(call)
    if call["user_id"] not in call.core.world.members:
        raise ApiError(UNKNOWN_MEMBER)
    return Answer(member_view(call.core.world, call["user_id"]))


async def active_threads(call: Call) -> Answer:
    _check_guild(call)
    world = call.core.world
    active = [t for t in world.threads() if not t["thread_metadata"]["archived"]]
    joined = [world.thread_members.get(thread["id"], {}).get(world.bot_id) for thread in active]
    return Answer(
        {
            "threads": [thread_view(world, thread) for thread in active],
            "members": [member for member in joined if member],
            "has_more": False,
        }
    )

"""Application commands, global and of the guild.

https://docs.discord.com/developers/interactions/application-commands
"""

from bot.sandbox.command_rules import check_commands
from bot.sandbox.errors import UNKNOWN_APPLICATION, UNKNOWN_COMMAND, ApiError
from bot.sandbox.rest import NOTHING, Answer, Call, Route
from bot.sandbox.wire import Json

LOCALIZED = ("name_localizations", "description_localizations")


def routes() -> list[Route]:
    everywhere = "/applications/{application_id}/commands"
    in_guild = "/applications/{application_id}/guilds/{guild_id}/commands"
    listed: list[Route] = []
    for base in (everywhere, in_guild):
        listed += [
            ("GET", base, all_of),
            ("PUT", base, replace),
            ("POST", base, create),
            ("GET", base + "/{command_id}", get),
            ("PATCH", base + "/{command_id}", edit),
            ("DELETE", base + "/{command_id}", delete),
        ]
    return listed


def _guild_id(call: Call) -> str | None:
    if call["application_id"] != call.core.world.bot_id:
        raise ApiError(UNKNOWN_APPLICATION)
    return call.request.match_info.get("guild_id")


def _mine(call: Call) -> list[Json]:
    guild_id = _guild_id(call)
    commands = call.core.world.commands.values()
    return [command for command in commands if command.get("guild_id") == guild_id]


def _one(call: Call) -> Json:
    for command in _mine(call):
        if command["id"] == call["command_id"]:
            return command
    raise ApiError(UNKNOWN_COMMAND)


async def all_of(call: Call) -> Answer:
    localized = call.query("with_localizations") in ("1", "true")
    return Answer([_shown(command, localized) for command in _mine(call)])


def _shown(command: Json, localized: bool) -> Json:
    if localized:
        return command
    return {key: value for key, value in command.items() if key not in LOCALIZED}


async def replace(call: Call) -> Answer:
    """Commands of the same name and type keep their id; all others are gone."""
    check_commands(call.body)
    before = {(command["type"], command["name"]): command for command in _mine(call)}
    after = [_save(call, body, before) for body in call.body]
    kept = {command["id"] for command in after}
    for command in before.values():
        if command["id"] not in kept:
            call.core.world.forget_command(command["id"])
    _tell(call)
    return Answer(after)


async def create(call: Call) -> Answer:
    before = {(command["type"], command["name"]): command for command in _mine(call)}
    key = (call.body.get("type") or 1, call.body.get("name"))
    others = [command for k, command in before.items() if k != key]
    check_commands([*others, call.body], only_last=True)
    command = _save(call, call.body, before)
    _tell(call)
    return Answer(command, 200 if key in before else 201)


async def get(call: Call) -> Answer:
    return Answer(_one(call))


async def edit(call: Call) -> Answer:
    command = _one(call)
    changed = command | call.body
    others = [other for other in _mine(call) if other is not command]
    check_commands([*others, changed], only_last=True)
    saved = _save(call, changed, {(changed.get("type") or 1, changed["name"]): command})
    _tell(call)
    return Answer(saved)


async def delete(call: Call) -> Answer:
    call.core.world.forget_command(_one(call)["id"])
    _tell(call)
    return NOTHING


def _save(call: Call, body: Json, before: dict[tuple[int, str], Json]) -> Json:
    world = call.core.world
    kind = body.get("type") or 1
    known = before.get((kind, body["name"]))
    command: Json = {
        "id": known["id"] if known else world.snowflakes.next(),
        "application_id": world.bot_id,
        "version": world.snowflakes.next(),
        "type": kind,
        "name": body["name"],
        "name_localizations": body.get("name_localizations"),
        "description": body.get("description") or "",
        "description_localizations": body.get("description_localizations"),
        "dm_permission": body.get("dm_permission", True),
        "default_member_permissions": body.get("default_member_permissions"),
        "contexts": body.get("contexts"),
        "integration_types": body.get("integration_types") or [0],
        "nsfw": bool(body.get("nsfw")),
    }
    if body.get("options"):
        command["options"] = body["options"]
    guild_id = _guild_id(call)
    if guild_id is not None:
        command["guild_id"] = guild_id
    world.save_command(command)
    return command


def _tell(call: Call) -> None:
    call.core.stream.publish("COMMANDS", {})

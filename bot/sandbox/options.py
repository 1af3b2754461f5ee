"""Options of a slash command: from names and values to Discord's nested lists.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-application-command-interaction-data-option-structure
"""

from bot.sandbox.state import World
from bot.sandbox.wire import Json

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE = 1, 2, 3, 4, 5, 6, 7, 8
MENTIONABLE, NUMBER, ATTACHMENT = 9, 10, 11


def arrange(
    command: Json, path: list[str], given: Json, focused: str | None = None
) -> tuple[list[Json], list[str]]:
    """The interaction's `options`, and what the member still has to put right."""
    described = command.get("options") or []
    nested: list[tuple[str, int]] = []
    for word in path:
        inner = next((o for o in described if o["name"] == word and o["type"] <= GROUP), None)
        if inner is None:
            return [], [f"There is no command /{command['name']} {' '.join(path)}."]
        nested.append((word, inner["type"]))
        described = inner.get("options") or []
    if any(option["type"] <= GROUP for option in described):
        names = ", ".join(option["name"] for option in described)
        return [], [f"Choose one of: {names}."]
    options, problems = _values(described, given, focused)
    for name, kind in reversed(nested):
        options = [{"name": name, "type": kind, "options": options}]
    return options, problems


def _values(
    described: list[Json], given: Json, focused: str | None
) -> tuple[list[Json], list[str]]:
    options: list[Json] = []
    problems: list[str] = []
    unknown = given.keys() - {option["name"] for option in described}
    problems += [f"There is no option {name}." for name in sorted(unknown)]
    for option in described:
        name = option["name"]
        value = given.get(name)
        if value in (None, "") and name != focused:
            if option.get("required"):
                problems.append(f"The option {name} is required.")
            continue
        entry: Json = {"name": name, "type": option["type"]}
        if name == focused:
            entry |= {"value": "" if value is None else str(value), "focused": True}
        else:
            entry["value"], problem = _value(option, value)
            problems += [problem] if problem else []
        options.append(entry)
    return options, problems


def _value(option: Json, value: object) -> tuple[object, str | None]:
    name, kind = option["name"], option["type"]
    try:
        if kind == INTEGER:
            value = int(str(value))
        elif kind == NUMBER:
            value = float(str(value))
        elif kind == BOOLEAN:
            value = value is True or str(value).lower() == "true"
        else:
            value = str(value)
    except ValueError:
        return value, f"{name} must be a number."
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        named = [choice["value"] for choice in choices if choice["name"] == value]
        if not named:
            return value, f"{name} must be one of its choices."
        value = named[0]
    if isinstance(value, str) and kind == STRING:
        if len(value) > (option.get("max_length") or 6000):
            return value, f"{name} takes at most {option['max_length']} letters."
        if len(value) < (option.get("min_length") or 0):
            return value, f"{name} takes at least {option['min_length']} letters."
    elif isinstance(value, int | float) and not (
        option.get("min_value", value) <= value <= option.get("max_value", value)
    ):
        low, high = option.get("min_value", "any"), option.get("max_value", "any")
        return value, f"{name} must be between {low} and {high}."
    return value, None


def subcommands(data: Json) -> list[str]:
    """The names of the subcommand (and its group) that an interaction's data is for."""
    inner = next((o for o in data.get("options") or [] if o["type"] <= GROUP), None)
    return [inner["name"], *subcommands(inner)] if inner else []


def resolved(world: World, options: list[Json]) -> Json:
    """The users, channels, roles and attachments that the options name."""
    found: Json = {}
    for option in options:
        if option["type"] <= GROUP:
            for key, values in resolved(world, option["options"]).items():
                found.setdefault(key, {}).update(values)
            continue
        key, kind = str(option.get("value")), option["type"]
        if kind in (USER, MENTIONABLE) and key in world.users:
            found.setdefault("users", {})[key] = world.users[key]
            found.setdefault("members", {})[key] = world.members[key]
        if kind in (ROLE, MENTIONABLE) and key in world.roles:
            found.setdefault("roles", {})[key] = world.roles[key]
        if kind == CHANNEL and key in world.channels:
            allowed = {"permissions": world.app_permissions(world.channels[key])}
            found.setdefault("channels", {})[key] = world.channels[key] | allowed
        if kind == ATTACHMENT and key in world.attachments:
            found.setdefault("attachments", {})[key] = world.attachments[key]
    return found

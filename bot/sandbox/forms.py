"""What a member's client makes of a dialog or a select before anything is sent.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-data
"""

from bot.sandbox.components import FILE_UPLOAD, LABEL, TEXT_INPUT
from bot.sandbox.state import World
from bot.sandbox.wire import Json


class NotPossible(Exception):
    """The member's client would not have let this happen; `str()` says why."""


def resolve_values(world: World, kind: int, chosen: Json) -> Json:
    """What the `values` of a select or a file upload stand for, whole."""
    values = chosen.get("values") or []
    found: Json = {}
    if kind == FILE_UPLOAD:
        found["attachments"] = {v: world.attachments[v] for v in values}
    if kind in (5, 7):
        users = [v for v in values if v in world.users]
        found["users"] = {v: world.users[v] for v in users}
        found["members"] = {v: world.members[v] for v in users}
    if kind in (6, 7):
        found["roles"] = {v: world.roles[v] for v in values if v in world.roles}
    if kind == 8:
        found["channels"] = {v: world.channels[v] for v in values if v in world.channels}
    return {key: value for key, value in found.items() if value}


def fill(component: Json, values: Json, label: str = "") -> Json:
    """The submitted form of a modal's component: labels and rows keep their shape.

    A value is found by the component's custom id, or by its label.
    """
    filled: Json = {"type": component["type"], "id": component["id"]}
    if component["type"] == LABEL:
        filled["component"] = fill(component["component"], values, component["label"])
        return filled
    if "components" in component:
        filled["components"] = [fill(inner, values) for inner in component["components"]]
        return filled
    if "custom_id" not in component:
        return filled
    key = component["custom_id"]
    label = component.get("label") or label
    preset = component.get("value", component.get("default"))
    value = values.get(key, values.get(label, preset))
    filled["custom_id"] = key
    if component["type"] == TEXT_INPUT:
        filled["value"] = _text(component, str(value or ""))
    elif component["type"] == 23:
        filled["value"] = bool(value)
    elif component["type"] == 21:
        filled["value"] = value
    else:
        filled["values"] = choose(component, list(value or []))
    return filled


def _text(component: Json, text: str) -> str:
    name = component["custom_id"]
    longest = component.get("max_length") or 4000
    if len(text) > longest:
        raise NotPossible(f"{name} takes at most {longest} letters, not {len(text)}.")
    if not text and component.get("required", True):
        raise NotPossible(f"{name} is required.")
    if text and len(text) < (component.get("min_length") or 0):
        raise NotPossible(f"{name} takes at least {component['min_length']} letters.")
    return text


def choose(component: Json, values: list[str]) -> list[str]:
    least = component.get("min_values")
    if not values and component.get("required", True) and least != 0:
        raise NotPossible(f"{component['custom_id']} is required.")
    most = component.get("max_values") or 1
    if len(values) > most:
        raise NotPossible(f"{component['custom_id']} takes at most {most}.")
    return values

"""Checks JSON against the TypedDicts of `discord.types`, which describe the gateway."""

import importlib
import sys
import types
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions


def _module(name: str) -> Any:
    return importlib.import_module(f"discord.types.{name}")


def _break_circle() -> None:
    """The modules `message`, `threads` and `interactions` import each other, which only a type
    checker can follow: `message` is there by name alone while the others are loaded.
    """
    name = "discord.types.message"
    if name not in sys.modules:
        placeholder = types.ModuleType(name)
        vars(placeholder).update(Message=ForwardRef("Message"), Attachment=ForwardRef("Attachment"))
        sys.modules[name] = placeholder
        _module("interactions")
        del sys.modules[name]


_break_circle()
gateway = _module("gateway")

# Names that the library imports for type checkers only.
HIDDEN = {
    "Message": _module("message").Message,
    "Attachment": _module("message").Attachment,
    "RoleTags": _module("role").RoleTags,
}

EVENTS: dict[str, Any] = {
    "READY": gateway.ReadyEvent,
    "GUILD_CREATE": gateway.GuildCreateEvent,
    "GUILD_MEMBER_ADD": gateway.GuildMemberAddEvent,
    "GUILD_MEMBERS_CHUNK": gateway.GuildMembersChunkEvent,
    "CHANNEL_CREATE": gateway.ChannelCreateEvent,
    "CHANNEL_UPDATE": gateway.ChannelUpdateEvent,
    "CHANNEL_DELETE": gateway.ChannelDeleteEvent,
    "THREAD_CREATE": gateway.ThreadCreateEvent,
    "THREAD_UPDATE": gateway.ThreadUpdateEvent,
    "THREAD_DELETE": gateway.ThreadDeleteEvent,
    "THREAD_MEMBERS_UPDATE": gateway.ThreadMembersUpdate,
    "MESSAGE_CREATE": gateway.MessageCreateEvent,
    "MESSAGE_UPDATE": gateway.MessageUpdateEvent,
    "MESSAGE_DELETE": gateway.MessageDeleteEvent,
    "MESSAGE_REACTION_ADD": gateway.MessageReactionAddEvent,
    "MESSAGE_REACTION_REMOVE": gateway.MessageReactionRemoveEvent,
    "TYPING_START": gateway.TypingStartEvent,
    "INTERACTION_CREATE": gateway.InteractionCreateEvent,
}


def problems(value: Any, kind: Any, path: str = "") -> list[str]:
    """What of a JSON value doesn't fit a type; empty when it fits."""
    if isinstance(kind, ForwardRef):
        kind = HIDDEN[kind.__forward_arg__]
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return []
    if origin in (Required, NotRequired, typing_extensions.Required, typing_extensions.NotRequired):
        return problems(value, inner[0], path)
    if origin in (Union, types.UnionType):
        fits = [problems(value, one, path) for one in inner if one is not type(None)]
        return [] if value is None and type(None) in inner else min(fits, key=_distance)
    if origin is Literal:
        return [] if value in inner else [f"{path}: {value!r} is none of {inner}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        return [p for i, one in enumerate(value) for p in problems(one, inner[0], f"{path}[{i}]")]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{path}: not an object"]
        return [p for k, one in value.items() for p in problems(one, inner[1], f"{path}.{k}")]
    if typing_extensions.is_typeddict(kind):
        return _typed_dict(value, kind, path)
    if kind is type(None) or kind is None:
        return [] if value is None else [f"{path}: not null"]
    if kind is float and isinstance(value, int):
        return []
    return [] if type(value) is kind else [f"{path}: {value!r} is no {kind.__name__}"]


def _distance(found: list[str]) -> tuple[bool, int]:
    """How far a union's member is from the value; another `type` is furthest."""
    return any(".type:" in problem for problem in found), len(found)


def _typed_dict(value: Any, kind: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: not an object"]
    hints = typing_extensions.get_type_hints(kind, localns=HIDDEN, include_extras=True)
    required = _required(kind, hints)
    missing = [f"{path}.{key}: missing" for key in required - value.keys()]
    return missing + [
        problem
        for key, one in value.items()
        # What these types call absent, Discord sends as null: nick, avatar, primary_guild...
        if key in hints and (key in required or one is not None)
        for problem in problems(one, hints[key], f"{path}.{key}")
    ]


def _required(kind: Any, hints: dict[str, Any]) -> set[str]:
    """The keys that must be there, also where `from __future__ import annotations` hid it."""
    optional = (NotRequired, typing_extensions.NotRequired)
    demanded = (Required, typing_extensions.Required)
    origins = {key: get_origin(hint) for key, hint in hints.items()}
    found = {key for key in kind.__required_keys__ if origins[key] not in optional}
    return found | {key for key, origin in origins.items() if origin in demanded}

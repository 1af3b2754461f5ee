"""What a character's description leaves open, decided by lot for its portrait.

A network that is told nothing of somebody's hair draws what lies between all hair it knows, and
panels that look at a blurred portrait keep its blur. So the portrait is told what the member left
open, as the model's `portraits` file has it; panels are told the member's words alone, and see the
rest by looking.

In doubt nothing is added: a portrait that is vague is better than one that isn't what was written.
Lots are numbers of their own, one for each look, so other words for one thing leave the rest.
"""

import random
import re
import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

PLAIN = "standing, full body, plain background"
_BRACES = re.compile(r"\{([^{}]*)\}")
_AFTER_WHO = re.compile(  # what comes after it is about something else than who it is
    r"[,.;:(]|\b(?:with|without|in|on|at|of|for|and|or|who|that|which|has|have|having|is|wearing"
    r"|wears|holding|carrying|from|like|as|named|called)\b",
    re.IGNORECASE,
)
Gap = tuple[int, int]  # where words were found: from and to


@dataclass(frozen=True, slots=True)
class Kind:
    """Somebody that a model knows. `words` are nouns for it, an expression of whole words in small
    or capital letters. Where a noun says too little, it is `either` of other kinds, by name: the
    first whose `signs` are anywhere in the description, or one by lot, which is then said.
    """

    name: str
    words: str
    signs: str = ""
    either: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises:
        ValueError: an expression is none.
        """
        _check(self.words, self.signs)


@dataclass(frozen=True, slots=True)
class OpenLook:
    """One thing that the description of these kinds may leave open; of all there are, and of who
    is none of them, where no kinds are named.

    Nothing is added where words of `said` are in the description, or none of `where`. Otherwise
    `say` is, as often as `share` says; of `{a|b|c}` in it one is drawn by lot, the innermost first.
    `said` and `where` are expressions as of kinds. The `name` keeps its lots apart.
    """

    name: str
    say: str
    of: tuple[str, ...] = ()
    said: str = ""
    where: str = ""
    share: float = 1.0

    def __post_init__(self) -> None:
        """Raises:
        ValueError: an expression is none, a share no share, or braces don't match.
        """
        _check(self.said, self.where)
        if not 0 <= self.share <= 1:
            raise ValueError(f"the share of {self.name} is {self.share}: it must be 0 to 1")
        if set("{}") & set(_by_lot(self.say, random.Random(0))):
            raise ValueError(f"braces don't match in {self.say!r}")

    def is_open(self, description: str, kind: str) -> bool:
        """Whether the description of that kind ("": of none) leaves it open."""
        if (self.of and kind not in self.of) or _found(self.said, description):
            return False
        return not self.where or bool(_found(self.where, description))


@dataclass(frozen=True, slots=True)
class Portraits:
    """How a model draws hidden sheets and portraits: whom it knows, what is decided by lot, in this
    order, so that what was added is part of the description for what follows; and the `scene`."""

    scene: str = PLAIN
    kinds: tuple[Kind, ...] = ()
    looks: tuple[OpenLook, ...] = ()

    def told(self, description: str, lots: int) -> str:
        """What is drawn of a character; all its portraits have the same `lots`, a seed."""
        kind, said = self._kind(description, lots)
        told = f"{description}, {said}" if said else description
        for look in self.looks:
            chance = random.Random(f"{lots} {look.name}")
            if look.is_open(told, kind) and chance.random() < look.share:
                told = f"{told}, {_by_lot(look.say, chance)}"
        return f"{told}, {self.scene}" if self.scene else told

    def as_written(self) -> "Portraits":
        """The same without lots."""
        return replace(self, kinds=(), looks=())

    def _kind(self, description: str, lots: int) -> tuple[str, str]:
        """The kind that is described ("": none that is known), and what must be said of it."""
        who = _AFTER_WHO.split(description, maxsplit=1)[0]
        ends = {one: max(_found(one.words, who), default=(0, 0))[1] for one in self.kinds}
        last = max(self.kinds, key=lambda one: ends[one], default=None)  # a cat lady is a lady
        if last is None or not ends[last]:
            return "", ""
        if not last.either:
            return last.name, ""
        for one in self.kinds:
            if one.name in last.either and one.signs and _found(one.signs, description):
                return one.name, one.name
        name = random.Random(f"{lots} kind").choice(last.either)
        return name, name


NO_LOTS = Portraits()


def tables(text: str) -> dict[str, Any]:
    """What a file of portraits says, by the names of fields.

    Raises:
        ValueError: it is no TOML, or there are names that mean nothing: nothing would come of them.
    """
    found = tomllib.loads(text)
    parts: list[tuple[dict[str, Any], Any]] = [(found, Portraits)]
    for name, kind in (("kinds", Kind), ("looks", OpenLook)):
        listed = found.get(name, [])
        if not isinstance(listed, list):
            raise ValueError(f"write [[{name}]] in place of [{name}]")
        parts += [(one, kind) for one in listed if isinstance(one, dict)]
    for table, kind in parts:
        if strange := sorted(set(table) - {field.name for field in fields(kind)}):
            raise ValueError(f"there is no {' and no '.join(strange)} in {table.get('name', 'it')}")
    return found


@cache
def _words(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{expression})(?![\w-])", re.IGNORECASE)


def _found(expression: str, text: str) -> list[Gap]:
    """Where the words are; nowhere if there are none to look for."""
    return [match.span() for match in _words(expression).finditer(text)] if expression else []


def _check(*expressions: str) -> None:
    for expression in filter(None, expressions):
        try:
            pattern = _words(expression)
        except re.error as exc:
            raise ValueError(f"{expression!r} is no regular expression: {exc}") from exc
        if pattern.search(""):
            raise ValueError(f"{expression!r} is found in nothing at all")


def _by_lot(say: str, chance: random.Random) -> str:
    """The text with one of each `{a|b|c}`."""
    while match := _BRACES.search(say):
        say = say[: match.start()] + chance.choice(match[1].split("|")) + say[match.end() :]
    return say

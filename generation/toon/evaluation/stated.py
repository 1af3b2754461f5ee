"""What a text states, in the words that the drawn world knows (`world.words`).

The longest phrase wins, from left to right; words that no phrase knows say nothing. So the truth
of a written story is derived from its words, and the rule is tested on the world's own captions,
whose truth is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from generation.toon.reader import Value
from generation.toon.world.scene import (
    FUR_COLOURS,
    FURRY,
    HAIR_COLOURS,
    SHIRT_COLOURS,
    Kind,
)
from generation.toon.world.words import (
    ADULT_WORDS,
    ANIMAL_WORDS,
    CHILD_WORDS,
    COLOUR_SYNONYMS,
    DAY_WORDS,
    EXPRESSION_WORDS,
    EXTRA_WORDS,
    GLASSES_WORDS,
    HAT_WORDS,
    KIND_WORDS,
    NIGHT_WORDS,
    PLACE_WORDS,
    POSE_WORDS,
    PRONOUNS,
    QUARREL_WORDS,
    SHIRT_NOUNS,
    SKIN_WORDS,
    STYLE_WORDS,
)

Facts = dict[str, Value]
Phrase = tuple[str, ...]
Table = Mapping[Phrase, Mapping[str, Any]]

KINDS_FIELD = "kinds"  # the kinds that a noun leaves open
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_NAME = re.compile(r"\[([^\[\]]*)\]")
_JOINT = frozenset({"and", "next", "to", "with"})
_EVERYBODY = re.compile(r"\b(?:both|all)\b", re.IGNORECASE)


@dataclass(frozen=True)
class StatedLook:
    """What a description says: the kinds it leaves open, and the fields of the look it fixes."""

    kinds: tuple[Kind, ...]
    fields: Mapping[str, Value]


@dataclass(frozen=True)
class StatedScene:
    """What a panel's line says: "place" and "night" of the panel, "pose" and "expression" by name.

    `figures` are the names in the order of first mention, which is from left to right.
    """

    panel: Mapping[str, Value]
    figures: tuple[str, ...]
    deeds: Mapping[str, Mapping[str, Value]]


def stated_look(description: str) -> StatedLook:
    """Raises:
    ValueError: no noun that says which kinds it may be.
    """
    found: dict[str, Any] = {}
    for facts in phrases(description, look_phrases()):
        found |= facts
    kinds = found.pop(KINDS_FIELD, None)
    if kinds is None:
        raise ValueError(f"no noun that the world knows: {description!r}")
    return StatedLook(kinds, found)


def stated_scene(scene: str) -> StatedScene:
    """Of a panel's scene with names in brackets, `[NC]` too."""
    panel: Facts = {}
    deeds: dict[str, Facts] = {}
    group: list[str] = []
    open_group = False  # names still join the group: nothing was said of it yet
    for name, text in _pieces(scene):
        if name is not None:
            group = [*group, name] if open_group else [name]
            deeds.setdefault(name, {})
        open_group = set(_WORD.findall(text.lower())) <= _JOINT
        of_group, *of_everybody = _EVERYBODY.split(text)
        _hear(of_group, panel, [deeds[one] for one in group])
        for part in of_everybody:
            _hear(part, panel, list(deeds.values()))
    return StatedScene(panel, tuple(deeds), deeds)


def _hear(text: str, panel: Facts, deeds: Sequence[Facts]) -> None:
    for facts in phrases(text, scene_phrases()):
        for field, value in facts.items():
            for hearer in (panel,) if field in ("place", "night") else deeds:
                hearer[field] = value


def phrases(text: str, table: Table) -> Iterator[Mapping[str, Any]]:
    """The facts of every phrase of `table` in the text, from left to right, the longest first."""
    words = tuple(_WORD.findall(text.lower()))
    longest = max(map(len, table))
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            if words[at : at + length] in table:
                yield table[words[at : at + length]]
                at += length
                break
        else:
            at += 1


@cache
def look_phrases() -> Table:
    """Phrases of descriptions."""
    table: dict[Phrase, dict[str, Any]] = {}
    nouns: list[tuple[Sequence[str], tuple[Kind, ...]]] = [
        (ADULT_WORDS, ("man", "woman")),
        (CHILD_WORDS, ("boy", "girl")),
        (ANIMAL_WORDS, FURRY),
        *((words, (kind,)) for kind, words in KIND_WORDS.items()),
    ]
    for words, kinds in nouns:
        for noun in words:
            _add(table, noun, {KINDS_FIELD: kinds})
            if kinds[0] in FURRY:
                for fur, word in _colours(FUR_COLOURS):
                    _add(table, f"{word} {noun}", {KINDS_FIELD: kinds, "fur": fur})
            if kinds == ("robot",):
                for shirt, word in _colours(SHIRT_COLOURS):
                    _add(table, f"{word} {noun}", {KINDS_FIELD: kinds, "shirt": shirt})
    for hair, word in _colours(HAIR_COLOURS):
        _add(table, f"{word} hair", {"hair": hair})
    for style, patterns in STYLE_WORDS.items():
        for pattern in patterns:
            _add(table, pattern.format(""), {"style": style})
            for hair, word in _colours(HAIR_COLOURS):
                _add(table, pattern.format(word), {"style": style, "hair": hair})
    for shirt, word in _colours(SHIRT_COLOURS):
        for noun in SHIRT_NOUNS:
            _add(table, f"{word} {noun}", {"shirt": shirt})
    for skin, texts in SKIN_WORDS.items():
        for text in texts:
            _add(table, text, {"skin": skin})
    for text in GLASSES_WORDS:
        _add(table, text, {"glasses": True})
    for text in HAT_WORDS:
        _add(table, text, {"hat": True})
    return table


@cache
def scene_phrases() -> Table:
    """Phrases of panel lines."""
    table: dict[Phrase, dict[str, Any]] = {}
    fields: list[tuple[str, Mapping[Any, Sequence[str]]]] = [
        ("place", PLACE_WORDS),
        ("pose", POSE_WORDS),
        ("expression", EXPRESSION_WORDS),
    ]
    for field, by_value in fields:
        for value, texts in by_value.items():
            for text in texts:
                for his in (*sorted(set(PRONOUNS.values())), "their"):
                    _add(table, text.replace("{his}", his), {field: value})
    for texts, night in ((NIGHT_WORDS, True), (DAY_WORDS, False)):
        for text in texts:
            _add(table, text, {"night": night})
    for text in QUARREL_WORDS:
        _add(table, text, {"pose": "pointing"})
    for texts in EXTRA_WORDS.values():
        for text in texts:
            _add(table, text, {})
    return table


def _add(table: dict[Phrase, dict[str, Any]], text: str, facts: dict[str, Any]) -> None:
    words = tuple(_WORD.findall(text))
    table[words[1:] if words[0] in ("a", "an") else words] = facts


def _colours(colours: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A colour and each word for it."""
    for colour in colours:
        for word in COLOUR_SYNONYMS.get(colour, (colour,)):
            yield colour, word


def _pieces(scene: str) -> Iterator[tuple[str | None, str]]:
    """The text before the first name, then each name with the text after it; `[NC]` is no name."""
    parts = _NAME.split(scene.replace("[NC]", " "))
    yield None, parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)

"""Doubles: two characters who differ in one look, each in the same two scenes, told in the same
words. Only a panel that was drawn before can tell which of them is meant.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from generation.toon.world.captions import SAY_LOOKS_IN_GROUP, Caption, caption, describe
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.samples import Sample
from generation.toon.world.scene import (
    FUR_COLOURS,
    FURRY,
    HAIR_COLOURS,
    HAIR_STYLES,
    SHIRT_COLOURS,
    SKINS,
    Kind,
    Look,
    Scene,
)
from generation.toon.world.words import PRONOUNS

FIELDS: dict[str, tuple[Any, ...]] = {
    "style": HAIR_STYLES,
    "glasses": (True, False),
    "hat": (True, False),
    "skin": SKINS,
    "hair": HAIR_COLOURS,
    "shirt": SHIRT_COLOURS,
    "fur": FUR_COLOURS,
}
ALIKE: tuple[tuple[Kind, ...], ...] = (("man", "woman"), ("boy", "girl"), FURRY)  # for vague words
OFTEN = {  # how often each of them is what differs: the hardest most
    "kind": 4,
    "style": 18,
    "glasses": 3,
    "hat": 3,
    "skin": 3,
    "hair": 2,
    "shirt": 1,
    "fur": 2,
}
TRIES = 2000  # a cat is seldom called a pet
PAIRS = 0.25  # share of doubles with somebody beside them in the second scene
STANDING = 0.5  # share of first scenes that are portraits

Double = tuple[Sample, Sample]  # what was drawn before, and the panel that is to keep its looks


@dataclass(frozen=True)
class Pair:
    """Two looks that differ in `field`, and two scenes of the first of them."""

    look: Look
    other: Look
    field: str
    before: Scene
    after: Scene


def doubles(seed: int, telling: int = 0) -> tuple[Double, Double]:
    """Two characters in the same two scenes. Each `telling` says them in other words, which are
    the same for both characters and leave open what differs.

    Raises:
        ValueError: no such words were found.
    """
    pair = _pair(seed)
    for attempt in range(TRIES):
        words = f"doubles {seed} told {telling} {attempt}"
        described = describe(pair.look, random.Random(words), SAY_LOOKS_IN_GROUP)
        if pair.field not in described.said and not _betrayed(pair, described):
            one, other = (_told(pair, who, described, words) for who in (pair.look, pair.other))
            if all(a.caption == b.caption for a, b in zip(one, other, strict=True)):
                return one, other
    raise ValueError(f"no caption of doubles {seed} fits both")


def _betrayed(pair: Pair, described: Caption) -> bool:
    """Whether a pronoun says what is to be left open."""
    return pair.field == "kind" and PRONOUNS[pair.look.kind] in described.text.split()


def _pair(seed: int) -> Pair:
    chance = random.Random(f"doubles {seed}")
    look = random_look(chance)
    field = _field(look, chance)
    choice = [one for one in _values(look, field) if one != getattr(look, field)]
    other = replace(look, **{field: chance.choice(choice)})
    while True:
        before, after = before_and_after(look, chance)
        if all(one.look != other for one in after.figures):  # nor is the other one beside it
            return Pair(look, other, field, before, after)


def _field(look: Look, chance: random.Random) -> str:
    fields = [field for field in look.visible() if field in OFTEN and len(_values(look, field)) > 1]
    return chance.choices(fields, [OFTEN[field] for field in fields])[0]


def _values(look: Look, field: str) -> Sequence[Any]:
    """Those between which words can leave it open."""
    if field != "kind":
        return FIELDS[field]
    return next((kinds for kinds in ALIKE if look.kind in kinds), (look.kind,))


def before_and_after(look: Look, chance: random.Random) -> tuple[Scene, Scene]:
    """Two scenes of a character, alone in the first, which may be a portrait."""
    before = scene_with((look,), chance)
    if chance.random() < STANDING:
        before = replace(before, figures=(replace(before.figures[0], pose="standing"),))
    cast = [look]
    if chance.random() < PAIRS:
        cast.insert(chance.randrange(2), random_look(chance))
    return before, scene_with(tuple(cast), chance)


def _told(pair: Pair, who: Look, described: Caption, words: str) -> Double:
    chance = random.Random(f"{words} scenes")
    scenes = (_played(scene, pair.look, who) for scene in (pair.before, pair.after))
    before, after = (
        Sample(scene, caption(scene, _cast(scene, who, described, chance), chance))
        for scene in scenes
    )
    return before, after


def _cast(scene: Scene, who: Look, words: Caption, chance: random.Random) -> list[Caption]:
    return [
        words if figure.look == who else describe(figure.look, chance) for figure in scene.figures
    ]


def _played(scene: Scene, look: Look, who: Look) -> Scene:
    """The scene with `who` in the place of `look`."""
    figures = tuple(
        replace(figure, look=who) if figure.look == look else figure for figure in scene.figures
    )
    return replace(scene, figures=figures)

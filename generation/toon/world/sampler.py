"""Draws lots: random characters, scenes, and groups of scenes with one cast."""

from __future__ import annotations

import random
from dataclasses import replace

from generation.toon.world.scene import (
    EXPRESSIONS,
    FUR_COLOURS,
    HAIR_COLOURS,
    HAIR_STYLES,
    PEOPLE,
    PLACES,
    POSES,
    SHIRT_COLOURS,
    SKINS,
    Extra,
    Figure,
    HairStyle,
    Kind,
    Look,
    Pose,
    Scene,
)

PAIRS = 0.4  # share of groups with two characters

_ANIMALS: tuple[Kind, ...] = ("cat", "dog", "rabbit", "robot")
_STYLES: dict[str, tuple[HairStyle, ...]] = {  # others occur, but seldom
    "man": ("short", "curly", "spiky"),
    "boy": ("short", "curly", "spiky"),
    "woman": ("short", "long", "curly", "ponytail", "bun"),
    "girl": ("short", "long", "curly", "ponytail", "bun"),
}


def random_look(chance: random.Random) -> Look:
    kind = chance.choice(PEOPLE) if chance.random() < 0.72 else chance.choice(_ANIMALS)
    usual = chance.random() < 0.9 and kind in _STYLES
    return Look(
        kind=kind,
        skin=chance.choice(SKINS),
        hair=chance.choice(HAIR_COLOURS),
        style=chance.choice(_STYLES[kind] if usual else HAIR_STYLES),
        shirt=chance.choice(SHIRT_COLOURS),
        fur=chance.choice(FUR_COLOURS),
        glasses=chance.random() < 0.25,
        hat=chance.random() < 0.14,
        slogan=chance.random() < 0.2,
        stickers=chance.random() < 0.35,
    )


def random_scene(chance: random.Random) -> Scene:
    """A scene with new characters: 8 % nobody, 50 % one, 35 % two, 7 % three."""
    count = chance.choices((0, 1, 2, 3), (8, 50, 35, 7))[0]
    return scene_with(tuple(random_look(chance) for _ in range(count)), chance)


def random_group(panels: int, chance: random.Random) -> tuple[Scene, ...]:
    """`panels` scenes with one cast, as a story has them: one character, or two.

    Of two, both are in the first and last panels, and each is alone in one panel between them. Half
    of the panels where somebody is alone are portraits, which show most of the looks.
    """
    first, second = random_look(chance), random_look(chance)
    if chance.random() < PAIRS:
        both = (first, second)
        casts = [both, (first,), (second,), *[both] * (panels - 3)]
    else:
        casts = [(first,)] * panels
    return tuple(_group_scene(cast, chance) for cast in casts)


def _group_scene(cast: tuple[Look, ...], chance: random.Random) -> Scene:
    scene = scene_with(tuple(chance.sample(cast, len(cast))), chance)
    if len(cast) > 1 or chance.random() < 0.5:
        return scene
    return replace(scene, figures=(replace(scene.figures[0], pose="standing"),))


def scene_with(looks: tuple[Look, ...], chance: random.Random) -> Scene:
    """A random scene with these characters, from left to right."""
    place = chance.choice(PLACES)
    poses: list[Pose] = [chance.choice(POSES) for _ in looks]
    moods = [chance.choice(EXPRESSIONS) for _ in looks]
    facings = [chance.choice((-1, 1)) for _ in looks]
    extras: set[Extra] = set()
    if not looks and chance.random() < 0.4:
        place = chance.choice(("park", "beach", "street", "forest"))
        extras.add("house")
    if len(looks) > 1:
        if chance.random() < 0.6:  # most pairs look at each other
            facings = [1 if i < len(looks) / 2 else -1 for i in range(len(looks))]
        if chance.random() < 0.3:  # a quarrel
            poses, moods = ["pointing"] * len(looks), ["angry"] * len(looks)
    if chance.random() < (0.25 if "angry" in moods else 0.06):
        extras.add("papers")
    figures = tuple(
        Figure(look, pose, mood, facing)
        for look, pose, mood, facing in zip(looks, poses, moods, facings, strict=True)
    )
    return Scene(place, chance.random() < 0.25, figures, frozenset(extras), chance.getrandbits(32))

"""Twins: two pictures that differ in one thing only, with captions that say it in both.

The loss of a denoiser is mostly about noise and places. Whether a mouth laughs or cries hardly
shows in it, so a network can ignore such words for very long; between twins nothing else differs.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from generation.toon.world.captions import SAY_LOOKS, caption, describe
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.samples import Sample
from generation.toon.world.scene import (
    EXPRESSIONS,
    HAIR_STYLES,
    KINDS,
    POSES,
    SKINS,
    Figure,
    Look,
    Scene,
)

FIELDS: dict[str, tuple[Any, ...]] = {
    "expression": EXPRESSIONS,
    "pose": POSES,
    "style": HAIR_STYLES,
    "skin": SKINS,
    "kind": KINDS,
    "glasses": (True, False),
    "hat": (True, False),
}
OFTEN = (9, 5, 8, 2, 1, 2, 1)  # how often each of them is what differs
PAIRS = 0.3  # share of twins with two figures
TRIES = 200


def twins(seed: int, telling: int = 0) -> tuple[Sample, Sample]:
    """Two scenes that differ in a field of one figure, and what is said of both. Each `telling`
    says it in other words.

    Raises:
        ValueError: no caption was found that says it.
    """
    chance = random.Random(f"twins {seed}")
    looks = tuple(random_look(chance) for _ in range(2 if chance.random() < PAIRS else 1))
    scene, who = _scene(looks, chance), chance.randrange(len(looks))
    possible = [field for field in FIELDS if _has(scene.figures[who], field)]
    often = [share for field, share in zip(FIELDS, OFTEN, strict=True) if field in possible]
    field = chance.choices(possible, often)[0]
    other = changed(scene, who, field, chance)
    for attempt in range(TRIES):
        words = f"twins {seed} told {telling} {attempt}"
        told = (_told(scene, words), _told(other, words))
        if any(f"{who}.{field}" in one.caption.said for one in told) and (
            field in ("glasses", "hat") or all(f"{who}.{field}" in one.caption.said for one in told)
        ):
            return told
    raise ValueError(f"no caption of twins {seed} says {field}")


def _scene(looks: tuple[Look, ...], chance: random.Random) -> Scene:
    while True:
        scene = scene_with(looks, chance)
        if own_poses(scene):
            return scene


def own_poses(scene: Scene) -> bool:
    """Whether each has a pose of its own: of those who do the same, captions say it once or
    never."""
    return len({figure.pose for figure in scene.figures}) == len(scene.figures)


def _has(figure: Figure, field: str) -> bool:
    return field in ("expression", "pose") or field in figure.look.visible()


def changed(scene: Scene, who: int, field: str, chance: random.Random) -> Scene:
    """The scene with another value of a field of one figure, or of its look."""
    figure = scene.figures[who]
    on_look = field not in ("expression", "pose")
    now = getattr(figure.look if on_look else figure, field)
    taken = {one.pose for one in scene.figures} | {now}
    new: dict[str, Any] = {field: chance.choice([one for one in FIELDS[field] if one not in taken])}
    figures = list(scene.figures)
    figures[who] = (
        replace(figure, look=replace(figure.look, **new)) if on_look else replace(figure, **new)
    )
    return replace(scene, figures=tuple(figures))


def _told(scene: Scene, words: str) -> Sample:
    chance = random.Random(words)
    cast = [describe(figure.look, chance, SAY_LOOKS) for figure in scene.figures]
    return Sample(scene, caption(scene, cast, chance))

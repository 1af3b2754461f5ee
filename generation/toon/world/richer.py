"""Draws lots as `sampler` does, of all that the second round knows beside."""

from __future__ import annotations

import random
from dataclasses import replace

from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.scene import (
    BEARDS,
    BY_THE_FEET,
    DRAWINGS,
    FRAMINGS,
    FURRY,
    IN_BED,
    MORE_PLACES,
    MORE_POSES,
    PATTERNS,
    PEOPLE,
    PROPS,
    Drawing,
    Expression,
    Look,
    Place,
    Pose,
    Prop,
    Scene,
)

BEARDED, PATTERNED = 0.6, 0.5  # shares of men, and of people
SOMEWHERE_NEW, DOING_NEW = 0.6, 0.55  # shares of scenes, and of figures
FIGHTS = 0.2  # share of scenes with two
CHASES = 0.45  # share of scenes with an animal and another one
HOLDS, NEAR_A_FIRE = 0.85, 0.5  # shares of scenes where it fits
IN_THE_BEDROOM = 0.6  # share of beds
OFTEN_FRAMED = (62, 20, 18)  # medium, close-up, wide
OFTEN_DRAWN = (48, 13, 13, 13, 13)  # comic book most: it is what a prompt means that names none
OUTDOORS: tuple[Place, ...] = ("park", "beach", "forest", "desert", "mountain", "snow", "castle")
WITH_A_HOUSE: tuple[Place, ...] = ("desert", "mountain", "snow")
HANDS_FREE: tuple[Pose, ...] = ("standing", "walking", "sitting", "running")
SHOWN_CLOSE: tuple[Pose, ...] = (  # what heads and shoulders tell apart
    "standing",
    "cheering",
    "pointing",
    "reading",
    "sleeping",
    "waking",
)
SHOWN_TOGETHER: tuple[Pose, ...] = ("standing", "reading")  # what stays on its own side
WIDE: tuple[Pose, ...] = ("typing", "pointing", "running", "eating", "sleeping", "waking")
READABLE: tuple[Prop, ...] = ("book", "newspaper")
ALONE_POSES: tuple[Pose, ...] = tuple(pose for pose in MORE_POSES if pose != "fighting")


def richer_look(chance: random.Random) -> Look:
    look = random_look(chance)
    if look.kind == "man" and chance.random() < BEARDED:
        look = replace(look, beard=chance.choice(BEARDS[1:]))
    if look.kind in PEOPLE and chance.random() < PATTERNED:
        look = replace(look, pattern=chance.choice(PATTERNS[1:]), slogan=False)
    return look


def random_drawing(chance: random.Random) -> Drawing:
    return chance.choices(DRAWINGS, OFTEN_DRAWN)[0]


def richer_scene(looks: tuple[Look, ...], drawing: Drawing, chance: random.Random) -> Scene:
    """A random scene with these characters, from left to right."""
    scene = replace(scene_with(looks, chance), drawing=drawing)
    if chance.random() < SOMEWHERE_NEW:
        scene = _elsewhere(scene, chance)
    if len(looks) == 2 and chance.random() < FIGHTS:
        return _fight(scene, chance)
    if len(looks) == 2 and _can_chase(scene) and chance.random() < CHASES:
        return _chase(scene)
    scene = _framed(_busy(scene, chance), chance)
    scene = _bedded(_with_prop(scene, chance), chance)
    return _with_fire(scene, chance)


def _elsewhere(scene: Scene, chance: random.Random) -> Scene:
    place = chance.choice(WITH_A_HOUSE if "house" in scene.extras else MORE_PLACES)
    return replace(scene, place=place, night=scene.night and place != "space")


def _fight(scene: Scene, chance: random.Random) -> Scene:
    mood: Expression = chance.choice(("angry", "angry", "angry", "surprised"))
    fighters = tuple(
        replace(figure, pose="fighting", expression=mood, facing=facing)
        for figure, facing in zip(scene.figures, (1, -1), strict=True)
    )
    return replace(scene, figures=fighters, extras=frozenset())


def _can_chase(scene: Scene) -> bool:
    """Whether there are an animal and somebody who is none."""
    return sum(figure.look.kind in FURRY for figure in scene.figures) == 1


def _chase(scene: Scene) -> Scene:
    """The animal runs behind the other one."""
    facing = 1 if scene.figures[0].look.kind in FURRY else -1
    runners = tuple(replace(one, pose="running", facing=facing) for one in scene.figures)
    return replace(scene, figures=runners, extras=frozenset())


def _busy(scene: Scene, chance: random.Random) -> Scene:
    """Some do what only the second round knows."""
    quarrel = len(scene.figures) > 1 and {one.pose for one in scene.figures} == {"pointing"}
    if quarrel:
        return scene
    figures = tuple(
        replace(figure, pose=chance.choice((*ALONE_POSES, "standing")))
        if chance.random() < DOING_NEW
        else figure
        for figure in scene.figures
    )
    return replace(scene, figures=figures)


def _framed(scene: Scene, chance: random.Random) -> Scene:
    """A close-up is of one or two, doing what can be seen there."""
    framing = chance.choices(FRAMINGS, OFTEN_FRAMED)[0]
    if not scene.figures or (framing == "close-up" and len(scene.figures) > 2):
        return scene
    if framing != "close-up":
        return replace(scene, framing=framing)
    shown = SHOWN_CLOSE if len(scene.figures) == 1 else SHOWN_TOGETHER
    figures = tuple(
        figure if figure.pose in shown else replace(figure, pose=chance.choice(shown))
        for figure in scene.figures
    )
    return replace(scene, framing=framing, figures=figures, extras=frozenset())


def _with_prop(scene: Scene, chance: random.Random) -> Scene:
    """Who reads has something to read; of the others at most one has a thing."""
    figures = [
        replace(one, prop=chance.choice(READABLE)) if one.pose == "reading" else one
        for one in scene.figures
    ]
    free = [at for at in range(len(figures)) if _has_room(scene, at)]
    if free and chance.random() < HOLDS:
        at = chance.choice(free)
        hidden: tuple[Prop, ...] = BY_THE_FEET if scene.framing == "close-up" else ()
        props = [prop for prop in PROPS[1:] if prop not in hidden]
        figures[at] = replace(figures[at], prop=chance.choice(props))
    return replace(scene, figures=tuple(figures))


def _has_room(scene: Scene, at: int) -> bool:
    """Whether it could hold something that nobody hides: who is on the right is drawn over it."""
    figure, *beside = scene.figures[at:]
    if figure.pose not in HANDS_FREE:
        return False
    if scene.framing == "close-up":
        return len(scene.figures) == 1
    return not beside or figure.facing < 0 or beside[0].pose not in WIDE


def _bedded(scene: Scene, chance: random.Random) -> Scene:
    """One bed at most, mostly in a bedroom; who sleeps is calm, and snores at nobody."""
    beds = [at for at, figure in enumerate(scene.figures) if figure.pose in IN_BED]
    if not beds:
        return scene
    figures = list(scene.figures)
    for at in beds[1:]:
        figures[at] = replace(figures[at], pose="standing")
    first, last = beds[0], len(figures) - 1
    if figures[first].pose == "sleeping":
        mood: Expression = chance.choice(("neutral", "happy"))
        outward = -1 if first < last else 1
        figures[first] = replace(figures[first], expression=mood, facing=outward)
    place: Place = "bedroom" if chance.random() < IN_THE_BEDROOM else scene.place
    return replace(scene, place=place, figures=tuple(figures))


def _with_fire(scene: Scene, chance: random.Random) -> Scene:
    """Near those who stand, walk or sit outdoors."""
    fits = (
        scene.place in OUTDOORS
        and scene.framing == "medium"
        and 0 < len(scene.figures) < 3
        and all(figure.pose in HANDS_FREE for figure in scene.figures)
        and all(figure.prop not in BY_THE_FEET for figure in scene.figures)
    )
    if not fits or chance.random() > NEAR_A_FIRE:
        return scene
    return replace(scene, extras=scene.extras | {"fire"})

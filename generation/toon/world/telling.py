"""Says a random part of a scene of either round, as `captions.caption` does of the first one's.

Words that the first round has for what only the second draws are left to it: who runs doesn't walk,
who fights doesn't point. Characters are mentioned from left to right here, too.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from generation.toon.world.captions import Caption, strange_words
from generation.toon.world.more_words import (
    DEBATE_WORDS,
    DRAWING_WORDS,
    EMPTY_WORDS,
    FIGHT_WORDS,
    FIRE_WORDS,
    FRAMED_WORDS,
    FRAMING_WORDS,
    MORE_PLACE_WORDS,
    MORE_POSE_WORDS,
    PROP_WORDS,
    QUALITY_WORDS,
    READING_WORDS,
    THEM,
)
from generation.toon.world.scene import FURRY, Drawing, Extra, Figure, Framing, Scene
from generation.toon.world.words import (
    ASIDES,
    DAY_WORDS,
    EXPRESSION_WORDS,
    EXTRA_WORDS,
    NIGHT_WORDS,
    PLACE_WORDS,
    POSE_WORDS,
    PRONOUNS,
    SUFFIXES,
)

SAY_DRAWING: dict[Drawing, float] = {"comic book": 0.5}  # what is said of none is a comic book
SAY_ANOTHER_DRAWING = 0.92
SAY_FRAMING: dict[Framing, float] = {"medium": 0.15, "close-up": 0.85, "wide": 0.8}
SAY_PROP = 0.8
TAKEN = {  # words of a pose that another one has now, or of a place for what nobody does there
    "walking": ("running",),
    "kitchen": ("cooking in the kitchen",),
}
COMIC_SUFFIXES = tuple(words for words in SUFFIXES if "line art" not in words)  # it is a style now


@dataclass
class Teller:
    """Chooses words for one scene, and keeps what it said."""

    scene: Scene
    chance: random.Random
    said: set[str] = field(default_factory=set)

    def speak(self, name: str, likely: float) -> bool:
        if self.chance.random() < likely:
            self.said.add(name)
            return True
        return False

    def one_of(self, words: Sequence[str]) -> str:
        return self.chance.choice(words)


def tell(scene: Scene, cast: Sequence[Caption], chance: random.Random) -> Caption:
    """The prompt of a panel: the characters' descriptions `cast`, and all that the scene has."""
    teller = Teller(scene, chance)
    teller.said.update(f"{i}.{name}" for i, person in enumerate(cast) for name in person.said)
    happens, setting = _framed(teller, _action(teller, cast)), _setting(teller)
    settings = [setting] if setting else []
    parts = [*settings, *happens] if chance.random() < 0.25 else [*happens, *settings]
    if not cast and chance.random() < 0.3:
        parts.append(teller.one_of(EMPTY_WORDS))
    if chance.random() < 0.2:
        aside = teller.one_of(ASIDES) if chance.random() < 0.7 else strange_words(chance)
        parts.insert(chance.randint(0, len(parts)), aside)
    _style(teller, parts)
    return Caption(", ".join(parts), frozenset(teller.said))


def _setting(teller: Teller) -> str:
    scene, parts = teller.scene, []
    if teller.speak("place", 0.88):
        known = (*PLACE_WORDS.get(scene.place, ()), *MORE_PLACE_WORDS.get(scene.place, ()))
        parts.append(teller.one_of(_left(known, scene.place)))
    for extra in sorted(scene.extras):
        if teller.speak(extra, 1.0 if extra == "house" else 0.8):
            parts.insert(0, teller.one_of(_extra_words(extra)))
    if teller.speak("night", 0.75 if scene.night else 0.15 * (scene.place != "space")):
        parts.append(teller.one_of(NIGHT_WORDS if scene.night else DAY_WORDS))
    return teller.one_of((", ", " ")).join(parts)


def _extra_words(extra: Extra) -> tuple[str, ...]:
    return FIRE_WORDS if extra == "fire" else EXTRA_WORDS[extra]


def _framed(teller: Teller, happens: str) -> list[str]:
    """What happens, with how close it is seen: before it, or as a part of its own."""
    framing = teller.scene.framing
    if not happens or not teller.speak("framing", SAY_FRAMING[framing]):
        return [happens] if happens else []
    if teller.chance.random() < 0.6:
        return [f"{teller.one_of(FRAMED_WORDS[framing])} {happens}"]
    parts = [happens, teller.one_of(FRAMING_WORDS[framing])]
    return parts if teller.chance.random() < 0.4 else parts[::-1]


def _style(teller: Teller, parts: list[str]) -> None:
    """Say how it is drawn, before everything or after."""
    drawing = teller.scene.drawing
    if teller.speak("drawing", SAY_DRAWING.get(drawing, SAY_ANOTHER_DRAWING)):
        at = 0 if teller.chance.random() < 0.65 else len(parts)
        parts.insert(at, teller.one_of(DRAWING_WORDS[drawing]))
    if teller.chance.random() < 0.25:
        parts.append(teller.one_of(COMIC_SUFFIXES if drawing == "comic book" else QUALITY_WORDS))


def _action(teller: Teller, cast: Sequence[Caption]) -> str:
    if not cast:
        return ""
    figures = teller.scene.figures
    chaser = chaser_of(figures)
    if chaser is not None and teller.chance.random() < 0.7:
        return _chase(teller, cast, chaser)
    poses = {figure.pose for figure in figures}
    if len(figures) > 1 and (len(poses) == 1 or teller.chance.random() < 0.1):
        return _together(teller, cast)
    doing = [_doing(teller, i, person) for i, person in enumerate(cast)]
    if len(figures) == 2 and teller.chance.random() < 0.15:
        return f"{doing[0]} on the left, {doing[1]} on the right"
    return teller.one_of((" and ", ", and ", " next to ")).join(doing)


def chaser_of(figures: Sequence[Figure]) -> int | None:
    """Which of two that run the same way is an animal behind somebody who is none."""
    if len(figures) != 2 or any(one.pose != "running" for one in figures):
        return None
    if figures[0].facing != figures[1].facing:
        return None
    behind = 0 if figures[0].facing > 0 else 1
    furry = [one.look.kind in FURRY for one in figures]
    return behind if furry[behind] and not furry[1 - behind] else None


def _chase(teller: Teller, cast: Sequence[Caption], chaser: int) -> str:
    animal, runner = cast[chaser].text, cast[1 - chaser].text
    teller.said.update(("0.pose", "1.pose"))
    if chaser == 0:
        return f"{animal} {teller.one_of(('chasing', 'chases', 'running after'))} {runner}"
    them = THEM[teller.scene.figures[1 - chaser].look.kind]
    return teller.one_of(
        (
            f"{runner} running, {animal} chasing",
            f"{runner} running away, {animal} chasing {them}",
            f"{runner} chased by {animal}",
        )
    )


def _together(teller: Teller, cast: Sequence[Caption]) -> str:
    """What all of them do and feel, said once."""
    figures = teller.scene.figures
    poses, moods = ({getattr(one, name) for one in figures} for name in ("pose", "expression"))
    text = teller.one_of((" and ", ", ")).join(person.text for person in cast)
    words = {"pointing": DEBATE_WORDS, "fighting": FIGHT_WORDS, "running": ("running", "run")}
    pose = next(iter(poses)) if len(poses) == 1 else ""
    if pose in words and teller.chance.random() < 0.85:
        text += " " + teller.one_of(words[pose])
        teller.said.update(f"{i}.pose" for i in range(len(figures)))
    if len(moods) == 1 and teller.chance.random() < 0.6:
        everybody = "both" if len(figures) == 2 else "all"
        text += f", {everybody} {teller.one_of(EXPRESSION_WORDS[figures[0].expression])}"
        teller.said.update(f"{i}.expression" for i in range(len(figures)))
    return text


def _doing(teller: Teller, index: int, person: Caption) -> str:
    figure = teller.scene.figures[index]
    parts = _posing(teller, index, figure)
    if teller.speak(f"{index}.expression", 0.15 if figure.pose == "sleeping" else 0.55):
        parts.append(teller.one_of(EXPRESSION_WORDS[figure.expression]))
    holds = figure.prop != "none" and figure.pose != "reading"
    if holds and teller.speak(f"{index}.prop", SAY_PROP):
        parts.append(teller.one_of(PROP_WORDS[figure.prop]))
    teller.chance.shuffle(parts)
    text = teller.one_of((", ", " ")).join([person.text, *parts])
    return text.replace("{his}", PRONOUNS[figure.look.kind])


def _posing(teller: Teller, index: int, figure: Figure) -> list[str]:
    """Words for its pose, if any: nobody sees that a close-up stands."""
    unseen = teller.scene.framing == "close-up" and figure.pose == "standing"
    if unseen or not teller.speak(f"{index}.pose", 0.8):
        return []
    if figure.pose == "reading" and teller.speak(f"{index}.prop", 0.75):
        return [teller.one_of(READING_WORDS[figure.prop])]
    known = (*POSE_WORDS.get(figure.pose, ()), *MORE_POSE_WORDS.get(figure.pose, ()))
    return [teller.one_of(_left(known, figure.pose))]


def _left(known: Sequence[str], name: str) -> list[str]:
    taken = TAKEN.get(name, ())
    return [words for words in known if words not in taken]

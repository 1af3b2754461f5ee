"""Says a random part of a scene's truth, in the wording of real story prompts.

Characters are mentioned from left to right. What a caption says is always true; what it leaves
out may be anything.
"""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass

from generation.toon.world.more_words import BEARD_WORDS, PATTERN_WORDS
from generation.toon.world.scene import FURRY, PEOPLE, Figure, Look, Scene
from generation.toon.world.words import (
    ADULT_WORDS,
    ANIMAL_WORDS,
    ASIDES,
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
    PREFIXES,
    PRONOUNS,
    QUARREL_WORDS,
    SHIRT_NOUNS,
    SKIN_WORDS,
    SLOGAN_WORDS,
    STICKER_WORDS,
    STYLE_WORDS,
    SUFFIXES,
)

SAY_LOOKS = 0.45  # chance that a caption mentions a given part of a look
SAY_MOST = 0.9  # the chance in captions that leave little open: they teach words fastest
SAY_LOOKS_IN_GROUP = 0.2  # less is said where other panels can be looked at


@dataclass(frozen=True)
class Caption:
    """`said` names the parts of the truth in the text: "place", "night", "0.hair", "1.pose"..."""

    text: str
    said: frozenset[str]


def describe(look: Look, chance: random.Random, say: float = SAY_LOOKS) -> Caption:
    """A character's description, as a user writes it once: "a young man with red hair"."""
    said: set[str] = set()

    def speak(field: str, likely: float = say) -> bool:
        if chance.random() < likely:
            said.add(field)
            return True
        return False

    noun = _noun(look, chance, said)
    parts: list[str] = []
    if look.kind in PEOPLE:
        colour, style = speak("hair"), speak("style", say * 0.8)
        if colour or style:
            pattern = chance.choice(STYLE_WORDS[look.style]) if style else "{} hair"
            hair = pattern.format(_colour(look.hair, chance) if colour else "")
            parts.append("with " + " ".join(hair.split()))
        worn = [_colour(look.shirt, chance)] if speak("shirt") else []
        if look.pattern != "plain" and speak("pattern", max(say, 0.5)):
            worn.insert(chance.randrange(2), chance.choice(PATTERN_WORDS[look.pattern]))
        if worn:
            clothes = " ".join([*worn, chance.choice(SHIRT_NOUNS)])
            article = "an" if clothes[0] in "aeiou" else "a"
            parts.append(f"{chance.choice(('in', 'wearing', 'with'))} {article} {clothes}")
        if speak("skin", say * 0.5):
            parts.append("with " + chance.choice(SKIN_WORDS[look.skin]))
        if look.slogan and speak("slogan", 0.6):
            parts.append(chance.choice(SLOGAN_WORDS))
        if look.beard != "none" and look.kind == "man" and speak("beard", max(say, 0.5)):
            parts.append(chance.choice(BEARD_WORDS[look.beard]))
    if look.glasses and speak("glasses", max(say, 0.5)):
        parts.append(f"{chance.choice(('wearing', 'with'))} {chance.choice(GLASSES_WORDS)}")
    if look.hat and speak("hat", max(say, 0.5)):
        parts.append(f"{chance.choice(('wearing', 'with'))} {chance.choice(HAT_WORDS)}")
    if look.stickers and speak("stickers", 0.3):
        parts.append(chance.choice(STICKER_WORDS))
    chance.shuffle(parts)
    colour_word = ""
    if look.kind in FURRY and speak("fur"):
        colour_word = _colour(look.fur, chance)
    elif look.kind == "robot" and speak("shirt"):
        colour_word = _colour(look.shirt, chance)
    head = " ".join(f"{colour_word} {noun}".split())
    article = "an" if head[0] in "aeiou" else "a"
    joint = chance.choice((", ", " ", " "))
    text = joint.join([f"{article} {head}", *parts])
    return Caption(text.replace("{his}", PRONOUNS[look.kind]), frozenset(said))


def caption(scene: Scene, cast: Sequence[Caption], chance: random.Random) -> Caption:
    """The prompt of a panel: the characters' descriptions `cast`, and what happens."""
    said = {f"{i}.{field}" for i, person in enumerate(cast) for field in person.said}
    parts = [_action(scene, cast, chance, said)] if cast else []
    setting: list[str] = []
    if chance.random() < 0.85:
        setting.append(chance.choice(PLACE_WORDS[scene.place]))
        said.add("place")
    for extra in sorted(scene.extras):
        if extra == "house" or chance.random() < 0.75:
            setting.insert(0, chance.choice(EXTRA_WORDS[extra]))
            said.add(extra)
    if chance.random() < (0.75 if scene.night else 0.2):
        setting.append(chance.choice(NIGHT_WORDS if scene.night else DAY_WORDS))
        said.add("night")
    joint = chance.choice((", ", " "))
    place = joint.join(setting)
    parts = [place, *parts] if chance.random() < 0.25 else [*parts, place]
    if not cast and chance.random() < 0.3:
        parts.append(chance.choice(("no people", "nobody", "empty", "landscape")))
    if chance.random() < 0.25:
        aside = chance.choice(ASIDES) if chance.random() < 0.7 else strange_words(chance)
        parts.insert(chance.randint(0, len(parts)), aside)
    if chance.random() < 0.6:
        parts.insert(0, chance.choice(PREFIXES))
    if chance.random() < 0.3:
        parts.append(chance.choice(SUFFIXES))
    return Caption(", ".join(part for part in parts if part), frozenset(said))


def _noun(look: Look, chance: random.Random, said: set[str]) -> str:
    vague: tuple[str, ...] = ANIMAL_WORDS
    if look.kind in PEOPLE:
        vague = ADULT_WORDS if look.kind in ("man", "woman") else CHILD_WORDS
    likely = 0.7 if look.kind in PEOPLE else 0.96
    if look.kind == "robot" or chance.random() < likely:
        said.add("kind")
        return chance.choice(KIND_WORDS[look.kind])
    return chance.choice(vague)


def _colour(name: str, chance: random.Random) -> str:
    return chance.choice(COLOUR_SYNONYMS.get(name, (name,)))


def _action(scene: Scene, cast: Sequence[Caption], chance: random.Random, said: set[str]) -> str:
    figures = scene.figures
    poses = {figure.pose for figure in figures}
    if len(figures) > 1 and (len(poses) == 1 or chance.random() < 0.15):
        text = " and ".join(person.text for person in cast)
        if poses == {"pointing"} and chance.random() < 0.85:
            text += " " + chance.choice(QUARREL_WORDS)
            said.update(f"{i}.pose" for i in range(len(figures)))
        moods = {figure.expression for figure in figures}
        if len(moods) == 1 and chance.random() < 0.7:
            all_of_them = "both" if len(figures) == 2 else "all"
            word = chance.choice(EXPRESSION_WORDS[figures[0].expression])
            text += f", {all_of_them} {word}"
            said.update(f"{i}.expression" for i in range(len(figures)))
        return text
    doing = [
        _doing(figure, person, i, chance, said)
        for i, (figure, person) in enumerate(zip(figures, cast, strict=True))
    ]
    if len(figures) == 2 and chance.random() < 0.15:
        return f"{doing[0]} on the left, {doing[1]} on the right"
    return chance.choice((" and ", ", and ", " next to ")).join(doing)


def _doing(
    figure: Figure, person: Caption, index: int, chance: random.Random, said: set[str]
) -> str:
    parts: list[str] = []
    if chance.random() < 0.7:
        parts.append(chance.choice(POSE_WORDS[figure.pose]))
        said.add(f"{index}.pose")
    if chance.random() < 0.6:
        parts.append(chance.choice(EXPRESSION_WORDS[figure.expression]))
        said.add(f"{index}.expression")
    chance.shuffle(parts)
    joint = chance.choice((", ", " "))
    text = joint.join([person.text, *parts])
    return text.replace("{his}", PRONOUNS[figure.look.kind])


def strange_words(chance: random.Random) -> str:
    """Words that nobody knows: they must not spoil a picture."""
    lengths = [chance.randint(2, 9) for _ in range(chance.randint(1, 3))]
    return " ".join("".join(chance.choices(string.ascii_lowercase, k=n)) for n in lengths)

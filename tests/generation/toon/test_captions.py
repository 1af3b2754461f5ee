"""Captions say nothing that isn't so, and the same as what they report to have said."""

from __future__ import annotations

import random

from generation.toon import WEIGHTS
from generation.toon.world import words
from generation.toon.world.captions import describe
from generation.toon.world.samples import group, single
from generation.toon.world.scene import FURRY, Look
from generation.toon.world.vocabulary import known_words

MANY = 400


def spoken(field: str, value: object) -> tuple[str, ...]:
    """Words of which one must be in a caption that says `field` is `value`."""
    tables: dict[str, dict[object, tuple[str, ...]]] = {
        "kind": dict(words.KIND_WORDS),
        "skin": dict(words.SKIN_WORDS),
        "expression": dict(words.EXPRESSION_WORDS),
    }
    if field in tables:
        return tables[field][value]
    if field in ("hair", "shirt", "fur"):
        return words.COLOUR_SYNONYMS.get(str(value), (str(value),))
    if field == "style":
        return {"curly": ("curly", "frizzy"), "spiky": ("spiky", "wild")}.get(
            str(value), (str(value),)
        )
    if field == "pose":
        plain = tuple(
            word.partition("{his}")[0].strip() or word.partition("{his} ")[2]
            for word in words.POSE_WORDS[value]
        )  # type: ignore[index]
        return plain + (words.QUARREL_WORDS if value == "pointing" else ())
    return {
        "glasses": ("glasses", "spectacles"),
        "hat": ("cap", "hat"),
        "slogan": ("slogan", "text"),
        "stickers": ("stickers",),
    }[field]


def test_what_is_reported_as_said_is_in_the_text() -> None:
    for seed in range(MANY):
        sample = single(seed)
        text = sample.caption.text
        for name in sample.caption.said:
            index, _, field = name.rpartition(".")
            if index:
                figure = sample.scene.figures[int(index)]
                owner = figure if field in ("pose", "expression") else figure.look
                assert any(word in text for word in spoken(field, getattr(owner, field))), name
            elif field == "place":
                assert any(word in text for word in words.PLACE_WORDS[sample.scene.place])
            elif field == "night":
                said = words.NIGHT_WORDS if sample.scene.night else words.DAY_WORDS
                assert any(word in text for word in said)
            else:
                assert field in sample.scene.extras


def test_what_a_kind_does_not_have_is_never_said() -> None:
    for seed in range(MANY):
        chance = random.Random(seed)
        kind = chance.choice(("cat", "dog", "rabbit", "robot"))
        said = describe(Look(kind), chance, say=1.0).said
        assert not said & {"hair", "style", "skin", "slogan"}
        assert ("fur" in said) == (kind in FURRY)


def test_captions_leave_a_varying_part_unsaid() -> None:
    said = [single(seed).caption.said for seed in range(MANY)]
    assert 0.6 < sum("place" in one for one in said) / MANY < 0.95
    assert 0.1 < sum("0.hair" in one for one in said) / MANY < 0.6


def test_no_placeholders_are_left_in_captions() -> None:
    for seed in range(MANY):
        text = single(seed).caption.text
        assert not set("{}") & set(text)
        assert "  " not in text


def test_panels_of_a_group_use_the_same_words_for_their_character() -> None:
    looks = {"kind", "skin", "hair", "style", "shirt", "fur", "glasses", "hat", "slogan"}
    for seed in range(40):
        told: dict[Look, set[frozenset[str]]] = {}
        for panel in group(seed):
            for at, figure in enumerate(panel.scene.figures):
                names = (name.split(".") for name in panel.caption.said if "." in name)
                said = {part for number, part in names if number == str(at) and part in looks}
                told.setdefault(figure.look, set()).add(frozenset(said))
        assert all(len(said) == 1 for said in told.values())


def test_the_stored_vocabulary_is_the_worlds() -> None:
    stored = (WEIGHTS / "words.txt").read_text(encoding="utf-8").split()
    assert tuple(stored) == known_words()
    assert {"spectacles", "grey", "kitten", "office", "furious", "t"} <= set(stored)

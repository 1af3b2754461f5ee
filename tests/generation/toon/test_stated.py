"""The truth of a story comes from its words: the rule is right about the world's own captions."""

from __future__ import annotations

import random

import pytest

from generation.toon.evaluation.stated import (
    phrases,
    scene_phrases,
    stated_look,
    stated_scene,
)
from generation.toon.world.captions import ASIDES, Caption, caption, describe
from generation.toon.world.sampler import random_look, random_scene

MANY = 1500
LOOKS = ("skin", "hair", "style", "shirt", "fur", "glasses", "hat")


def test_all_that_a_description_says_is_found_and_nothing_else() -> None:
    chance = random.Random(1)
    for _ in range(MANY):
        look = random_look(chance)
        told = describe(look, chance, say=0.6)
        found = stated_look(told.text)
        assert look.kind in found.kinds, told.text
        assert ("kind" in told.said) == (len(found.kinds) == 1), told.text
        right = {field: getattr(look, field) for field in LOOKS if field in told.said}
        assert found.fields == right, told.text


def test_all_that_a_panel_s_words_say_is_found_and_nothing_else() -> None:
    chance = random.Random(2)
    for _ in range(MANY):
        scene = random_scene(chance)
        if len(scene.figures) != 1:
            continue
        told = caption(scene, [Caption("", frozenset())], chance)
        found: dict[str, object] = {}
        for facts in phrases(told.text, scene_phrases()):
            found |= facts
        (figure,) = scene.figures
        truth = {
            "place": scene.place,
            "night": scene.night,
            "pose": figure.pose,
            "expression": figure.expression,
        }
        said = {name.removeprefix("0.") for name in told.said}
        assert found == {name: value for name, value in truth.items() if name in said}, told.text


def test_what_says_nothing_is_not_heard() -> None:
    for aside in ASIDES:
        assert not list(phrases(aside, scene_phrases())), aside


def test_each_figure_has_its_own_deeds() -> None:
    told = stated_scene("On the beach, [Tom] walking, sad and [Lisa] sitting, happy")
    assert told.panel == {"place": "beach"}
    assert told.figures == ("Tom", "Lisa")
    assert told.deeds["Tom"] == {"pose": "walking", "expression": "sad"}
    assert told.deeds["Lisa"] == {"pose": "sitting", "expression": "happy"}


def test_what_is_said_of_both_is_said_of_each() -> None:
    told = stated_scene("[Tom] and [Lisa] argue in the office, both angry")
    assert told.deeds["Tom"] == told.deeds["Lisa"] == {"pose": "pointing", "expression": "angry"}
    told = stated_scene("[Tom] pointing and [Lisa] sitting, both angry")
    assert told.deeds["Tom"] == {"pose": "pointing", "expression": "angry"}
    assert told.deeds["Lisa"] == {"pose": "sitting", "expression": "angry"}


def test_nobody_is_nobody() -> None:
    told = stated_scene("[NC] a house in the forest, at night")
    assert told.figures == ()
    assert told.panel == {"place": "forest", "night": True}


def test_a_noun_leaves_kinds_open() -> None:
    assert stated_look("A young programmer wearing glasses").kinds == ("man", "woman")
    assert stated_look("A child").kinds == ("boy", "girl")
    assert stated_look("A young boy").kinds == ("boy",)


def test_a_description_without_a_noun_is_refused() -> None:
    with pytest.raises(ValueError, match="no noun"):
        stated_look("Something blue")

"""Toon's portraits leave no look open, and contradict nothing that a description says."""

from __future__ import annotations

import random
from pathlib import Path

from generation.script.catalogue import read_models
from generation.script.vocabulary import words_of
from generation.toon.evaluation.stated import stated_look
from generation.toon.reader import visible
from generation.toon.world.captions import describe
from generation.toon.world.sampler import random_look

TOON = read_models(Path(__file__).parents[3] / "config" / "models.toml")["toon"]
MANY = 1500
BY_CHANCE = {"glasses", "hat"}  # who isn't said to have them mostly has none
NO_LOOKS = {"kind", "pose", "expression", "slogan"}


def test_a_portrait_says_all_looks_and_those_of_its_description_first() -> None:
    chance = random.Random(3)
    for seed in range(MANY):
        said = describe(random_look(chance), chance, say=0.4).text
        told = TOON.portraits.told(said, seed)
        before, after = stated_look(said), stated_look(told)
        assert len(after.kinds) == 1, told
        assert after.kinds[0] in before.kinds, told
        assert {name: after.fields[name] for name in before.fields} == before.fields, told
        looks = set(visible(after.kinds[0])) - NO_LOOKS
        assert looks - BY_CHANCE <= set(after.fields), told


def test_portraits_are_told_in_words_that_toon_knows() -> None:
    chance = random.Random(4)
    for seed in range(MANY):
        said = describe(random_look(chance), chance).text
        added = TOON.portraits.told(said, seed).removeprefix(said)
        assert set(words_of(added)) <= TOON.vocabulary, added

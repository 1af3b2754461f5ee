"""Toon's portraits leave no look open, and contradict nothing that a description says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from generation.script.catalogue import read_models
from generation.script.vocabulary import words_of
from generation.toon.evaluation.stated import stated_look
from generation.toon.reader import visible
from generation.toon.world.captions import describe
from generation.toon.world.sampler import random_look

TOON = read_models(Path(__file__).parents[3] / "config" / "models.toml")["toon"]
PORTRAITS = TOON.portraits
MANY = 1500
BY_CHANCE = {"glasses", "hat"}  # who isn't said to have them mostly has none
NO_LOOKS = {"kind", "pose", "expression", "slogan"}


def test_a_portrait_says_all_looks_and_those_of_its_description_first() -> None:
    chance = random.Random(3)
    for seed in range(MANY):
        look = random_look(chance)
        said = describe(look, chance, say=0.4).text
        told = PORTRAITS.told(said, seed)
        before, after = stated_look(said), stated_look(told)
        assert len(after.kinds) == 1, told
        assert after.kinds[0] in before.kinds, told
        assert {name: after.fields[name] for name in before.fields} == before.fields, told
        doubtful = {"shirt"} if "shirt" in said else set()  # "with text on his t-shirt"
        looks = set(visible(after.kinds[0])) - NO_LOOKS - BY_CHANCE - doubtful
        assert looks <= set(after.fields), told


def test_portraits_are_told_in_words_that_toon_knows() -> None:
    chance = random.Random(4)
    for seed in range(MANY):
        said = describe(random_look(chance), chance).text
        added = PORTRAITS.told(said, seed).removeprefix(said)
        assert set(words_of(added)) <= TOON.vocabulary, added


@pytest.mark.parametrize(
    ("description", "never"),
    [
        ("a Black woman", "skin"),
        ("an old white man", "skin"),
        ("a Nigerian programmer", "skin"),
        ("a dark-skinned girl", "skin"),
        ("a pale boy", "skin"),
        ("a red-haired woman", "hair ponytail bun"),
        ("a blonde girl", "hair ponytail bun"),
        ("a curly-haired boy", "hair"),
        ("a woman with long wavy dark hair", "with_hair bun ponytail"),
        ("a boy with red, curly hair", "spiky short black_hair"),
        ("a man with blonde curly hair", "spiky short black_hair"),
        ("a man with no hair", "spiky short curly"),
        ("a bald man", "hair"),
        ("a woman in a hijab", "hair bun cap"),
        ("a woman with silver hair", "short long curly bun ponytail hair"),
        ("a girl in a grey sweater", "shirt"),
        ("a man in black", "shirt"),
        ("a knight in shining armour", "shirt"),
        ("a woman in a red top hat", "cap"),
        ("a boy with sunglasses", "wearing glasses"),
        ("a queen with a crown", "cap man"),
        ("a coder with a slogan on his shirt", "woman"),
        ("a coder with stickers on her laptop", "man"),
        ("a girl with her dog", "cat rabbit boy orange_dog black_dog"),
        ("a girl in a cat costume", "orange_cat shirt"),
        ("a male cat", "man hair shirt skin"),
        ("a robot boy", "robot_"),
        ("a silver robot", "red black"),
        ("a ginger cat", "black orange"),
        ("a grumpy boss", "calm"),
        ("a man sitting in a wheelchair", "standing"),
        ("a detective at night", "sunny"),
        ("a house", "glasses cap hair"),
        ("一只猫", "glasses cap hair"),
    ],
)
def test_what_members_write_is_not_contradicted(description: str, never: str) -> None:
    for seed in range(60):
        added = PORTRAITS.told(description, seed).removeprefix(description)
        words = set(words_of(added))
        pairs = {"_".join(pair) for pair in zip(words_of(added), words_of(added)[1:], strict=False)}
        assert not {*never.split()} & (words | pairs), added

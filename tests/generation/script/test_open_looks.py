"""What a description leaves open is decided by lot for the portrait, and for nothing else."""

from collections import Counter
from pathlib import Path

import pytest

from generation.script.catalogue import CatalogueError, Style, read_models
from generation.script.open_looks import PLAIN, OpenLook, Portraits
from generation.script.parse import parse_script
from generation.script.planning import plan_story
from generation.script.portrait import portrait_plan
from generation.script.story import Character

ROOT = Path(__file__).parents[3]
TOON = read_models(ROOT / "config" / "models.toml")["toon"]
STYLE = Style("plain", "Plain", "{scene}", "")
HATS = OpenLook("man|woman", "hat|cap", "in a {red|blue} hat")


def test_what_is_said_already_is_left_alone_and_so_is_who_has_no_such_thing() -> None:
    portraits = Portraits("waiting", (HATS,))
    assert portraits.told("a Woman in a cap", 1) == "a Woman in a cap, waiting"
    assert portraits.told("a mannequin", 1) == "a mannequin, waiting"
    told = {portraits.told("a man", seed) for seed in range(20)}
    assert told == {f"a man, in a {colour} hat, waiting" for colour in ("red", "blue")}


def test_lots_come_from_the_seed_and_are_as_frequent_as_they_say() -> None:
    rare = Portraits("waiting", (OpenLook("man", "hat", "in a hat", share=0.2),))
    told = Counter(rare.told("a man", seed) for seed in range(1000))
    assert told == Counter(rare.told("a man", seed) for seed in range(1000))
    assert 150 < told["a man, in a hat, waiting"] < 250


def test_what_was_added_may_be_the_words_of_what_follows() -> None:
    portraits = Portraits("waiting", (OpenLook("person", "man", "{man}"), HATS))
    assert portraits.told("a person", 1).startswith("a person, man, in a ")


def test_braces_in_a_description_are_its_own() -> None:
    assert Portraits("waiting", (HATS,)).told("a {cat|dog}", 1) == "a {cat|dog}, waiting"


def test_within_braces_may_be_others() -> None:
    look = OpenLook("cat", "fur", "with {{long|short} fur|no fur}")
    told = {Portraits("waiting", (look,)).told("a cat", seed) for seed in range(50)}
    assert told == {f"a cat, with {fur} fur, waiting" for fur in ("long", "short", "no")}


def test_only_portraits_are_told() -> None:
    script = parse_script("[A] a girl\n\n[A] sits in the park\n[A] walks on the beach")
    *shown, sheet = plan_story(script, TOON, STYLE, title="", seed=1).panels
    assert [panel.prompt for panel in shown] == [
        "a girl, sits in the park",
        "a girl, walks on the beach",
    ]
    assert " skin, " in sheet.prompt
    assert sheet.prompt.endswith(TOON.portraits.scene)
    assert sheet.subjects[0].words == "a girl"


def test_a_portrait_by_itself_is_told_the_same_way() -> None:
    (panel,) = portrait_plan(Character("A", "a girl"), TOON, STYLE, 1).panels
    assert panel.prompt == TOON.portraits.told("a girl", panel.seed)


def test_other_models_are_told_what_members_wrote() -> None:
    assert Portraits().told("a girl", 1) == f"a girl, {PLAIN}"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('of = "(man"\nsaid = "hat"\nsay = "hat"', "regular expression"),
        ('of = "man"\nsaid = "hat"\nsay = "{hat"', "braces"),
        ('of = "man"\nsay = "hat"', "said"),
    ],
)
def test_mistakes_in_a_file_are_told(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "lots.toml").write_text(f"[[open]]\n{line}\n", encoding="utf-8")
    catalogue = """[m]
title = "M"
source = "m"
family = "sd15"
width = 64
height = 64
steps = 4
guidance = 1.0
portraits = "lots.toml"
"""
    (tmp_path / "models.toml").write_text(catalogue, encoding="utf-8")
    with pytest.raises(CatalogueError, match=complaint):
        read_models(tmp_path / "models.toml")

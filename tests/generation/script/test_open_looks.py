"""What a description leaves open is decided by lot for the portrait, and for nothing else."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from generation.script.catalogue import CatalogueError, Model, Style, read_models
from generation.script.open_looks import PLAIN, Kind, OpenLook, Portraits
from generation.script.parse import parse_script
from generation.script.planning import plan_story
from generation.script.portrait import portrait_plan
from generation.script.story import Character

ROOT = Path(__file__).parents[3]
TOON = read_models(ROOT / "config" / "models.toml")["toon"]
STYLE = Style("plain", "Plain", "{scene}", "")
PEOPLE = (
    Kind("man", "man|king", signs="his|male"),
    Kind("woman", "woman|lady", signs="her|female"),
    Kind("adult", "cook|person", either=("man", "woman")),
    Kind("cat", "cat"),
)
HAT = OpenLook("hat", "in a {red|blue} hat", of=("man", "woman"), said="hats?|cap")
SHOES = OpenLook("shoes", "in {old|new|no} shoes", said="shoes")


def waiting(*looks: OpenLook) -> Portraits:
    return Portraits("waiting", PEOPLE, looks)


def test_what_is_said_already_is_left_alone_and_so_is_who_has_no_such_thing() -> None:
    assert waiting(HAT).told("a Woman in a CAP", 1) == "a Woman in a CAP, waiting"
    for other in ("a mannequin", "a man-eater", "a cat", "a house"):
        assert waiting(HAT).told(other, 1) == f"{other}, waiting"
    told = {waiting(HAT).told("a man", seed) for seed in range(20)}
    assert told == {f"a man, in a {colour} hat, waiting" for colour in ("red", "blue")}


@pytest.mark.parametrize(
    ("description", "kinds"),
    [
        ("a cat lady", {""}),
        ("a male cat", None),
        ("a king with a cat", {""}),
        ("a person", {"man", "woman"}),
        ("a female cook", {"woman"}),
        ("a cook with his pot", {"man"}),
        ("a ghost with a man", None),
    ],
)
def test_the_last_noun_says_who_it_is_and_what_follows_only_which_of_two(
    description: str, kinds: set[str] | None
) -> None:
    told = {waiting(HAT).told(description, seed) for seed in range(30)}
    if kinds is None:
        assert told == {f"{description}, waiting"}
    else:
        said = {kind and f", {kind}" for kind in kinds}
        hats = [f", in a {colour} hat, waiting" for colour in ("red", "blue")]
        assert told == {f"{description}{one}{hat}" for one in said for hat in hats}


def test_lots_come_from_their_seed_and_are_as_frequent_as_they_say() -> None:
    rare = waiting(replace(HAT, share=0.2))
    told = Counter(rare.told("a man", seed) == "a man, waiting" for seed in range(1000))
    assert told == Counter(rare.told("a man", seed) == "a man, waiting" for seed in range(1000))
    assert 750 < told[True] < 850


def test_other_words_for_one_thing_leave_the_rest() -> None:
    for seed in range(50):
        before = waiting(HAT, SHOES).told("a man", seed)
        after = waiting(HAT, SHOES).told("a man with a cap", seed)
        assert after.split(", ")[1:] == before.split(", ")[2:]


def test_what_was_added_is_said_for_what_follows() -> None:
    band = OpenLook("band", "with a band on it", where="(red|blue) hat")
    assert re.fullmatch("a man, in a .* hat, with a band on it, waiting", _told("a man", HAT, band))
    assert _told("a cat", HAT, band) == "a cat, waiting"


def _told(description: str, *looks: OpenLook) -> str:
    return waiting(*looks).told(description, 1)


def test_braces_in_a_description_are_its_own_and_a_look_s_may_hold_others() -> None:
    assert waiting().told("a {cat|dog}", 1) == "a {cat|dog}, waiting"
    fur = OpenLook("fur", "with {{long|short} fur|no fur}")
    told = {waiting(fur).told("a cat", seed) for seed in range(50)}
    assert told == {f"a cat, with {one} fur, waiting" for one in ("long", "short", "no")}


def test_only_portraits_are_told() -> None:
    script = parse_script("[A] a girl\n\n[A] sits in the park\n[A] walks on the beach")
    *shown, sheet = plan_story(script, TOON, STYLE, title="", seed=1).panels
    assert [panel.prompt for panel in shown] == [
        "a girl, sits in the park",
        "a girl, walks on the beach",
    ]
    assert sheet.prompt == TOON.portraits.told("a girl", sheet.seed)
    assert " skin, " in sheet.prompt
    assert sheet.subjects[0].words == "a girl"


def test_all_sheets_of_a_character_are_told_the_same() -> None:
    together = replace(TOON, ahead=False)
    script = parse_script("[A] a girl\n[B] a cat\n\n[A] and [B] sit\n[A] and [B] walk")
    sheets = plan_story(script, together, STYLE, title="", seed=1).panels[2:]
    assert [panel.characters[0] for panel in sheets] == ["A", "A", "B", "B"]
    assert len({panel.prompt for panel in sheets}) == 2


def test_a_portrait_by_itself_is_told_the_same_way() -> None:
    (panel,) = portrait_plan(Character("A", "a girl"), TOON, STYLE, 1).panels
    assert panel.prompt == TOON.portraits.told("a girl", panel.seed)


def test_a_picture_that_the_model_sees_says_more_than_lots() -> None:
    sees = replace(TOON, ip_adapter="adapter.safetensors")
    pictured = Character("A", "a girl", "picture-key")
    for model, decided in ((TOON, True), (sees, False)):
        (panel,) = portrait_plan(pictured, model, STYLE, 1).panels
        assert (" skin" in panel.prompt) == decided


def test_other_models_are_told_what_members_wrote() -> None:
    plain = Model("m", "M", "nowhere", "sd15", 64, 64, 4, 1.0)
    assert plain.portraits.told("a girl", 1) == f"a girl, {PLAIN}"
    assert TOON.portraits.as_written().scene == TOON.portraits.scene


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ('[[looks]]\nname = "a"\nsay = "hat"\nsaid = "(man"', "regular expression"),
        ('[[kinds]]\nname = "a"\nwords = "man|"', "nothing at all"),
        ('[[looks]]\nname = "a"\nsay = "{hat"', "braces"),
        ('[[looks]]\nname = "a"\nsay = "hat"\nshare = 14', "0 to 1"),
        ('[[looks]]\nname = "a"', "say"),
        ('[[looks]]\nname = "a"\nsay = "hat"\nshares = 0.5', "shares"),
        ('scnee = "at home"', "scnee"),
        ('[looks]\nname = "a"\nsay = "hat"', r"\[\[looks"),
        ('kinds = ["man"]', "kinds"),
    ],
)
def test_mistakes_in_a_file_are_told(tmp_path: Path, lines: str, complaint: str) -> None:
    (tmp_path / "lots.toml").write_text(lines, encoding="utf-8")
    entry = ROOT / "config" / "models.toml"
    toon = entry.read_text(encoding="utf-8").partition("[toon]")[2].partition("\n\n")[0]
    toon = re.sub("vocabulary = .*", "", toon)
    toon = re.sub('portraits = ".*"', 'portraits = "lots.toml"', toon)
    (tmp_path / "models.toml").write_text(f"[toon]{toon}", encoding="utf-8")
    with pytest.raises(CatalogueError, match=complaint):
        read_models(tmp_path / "models.toml")

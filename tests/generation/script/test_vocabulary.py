"""Panels in words that the model was never taught are told, and no others."""

from pathlib import Path

import pytest

from generation.script.catalogue import CatalogueError, Style, read_models
from generation.script.parse import parse_script
from generation.script.planning import plan_story
from generation.script.vocabulary import strange_panels

ROOT = Path(__file__).parents[3]
TOON = read_models(ROOT / "config" / "models.toml")["toon"]
STYLE = Style("plain", "Plain", "{scene}", "")


def test_the_example_is_in_toons_words() -> None:
    story = parse_script((ROOT / "examples" / "tabs-or-spaces.story").read_text(encoding="utf-8"))
    assert strange_panels(story, TOON.vocabulary) == ()


@pytest.mark.parametrize(
    "scene", ["一只猫在公园里", "ein Drache schläft auf dem Schloss", "a dragon in the castle"]
)
def test_other_languages_and_unknown_things_are_told(scene: str) -> None:
    story = parse_script(f"[NC] in the park, at night\n[NC] {scene}")
    assert strange_panels(story, TOON.vocabulary) == (2,)
    plan = plan_story(story, TOON, STYLE, title="", seed=1)
    assert plan.strange == (2,)
    assert any("panel 2" in note for note in plan.notes)


def test_a_model_without_a_list_may_know_any_word() -> None:
    assert strange_panels(parse_script("[NC] xyzzy"), frozenset()) == ()


def test_a_vocabulary_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    text = (ROOT / "config" / "models.toml").read_text(encoding="utf-8")
    (tmp_path / "models.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"words\.txt"):
        read_models(tmp_path / "models.toml")

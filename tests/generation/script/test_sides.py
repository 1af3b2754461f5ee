"""Where the words of a scene put its characters."""

import pytest

from generation.script.catalogue import Model, Style
from generation.script.parse import parse_script
from generation.script.planning import plan_story
from generation.script.redo import redo_panel
from generation.script.rewording import redescribe
from generation.script.sides import strips

HALVES = [(0.0, 0.5), (0.5, 1.0)]
MODEL = Model("toon", "Toon", "weights", "sd15", 256, 256, 25, 4.0)
STYLE = Style("comic", "Comic", "comic book style, {scene}", "photo")


@pytest.mark.parametrize(
    ("scene", "order"),
    [
        ("[Tom] and [Lisa] quarrel", "Tom Lisa"),
        ("[Tom] on the right, [Lisa] on the left", "Lisa Tom"),
        ("On the right [Tom], on the left [Lisa]", "Lisa Tom"),
        ("[Tom] stands to the right of [Lisa]", "Lisa Tom"),
        ("[Tom] sits beside [Lisa] on the left side", "Lisa Tom"),
        ("[Tom] holds a cup in his right hand, [Lisa] laughs", "Tom Lisa"),
        ("[Tom] left the room, [Lisa] is right", "Tom Lisa"),
        ("[Tom]在右边，[Lisa]在左边", "Lisa Tom"),
    ],
)
def test_layout_words_put_characters_in_order(scene: str, order: str) -> None:
    found = strips(scene, ("Tom", "Lisa"))
    assert sorted(found, key=found.__getitem__) == order.split()
    assert sorted(found.values()) == HALVES


def test_who_is_in_the_middle_stands_between_the_others() -> None:
    scene = "[A] on the right, [B] in the middle, [C] waves"
    found = strips(scene, ("A", "B", "C"))
    assert [round(found[name][0] * 3) for name in "ABC"] == [2, 0, 1]
    left = strips("[A] in the middle, [B] on the left, [C] at the right", ("A", "B", "C"))
    assert [round(left[name][0] * 3) for name in "ABC"] == [1, 0, 2]


def test_one_character_may_be_anywhere() -> None:
    assert strips("[Tom] on the left", ("Tom",)) == {"Tom": (0.0, 1.0)}
    assert strips("the city at night", ()) == {}


def test_a_plan_knows_each_character_s_words_in_the_prompt() -> None:
    text = (
        "[Tom] A tall man.\n[Lisa] The woman with a hat\n\n"
        "[Tom] waves to [Lisa]\n[Lisa] on the left, [Tom] on the right\n[NC] the sea\n[Tom] sleeps"
    )
    plan = plan_story(parse_script(text), MODEL, STYLE, title="", seed=7)
    for panel in plan.panels:
        assert tuple(subject.name for subject in panel.subjects) == panel.characters
        end = 0
        for subject in panel.subjects:
            end = panel.prompt.index(subject.words, end) + len(subject.words)
    first, second = plan.panels[:2]
    assert [one.words for one in first.subjects] == ["A tall man", "the woman with a hat"]
    assert [one.strip for one in second.subjects] == HALVES
    hidden = [panel for panel in plan.panels if panel.number is None]
    assert {panel.subjects[0].strip for panel in hidden} == {(0.0, 1.0)}
    assert redo_panel(plan, 1, seed=9).panels[-1].subjects == first.subjects
    (told,) = redescribe(plan, 1, "[Lisa] waves", STYLE).panels[0].subjects
    assert (told.name, told.words, told.strip) == ("Lisa", "The woman with a hat", (0.0, 1.0))

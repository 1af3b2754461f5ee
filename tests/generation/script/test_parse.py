from pathlib import Path

import pytest

from generation.script import errors
from generation.script.errors import ScriptErrors
from generation.script.parse import (
    DEFAULT_LIMITS,
    Limits,
    parse_character,
    parse_panel,
    parse_parts,
    parse_script,
)
from generation.script.story import Character, Lettering

EXAMPLE = Path(__file__).parents[3] / "examples" / "tabs-or-spaces.story"
TOM = Character("Tom", "A young programmer")
LISA = Character("Lisa", "A female developer")


def mistakes(text: str, limits: Limits = DEFAULT_LIMITS) -> tuple[errors.ScriptError, ...]:
    with pytest.raises(ScriptErrors) as caught:
        parse_script(text, limits)
    return caught.value.errors


def letters(line: str) -> list[tuple[str | None, str]]:
    panel = parse_panel(line, [TOM, LISA])
    return [(piece.speaker, piece.text) for piece in panel.lettering]


def test_the_example_parses_and_prints_back_letter_by_letter() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    script = parse_script(text)
    assert str(script) == text
    assert [one.name for one in script.characters] == ["Tom", "Lisa"]
    assert [panel.names for panel in script.panels] == [
        ("Tom",),
        ("Lisa",),
        ("Tom", "Lisa"),
        ("Tom", "Lisa"),
    ]
    assert script.panels[0].lettering == (Lettering("Tom is writing a piece of code."),)


def test_an_unknown_name_names_its_line_and_the_nearest_one() -> None:
    text = "[Rob] A pirate\n[Anne] A queen\n\n[Rob] sails\n[Bob] swims #Bob!\n"
    assert mistakes(text) == (errors.UnknownCharacter(line=5, name="Bob", nearest="Rob"),)
    assert str(mistakes(text)[0]) == ('Line 5: there is no character "Bob". Did you mean [Rob]?')


def test_of_several_near_names_the_nearest_is_suggested() -> None:
    (error,) = mistakes("[Maya] A pirate\n[Mia] A baker\n\n[Mai] swims")
    assert isinstance(error, errors.UnknownCharacter)
    assert error.nearest == "Mia"


@pytest.mark.parametrize(
    ("typed", "known", "nearest"),
    [
        ("Tim", "Tom", "Tom"),
        ("Lsa", "Lisa", "Lisa"),
        ("小名", "小明", "小明"),
        ("Bob", "小明", None),
        ("Bob", "Tom", None),
        ("Robert", "Lisa", None),
        ("Mai", "Mia", "Mia"),
        ("Bob", "Boris", None),
        ("Mia", "Maria", None),
        ("Rob", "Robert", "Robert"),
        ("Elizabteh", "Elisabeth", "Elisabeth"),
        ("B", "A", None),
        ("明", "小明", None),
    ],
)
def test_only_a_near_name_is_suggested(typed: str, known: str, nearest: str | None) -> None:
    (error,) = mistakes(f"[{known}] A pirate\n\n[{typed}] swims")
    assert isinstance(error, errors.UnknownCharacter)
    assert error.nearest == nearest
    assert ("Did you mean" in str(error)) == (nearest is not None)
    assert f"[{known}]" in str(error)


def test_an_unknown_name_without_a_cast_says_so() -> None:
    (error,) = mistakes("[Tom] in the office #Hi")
    assert str(error) == (
        'Line 1: there is no character "Tom". '
        "The story has no characters yet: describe this one first."
    )


def test_every_mistake_is_reported_at_once_in_line_order() -> None:
    text = "[Tom] a man\n[tom] again\nLisa\n\n[Tim] runs\n#only a caption\n[Tom smiles\n"
    assert [(error.line, type(error)) for error in mistakes(text)] == [
        (2, errors.DuplicateCharacter),
        (3, errors.BadCharacterLine),
        (5, errors.UnknownCharacter),
        (6, errors.EmptyPanel),
        (7, errors.UnclosedBracket),
    ]


def test_mistakes_in_the_boxes_of_a_dialog_name_their_box() -> None:
    with pytest.raises(ScriptErrors) as caught:
        parse_parts("[Tom] a man\n\nLisa", "\n[Lisa] runs")
    assert [str(error).split(":")[0] for error in caught.value.errors] == [
        "Characters, line 3",
        "Panels, line 2",
    ]


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\ufeff", "[Tom] a man", "[Tom] a man\n\n"])
def test_a_story_without_panels_says_what_a_panel_is(text: str) -> None:
    assert isinstance(mistakes(text)[-1], errors.EmptyScript)


@pytest.mark.parametrize(
    "line",
    [
        "[Tom] in the office #Hi",
        "[Tom]in the office#Hi",
        "［Tom］ in the office ＃Hi",
        "  [ tom ]\tin  the office\t# Hi \r\n",
        "\ufeff[\u200bＴＯＭ] in the office #Hi",
    ],
)
def test_ways_to_type_the_same_panel(line: str) -> None:
    panel = parse_panel(line, [TOM, LISA])
    assert panel.names == ("Tom",)
    assert panel.scene in ("[Tom] in the office", "[Tom]in the office")
    assert panel.caption == "Hi"


@pytest.mark.parametrize(
    "name", ["Tom Sawyer", "小明", "Жанна", "Zoë", "👩‍💻 Ada", "R2-D2: C#", "{0}"]
)
def test_names_of_any_script_and_with_spaces(name: str) -> None:
    script = parse_script(f"[{name}] somebody\n\n[{name}] waves #{name}: hello\n")
    assert script.panels[0].names == (name,)
    assert script.panels[0].lettering == (Lettering("hello", name),)


@pytest.mark.parametrize(
    "together", ["[Tom] and [Lisa]", "[Tom, Lisa]", "[Tom and lisa]", "［Tom、Lisa］"]
)
def test_several_names_in_one_line_are_several_characters(together: str) -> None:
    assert parse_panel(f"{together} argue", [TOM, LISA]).scene == "[Tom] and [Lisa] argue"
    assert parse_panel(f"{together} argue", [TOM, LISA]).names == ("Tom", "Lisa")


@pytest.mark.parametrize(
    "line", ["[NC] The city", "The city [nc]", "The city #Night [NC]", "［ＮＣ］The city"]
)
def test_nobody_is_in_the_picture_wherever_nc_stands(line: str) -> None:
    panel = parse_panel(line, [TOM])
    assert panel.names == ()
    assert "[NC]" in panel.scene
    assert all("NC" not in piece.text for piece in panel.lettering)


@pytest.mark.parametrize("line", ["[NC]", "[nc] #Night", "#Night [NC]", "[NC] [NC] ...", "[NC]。"])
def test_nobody_alone_is_no_picture(line: str) -> None:
    with pytest.raises(ScriptErrors, match="write what is, like: "):
        parse_panel(line, [TOM])


def test_a_caption_taken_apart_into_balloons_and_boxes() -> None:
    assert letters('[Tom] types #Tom: "Tabs!" | Lisa: Spaces! | Later... | ') == [
        ("Tom", "Tabs!"),
        ("Lisa", "Spaces!"),
        (None, "Later..."),
    ]
    assert letters("[Tom] types #tom：“标签！”｜ [Lisa]: no") == [("Tom", "标签！"), ("Lisa", "no")]
    assert letters("[Tom] types #Later: the end") == [(None, "Later: the end")]


def test_brackets_around_names_in_a_caption_are_not_lettered() -> None:
    assert letters("[Tom] waits #[Bob] meets [tom] [sighs] [1]") == [
        (None, "Bob meets tom [sighs] [1]")
    ]


def test_only_the_first_hash_outside_a_name_begins_the_caption() -> None:
    panel = parse_panel("[C#] runs #1 of #2", [Character("C#", "a robot")])
    assert (panel.names, panel.scene, panel.caption) == (("C#",), "[C#] runs", "1 of #2")
    assert parse_panel("Press #️⃣ now #Hi", []).scene == "Press #️⃣ now"


def test_a_file_without_an_empty_line_still_has_a_cast_and_panels() -> None:
    script = parse_script("[Tom] a man\n[Lisa] a woman\n[Tom] and [Lisa] talk\n[Lisa] leaves #Bye")
    assert [one.name for one in script.characters] == ["Tom", "Lisa"]
    assert len(script.panels) == 2


def test_a_story_may_have_no_cast_and_empty_lines_between_its_panels() -> None:
    script = parse_script("A city at night #Silence.\n\n\n[NC] The sea\n\nA ship\n")
    assert script.characters == ()
    assert len(script.panels) == 3


def test_limits_are_checked_and_named() -> None:
    limits = Limits(characters=1, panels=2, letters=30, name=5)
    text = "[Tom] a man\n[Lisa] a woman\n\n[Tom] a\n[Tom] " + "b" * 40 + "\n[Tom] c\n"
    assert [str(error) for error in mistakes(text, limits)] == [
        "Line 2: the story has 2 characters; at most 1 are allowed.",
        "Line 5: the line has 46 letters; at most 30 are allowed.",
        "Line 6: the story has 3 panels; at most 2 are allowed.",
    ]
    with pytest.raises(ScriptErrors, match="has 6 letters; at most 5"):
        parse_character("[Gandal] a wizard", limits=limits)


@pytest.mark.parametrize(
    "line", ["Tom: a man", "[Tom]", "[] a man", "[NC] nobody", "[Tom a man", "[\u200b] x"]
)
def test_a_character_line_is_a_name_in_brackets_and_a_description(line: str) -> None:
    with pytest.raises(ScriptErrors) as caught:
        parse_character(line, line_number=4)
    assert caught.value.errors[0].line == 4
    assert isinstance(caught.value.errors[0], errors.BadCharacterLine)

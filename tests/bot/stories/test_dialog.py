"""The dialog's custom ids and what comes back from it."""

from typing import Any

import pytest

from bot.limits import INPUT_LETTERS
from bot.locales.words import Words, read_catalogue
from bot.stories.dialog import edit_dialog, new_comic_dialog, read_dialog
from bot.stories.forms import FormKind, Place, character_form, line_form, read_form


@pytest.fixture
def words() -> Words:
    return read_catalogue().words("en")


def submit(modal: dict[str, Any], **values: str) -> dict[str, Any]:
    """The interaction data that Discord sends for a dialog, in today's form (labels)."""
    components = [
        {
            "type": 18,
            "id": number,
            "component": {
                "type": 4,
                "id": 10 + number,
                "custom_id": label["component"]["custom_id"],
                "value": values.get(label["component"]["custom_id"], ""),
            },
        }
        for number, label in enumerate(modal["components"])
    ]
    return {"custom_id": modal["custom_id"], "components": components}


async def test_a_new_comic_comes_back_with_style_title_and_both_boxes(words: Words) -> None:
    modal = new_comic_dialog(words, "film-noir", "Tabs").to_dict()
    found = read_dialog(submit(modal, title=" Tabs  or\tspaces ", characters="[A] b", panels="c"))
    assert found is not None
    assert (found.story_id, found.style) == (None, "film-noir")
    assert (found.title, found.characters, found.panels) == ("Tabs or spaces", "[A] b", "c")


async def test_an_edited_story_is_known_by_its_custom_id_alone(words: Words) -> None:
    modal = edit_dialog(words, 17, "Rain", "[A] b", "c").to_dict()
    found = read_dialog(submit(modal, panels="d"))
    assert found is not None
    assert (found.story_id, found.panels) == (17, "d")


async def test_the_text_is_still_in_a_dialog_that_is_opened_again(words: Words) -> None:
    modal = edit_dialog(words, 17, "Rain", "[A] b", "c" * INPUT_LETTERS).to_dict()
    values = [label["component"]["value"] for label in modal["components"]]
    assert values == ["Rain", "[A] b", "c" * INPUT_LETTERS]
    assert modal["custom_id"] == "ink:script:17"


@pytest.mark.parametrize("title", ["Tom, Lisa", "tom, lisa"])
async def test_a_title_made_of_the_cast_leaves_its_box_empty(words: Words, title: str) -> None:
    modal = edit_dialog(words, 17, title, "[Tom] a\n[Lisa] b", "c").to_dict()
    assert modal["components"][0]["component"].get("value", "") == (
        "" if title == "Tom, Lisa" else title
    )


async def test_rows_of_older_clients_are_read_too(words: Words) -> None:
    row = {"type": 1, "components": [{"type": 4, "custom_id": "panels", "value": "d"}]}
    found = read_dialog({"custom_id": "ink:script:3", "components": [row]})
    assert found is not None
    assert (found.title, found.panels) == (None, "d")


def test_other_dialogs_are_left_alone() -> None:
    assert read_dialog({"custom_id": "ink:scripture:3", "components": []}) is None
    assert read_dialog({"custom_id": "something else", "components": []}) is None


async def test_a_form_about_a_thread_is_known_by_its_custom_id_alone(words: Words) -> None:
    place = Place(FormKind.EDIT_CHARACTER, 17, 4, 9)
    modal = character_form(words, place, "Tom", "a baker").to_dict()
    found = read_form(submit(modal, name="Tim", description="his brother"))
    assert found is not None
    assert found.place == place
    assert (found.box("name"), found.box("description")) == ("Tim", "his brother")


async def test_forms_hold_the_text_that_is_edited(words: Words) -> None:
    modal = line_form(words, Place(FormKind.EDIT_LINE, 17, 4), "[Tom] waves").to_dict()
    assert modal["components"][0]["component"]["value"] == "[Tom] waves"
    assert read_form({"custom_id": "ink:form:poem:1:2:3", "components": []}) is None

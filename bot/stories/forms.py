"""Dialogs about the story of a thread, and what comes back from them.

Their state stands in the custom id, because discord.py forgets open dialogs when the bot restarts:
`ink:form:<kind>:<story>:<target>:<draft>`. The target is the id of the line or character that is
edited, the draft that of the kept text which is mended; 0 for none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord

from bot.limits import INPUT_LETTERS
from bot.locales.words import Words
from bot.stories.dialog import add_boxes, input_values, quiet_modal

NAME_LETTERS = 80  # the parser's limit for names
PICTURE = "picture"  # custom id of the box for a file
DESCRIPTION_LETTERS = 900  # with the name it stays within the parser's 1,000 letters a line


class FormKind(StrEnum):
    LINE = "line"  # one new line
    SCRIPT = "script"  # characters and lines to add
    CHARACTER = "character"  # a new one
    EDIT_LINE = "edit_line"
    EDIT_CHARACTER = "edit_character"
    PICTURE = "picture"  # of a character


_CUSTOM_ID = re.compile(
    rf"ink:form:(?P<kind>{'|'.join(FormKind)})"
    r":(?P<story>\d{1,18}):(?P<target>\d{1,18}):(?P<draft>\d{1,18})"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text of a dialog is to go."""

    kind: FormKind
    story_id: int
    target_id: int = 0
    draft_id: int | None = None

    @property
    def custom_id(self) -> str:
        return f"ink:form:{self.kind}:{self.story_id}:{self.target_id}:{self.draft_id or 0}"


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog that was sent, with its boxes by name, and the file that came with it, as Discord
    describes it."""

    place: Place
    boxes: Mapping[str, str]
    file: Mapping[str, Any] | None = None

    def box(self, name: str) -> str:
        return self.boxes.get(name, "")


def line_form(words: Words, place: Place, text: str = "") -> discord.ui.Modal:
    """One box with one line."""
    modal = quiet_modal(words(f"dialog.{place.kind}"), place.custom_id)
    modal.add_item(
        discord.ui.Label(
            text=words("dialog.line_box"),
            description=words("dialog.line_about"),
            component=discord.ui.TextInput[Any](
                custom_id="line",
                style=discord.TextStyle.paragraph,
                placeholder=words("dialog.line_hint"),
                default=text or None,
                max_length=INPUT_LETTERS,
            ),
        )
    )
    return modal


def character_form(
    words: Words, place: Place, name: str = "", description: str = "", *, picture_kept: bool = False
) -> discord.ui.Modal:
    """A name, and how the character looks. `picture_kept`: one came with the text already."""
    modal = quiet_modal(words(f"dialog.{place.kind}"), place.custom_id)
    name_box = discord.ui.TextInput[Any](
        custom_id="name",
        placeholder=words("dialog.name_hint"),
        default=name[:NAME_LETTERS] or None,
        max_length=NAME_LETTERS,
    )
    modal.add_item(discord.ui.Label(text=words("dialog.name"), component=name_box))
    modal.add_item(
        discord.ui.Label(
            text=words("dialog.description"),
            description=words("dialog.description_about"),
            component=discord.ui.TextInput[Any](
                custom_id="description",
                style=discord.TextStyle.paragraph,
                placeholder=words("dialog.description_hint"),
                default=description or None,
                max_length=INPUT_LETTERS,
            ),
        )
    )
    about = "dialog.picture_kept_about" if picture_kept else "dialog.picture_about"
    modal.add_item(_picture_box(words, about, required=False))
    return modal


def picture_form(words: Words, place: Place) -> discord.ui.Modal:
    """A picture of a character, and nothing else."""
    modal = quiet_modal(words(f"dialog.{place.kind}"), place.custom_id)
    modal.add_item(_picture_box(words, "dialog.picture_about", required=True))
    return modal


def script_form(words: Words, place: Place, text: tuple[str, str] = ("", "")) -> discord.ui.Modal:
    """The two big boxes; each text has at most `INPUT_LETTERS` characters."""
    modal = quiet_modal(words(f"dialog.{place.kind}"), place.custom_id)
    add_boxes(modal, words, *text, required=False)
    return modal


def read_form(data: Mapping[str, Any]) -> Form | None:
    """A modal-submit interaction's data; None when it is no form of ours."""
    match = _CUSTOM_ID.fullmatch(data["custom_id"])
    if match is None:
        return None
    place = Place(
        FormKind(match["kind"]),
        int(match["story"]),
        int(match["target"]),
        int(match["draft"]) or None,
    )
    boxes, file = dict(input_values(data["components"])), _file(data)
    return Form(place, boxes, file)


def _picture_box(words: Words, about: str, *, required: bool) -> "discord.ui.Label[Any]":
    return discord.ui.Label(
        text=words("dialog.picture"),
        description=words(about),
        component=discord.ui.FileUpload[Any](
            custom_id=PICTURE, required=required, min_values=int(required)
        ),
    )


def _file(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The one file of a dialog: its box has an id, the rest stands among what is resolved."""
    for label in data["components"]:
        box = label.get("component") or {}
        if box.get("custom_id") == PICTURE and box.get("values"):
            found: Mapping[str, Any] = data["resolved"]["attachments"][box["values"][0]]
            return found
    return None

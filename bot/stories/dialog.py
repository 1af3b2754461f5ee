"""The dialog with the two big boxes, and what comes back from it.

discord.py forgets open dialogs when the bot restarts, so a submit is always read from the raw
interaction, and all its state stands in the custom id:

- `ink:script:new:<style>`  a new story of `/comic`; no style: that of the member's last story
- `ink:script:<story id>`   the text of a `/comic` story, edited

Dialogs about the story of a thread are in `forms.py`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.limits import INPUT_LETTERS
from bot.locales.words import Words
from bot.stories.writing import TITLE_LETTERS, title_of

ROW, LABEL = 1, 18  # component types that hold one input each

_CUSTOM_ID = re.compile(r"ink:script:(?:new:(?P<style>.{0,80})|(?P<id>\d+))")


@dataclass(frozen=True, slots=True)
class Submitted:
    """A dialog that was sent. `story_id` is None for a new story; `style` is empty for a known one,
    and where none was chosen; `title` is None when the dialog had no box for it, as those that an
    older version of the bot opened."""

    story_id: int | None
    style: str
    title: str | None
    characters: str
    panels: str


def new_comic_dialog(words: Words, style: str, title: str) -> discord.ui.Modal:
    """The empty dialog of `/comic`."""
    modal = quiet_modal(words("dialog.new"), f"ink:script:new:{style}")
    _add_title(modal, words, title)
    add_boxes(modal, words, "", "", required=True)
    return modal


def edit_dialog(
    words: Words, story_id: int, title: str, characters: str, panels: str
) -> discord.ui.Modal:
    """The dialog with text still in it; each text has at most `INPUT_LETTERS` characters. A title
    that was made of the cast isn't shown: it goes on following the cast."""
    modal = quiet_modal(words("dialog.edit"), f"ink:script:{story_id}")
    made = title_of("", characters, words("story.untitled"))
    _add_title(modal, words, "" if title == made else title)
    add_boxes(modal, words, characters, panels, required=True)
    return modal


def read_dialog(data: Mapping[str, Any]) -> Submitted | None:
    """A modal-submit interaction's data; None when it is no dialog of ours."""
    match = _CUSTOM_ID.fullmatch(data["custom_id"])
    if match is None:
        return None
    values = dict(input_values(data["components"]))
    return Submitted(
        story_id=int(match["id"]) if match["id"] else None,
        style=match["style"] or "",
        title=" ".join(values["title"].split()) if "title" in values else None,
        characters=values.get("characters", ""),
        panels=values.get("panels", ""),
    )


def quiet_modal(title: str, custom_id: str) -> discord.ui.Modal:
    """A dialog whose submit is read from the raw interaction."""
    modal = discord.ui.Modal(title=title, custom_id=custom_id)
    modal.stop()  # the raw submit is handled; discord.py need not remember the dialog
    return modal


def _add_title(modal: discord.ui.Modal, words: Words, title: str) -> None:
    modal.add_item(
        discord.ui.Label(
            text=words("dialog.title"),
            component=discord.ui.TextInput[Any](
                custom_id="title",
                placeholder=words("dialog.title_hint"),
                default=title or None,
                required=False,
                max_length=TITLE_LETTERS,
            ),
        )
    )


def add_boxes(
    modal: discord.ui.Modal, words: Words, characters: str, panels: str, *, required: bool
) -> None:
    for name, text in (("characters", characters), ("panels", panels)):
        modal.add_item(
            discord.ui.Label(
                text=words(f"dialog.{name}"),
                description=words(f"dialog.{name}_about"),
                component=discord.ui.TextInput[Any](
                    custom_id=name,
                    style=discord.TextStyle.paragraph,
                    placeholder=words(f"dialog.{name}_hint"),
                    default=text or None,
                    required=required and name == "panels",
                    max_length=INPUT_LETTERS,
                ),
            )
        )


def input_values(components: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Custom id and text of every box of a dialog that came back."""
    for component in components:
        if component["type"] == ROW:
            yield from input_values(component["components"])
        elif component["type"] == LABEL:
            yield from input_values([component["component"]])
        elif "value" in component:
            yield component["custom_id"], component["value"]

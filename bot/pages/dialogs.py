"""The dialogs of a finished page, and what comes back from them.

As everywhere a submit is read from the raw interaction, and all its state is in the custom id:

- `ink:redo:<marker>:<panel>`     a panel to draw again: its scene, its seed, what stays
- `ink:letters:<marker>:<first>`  captions of up to five panels, each in a box of its own
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.limits import ABOUT_LETTERS, DIALOG_BOXES
from bot.locales.words import Words
from bot.pages.changing import captions_of, scene_of
from bot.stories.dialog import input_values, quiet_modal
from generation.script.errors import clip
from generation.script.plan import RenderPlan
from storage.limits import LINE_LETTERS

SEED_LETTERS = 18  # digits; stays below 2**63
MOST_KEPT = 90  # percent; of more nothing is seen to change
KEPT_LETTERS = 4  # a percentage

_CUSTOM_ID = re.compile(r"ink:(?P<kind>redo|letters):(?P<marker>[\w-]{1,80}):(?P<number>\d{1,3})")


@dataclass(frozen=True, slots=True)
class RedoAsked:
    marker: str
    number: int
    scene: str
    seed: str
    kept: str


@dataclass(frozen=True, slots=True)
class CaptionsAsked:
    """`captions` by number of the panel."""

    marker: str
    captions: Mapping[int, str]


def redo_dialog(words: Words, marker: str, number: int, scene: str) -> discord.ui.Modal:
    modal = quiet_modal(words("redo.title", panel=number), f"ink:redo:{marker}:{number}")
    modal.add_item(
        discord.ui.Label(
            text=words("redo.scene"),
            description=words("redo.scene_about"),
            component=discord.ui.TextInput[Any](
                custom_id="scene",
                style=discord.TextStyle.paragraph,
                default=scene,
                max_length=LINE_LETTERS,
            ),
        )
    )
    modal.add_item(
        discord.ui.Label(
            text=words("redo.seed"),
            description=words("redo.seed_about"),
            component=discord.ui.TextInput[Any](
                custom_id="seed", required=False, max_length=SEED_LETTERS
            ),
        )
    )
    modal.add_item(
        discord.ui.Label(
            text=words("redo.kept"),
            description=words("redo.kept_about"),
            component=discord.ui.TextInput[Any](
                custom_id="kept", required=False, max_length=KEPT_LETTERS
            ),
        )
    )
    return modal


def share_kept(text: str) -> float | None:
    """A percentage as it is typed, as a share; None: it is none from 0 to `MOST_KEPT`."""
    number = text.strip().removesuffix("%").removesuffix("\uff05").strip()
    if not number:
        return 0.0
    if not (number.isascii() and number.isdigit()) or int(number) > MOST_KEPT:
        return None
    return int(number) / 100


def captions_dialog(words: Words, marker: str, plan: RenderPlan, first: int) -> discord.ui.Modal:
    """Boxes for the captions from panel `first` on. None takes more than fits into its line."""
    modal = quiet_modal(words("letters.title"), f"ink:letters:{marker}:{first}")
    captions = captions_of(plan)
    for number in range(first, min(first + DIALOG_BOXES, len(captions) + 1)):
        scene = scene_of(plan, number)
        modal.add_item(
            discord.ui.Label(
                text=words("letters.panel", panel=number),
                description=clip(scene, ABOUT_LETTERS),
                component=discord.ui.TextInput[Any](
                    custom_id=str(number),
                    default=captions[number] or None,
                    placeholder=words("letters.hint"),
                    required=False,
                    max_length=max(1, LINE_LETTERS - len(scene) - len(" #")),
                ),
            )
        )
    return modal


def read_asked(data: Mapping[str, Any]) -> RedoAsked | CaptionsAsked | None:
    """A modal-submit interaction's data; None when it is no dialog of a page."""
    match = _CUSTOM_ID.fullmatch(data["custom_id"])
    if match is None:
        return None
    values = dict(input_values(data["components"]))
    if match["kind"] == "redo":
        scene, seed, kept = (values.get(name, "") for name in ("scene", "seed", "kept"))
        return RedoAsked(match["marker"], int(match["number"]), scene, seed.strip(), kept)
    captions = {int(key): text for key, text in values.items() if key.isdigit()}
    return CaptionsAsked(match["marker"], captions)

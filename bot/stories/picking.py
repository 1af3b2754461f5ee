"""Choosing a line or a character to change: a private message with two menus, then with what can
be done to the choice. All of it works after a restart.
"""

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.characters.changing import show_character
from bot.limits import OPTION_LETTERS
from bot.sticky import StickyButton, pair_of, pair_view
from bot.stories import rules
from bot.stories.card import PAGE_LINES, clipped
from bot.stories.editing import move_line, remove_line
from bot.stories.forms import FormKind, Place, line_form
from bot.stories.here import actor_of
from bot.whispers import open_dialog, whisper
from storage import characters, states, stories, writers
from storage.deltas import PanelRecord
from storage.errors import NotFound

if TYPE_CHECKING:
    from bot.client import Inkthread

QUOTED = 1500  # letters of a chosen line, of the 2,000 of a message


class _Pick(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"ink:-pick:(?P<key>-)"):
    """A menu whose options are ids. The key is the story's id."""

    action: ClassVar[str]

    def __init__(self, key: int | str, placeholder: str, options: list[discord.SelectOption]):
        self.key = key
        super().__init__(
            discord.ui.Select(
                custom_id=f"ink:{self.action}:{key}", placeholder=placeholder, options=options
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
    ) -> Self:
        return cls(match["key"], "", item.options)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.client.admit(interaction):
            async with interaction.client.answers.apologies(interaction):
                await self.chosen(interaction, int(interaction.data["values"][0]))  # type: ignore[index,typeddict-item]

    async def chosen(self, interaction: "discord.Interaction[Inkthread]", key: int) -> None:
        raise NotImplementedError


class LinePick(_Pick, template=r"ink:pick_line:(?P<key>\d{1,18})"):
    action = "pick_line"

    async def chosen(self, interaction: "discord.Interaction[Inkthread]", key: int) -> None:
        await show_line(interaction, int(self.key), key)


class CharacterPick(_Pick, template=r"ink:pick_character:(?P<key>\d{1,18})"):
    action = "pick_character"

    async def chosen(self, interaction: "discord.Interaction[Inkthread]", key: int) -> None:
        await show_character(interaction, int(self.key), key)


class EditLineButton(StickyButton, template=r"ink:edit_line:(?P<key>\d{1,18}-\d{1,18})"):
    """The keys of these buttons are the story's id and the line's or the character's."""

    action = "edit_line"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await edit_line_here(interaction, *pair_of(self.key))


class EarlierButton(StickyButton, template=r"ink:earlier:(?P<key>\d{1,18}-\d{1,18})"):
    action = "earlier"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await _move(interaction, *pair_of(self.key), by=-1)


class LaterButton(StickyButton, template=r"ink:later:(?P<key>\d{1,18}-\d{1,18})"):
    action = "later"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await _move(interaction, *pair_of(self.key), by=1)


class RemoveLineButton(StickyButton, template=r"ink:remove_line:(?P<key>\d{1,18}-\d{1,18})"):
    action = "remove_line"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await remove_line_here(interaction, *pair_of(self.key))


async def show_choice(
    interaction: "discord.Interaction[Inkthread]", story_id: int, page: int
) -> None:
    """The lines of a page and the whole cast, to choose one from."""
    async with interaction.client.services.database.session() as session:
        panels = await stories.panels(session, story_id)
        cast = await characters.for_story(session, story_id)
    words = interaction.client.answers.words(interaction)
    shown = panels[page * PAGE_LINES : (page + 1) * PAGE_LINES]
    view = discord.ui.View(timeout=None)
    if shown:
        lines = [_option(f"{one.position}. {one.text}", one.id) for one in shown]
        view.add_item(LinePick(story_id, words("pick.line"), lines))
    if cast:
        names = [_option(one.name, one.id, one.description) for one in cast]
        view.add_item(CharacterPick(story_id, words("pick.character"), names))
    if not cast and not shown:
        raise NotFound("panel", str(page))
    await whisper(interaction, words("pick.what"), view)


async def show_line(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int
) -> None:
    """A line, and what can be done to it."""
    number, panel, count = await _find_line(interaction, story_id, panel_id)
    words = interaction.client.answers.words(interaction)
    kinds: list[type[StickyButton]] = [EditLineButton]
    kinds += [EarlierButton] if number > 1 else []
    kinds += [LaterButton] if number < count else []
    view = pair_view(story_id, panel_id, words, *kinds, RemoveLineButton)
    text = f"**{number}.** {clipped(panel.text, QUOTED)}\n-# <@{panel.author_id}>"
    await whisper(interaction, text, view, replace=True)


async def edit_line_here(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int
) -> None:
    """Open the dialog with the line in it, if the member may change it."""
    async with interaction.client.services.database.session() as session:
        circle = await writers.circle(session, story_id)
    _, panel, _ = await _find_line(interaction, story_id, panel_id)
    rules.check_edit(circle, actor_of(interaction), panel.author_id)
    words = interaction.client.answers.words(interaction)
    place = Place(FormKind.EDIT_LINE, story_id, panel_id)
    if not await open_dialog(interaction, line_form(words, place, panel.text)):
        await show_line(interaction, story_id, panel_id)


async def remove_line_here(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int
) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    gone = await remove_line(services.database, story_id, actor_of(interaction), panel_id)
    services.cards.touch(story_id, gone.position)
    await whisper(interaction, words("line.removed", number=gone.position), replace=True)


async def _move(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int, *, by: int
) -> None:
    services = interaction.client.services
    number, _, _ = await _find_line(interaction, story_id, panel_id)
    actor = actor_of(interaction)
    moved = await move_line(services.database, story_id, actor, panel_id, number + by)
    services.cards.touch(story_id, moved.position)
    await show_line(interaction, story_id, panel_id)


async def _find_line(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int
) -> tuple[int, PanelRecord, int]:
    """The line's number, the line, and how many there are."""
    async with interaction.client.services.database.session() as session:
        state = await states.read(session, story_id)
    for number, one in enumerate(state.panels, 1):
        if one.id == panel_id:
            return number, one, len(state.panels)
    raise NotFound("panel", str(panel_id))


def _option(label: str, key: int, description: str = "") -> discord.SelectOption:
    def fit(text: str) -> str:
        return text if len(text) <= OPTION_LETTERS else f"{text[: OPTION_LETTERS - 1]}…"

    return discord.SelectOption(
        label=fit(label), value=str(key), description=fit(description) or None
    )


PICKERS = (
    LinePick,
    CharacterPick,
    EditLineButton,
    EarlierButton,
    LaterButton,
    RemoveLineButton,
)

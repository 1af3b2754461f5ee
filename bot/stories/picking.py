"""Choosing a line or a character to change: a private message with two menus, then with what can
be done to the choice. All of it works after a restart.
"""

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord
from discord.utils import escape_markdown

from bot.characters.library import look
from bot.characters.pictures import check_may_change, picture_file, set_picture
from bot.locales.words import Words
from bot.sticky import StickyButton
from bot.stories import rules
from bot.stories.card import PAGE_LINES, clipped
from bot.stories.editing import character_with, move_line, remove_character, remove_line
from bot.stories.forms import FormKind, Place, character_form, line_form, picture_form
from bot.stories.here import actor_of
from bot.whispers import whisper
from storage import characters, states, stories, writers
from storage.deltas import CharacterRecord, PanelRecord
from storage.errors import NotFound

if TYPE_CHECKING:
    from bot.client import Inkthread

OPTION = 100  # letters of a menu's entry; Discord: Component Reference, Select Option
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
        await edit_line_here(interaction, *_ids(self.key))


class EarlierButton(StickyButton, template=r"ink:earlier:(?P<key>\d{1,18}-\d{1,18})"):
    action = "earlier"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await _move(interaction, *_ids(self.key), by=-1)


class LaterButton(StickyButton, template=r"ink:later:(?P<key>\d{1,18}-\d{1,18})"):
    action = "later"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await _move(interaction, *_ids(self.key), by=1)


class RemoveLineButton(StickyButton, template=r"ink:remove_line:(?P<key>\d{1,18}-\d{1,18})"):
    action = "remove_line"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await remove_line_here(interaction, *_ids(self.key))


class EditCharacterButton(StickyButton, template=r"ink:edit_character:(?P<key>\d{1,18}-\d{1,18})"):
    action = "edit_character"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await edit_character_here(interaction, *_ids(self.key))


class RemoveCharacterButton(
    StickyButton, template=r"ink:remove_character:(?P<key>\d{1,18}-\d{1,18})"
):
    action = "remove_character"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await remove_character_here(interaction, *_ids(self.key))


class RemoveAnywayButton(StickyButton, template=r"ink:remove_anyway:(?P<key>\d{1,18}-\d{1,18})"):
    """Under the list of the lines that name the character."""

    action = "remove_anyway"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await remove_character_here(interaction, *_ids(self.key), anyway=True)


class PictureButton(StickyButton, template=r"ink:picture:(?P<key>\d{1,18}-\d{1,18})"):
    """Opens the dialog for a picture of the character."""

    action = "picture"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story_id, character_id = _ids(self.key)
        services, words = interaction.client.services, interaction.client.answers.words(interaction)
        actor = actor_of(interaction)
        await check_may_change(services.database, story_id, actor, character_id)
        place = Place(FormKind.PICTURE, story_id, character_id)
        await interaction.response.send_modal(picture_form(words, place))


class RemovePictureButton(StickyButton, template=r"ink:no_picture:(?P<key>\d{1,18}-\d{1,18})"):
    action = "no_picture"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        services, actor = interaction.client.services, actor_of(interaction)
        database, store = services.database, services.artifacts
        story_id, character_id = _ids(self.key)
        await set_picture(database, store, story_id, actor, character_id, None)
        services.cards.touch(story_id)
        await show_character(interaction, story_id, character_id)


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
    view = _view(story_id, panel_id, words, *kinds, RemoveLineButton)
    text = f"**{number}.** {clipped(panel.text, QUOTED)}\n-# <@{panel.author_id}>"
    await whisper(interaction, text, view, replace=True)


async def show_character(
    interaction: "discord.Interaction[Inkthread]", story_id: int, character_id: int
) -> None:
    """A character with its picture, and what can be done to it."""
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    one = await character_with(services.database, story_id, character_id)
    kinds: list[type[StickyButton]] = [EditCharacterButton, PictureButton]
    kinds += [RemovePictureButton] if one.reference else []
    view = _view(story_id, character_id, words, *kinds, RemoveCharacterButton)
    text = f"**[{escape_markdown(one.name)}]** {clipped(one.description, QUOTED)}"
    key = await look(services.database, interaction.guild_id or 0, one)
    file = await picture_file(services.artifacts, key, one.name)
    await whisper(interaction, text, view, file=file, replace=True)


async def edit_line_here(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int
) -> None:
    """Open the dialog with the line in it, if the member may change it."""
    async with interaction.client.services.database.session() as session:
        circle = await writers.circle(session, story_id)
    _, panel, _ = await _find_line(interaction, story_id, panel_id)
    rules.check_edit(circle, actor_of(interaction), panel.author_id)
    if interaction.response.is_done():  # it took too long for a dialog: that must come first
        await show_line(interaction, story_id, panel_id)
        return
    words = interaction.client.answers.words(interaction)
    place = Place(FormKind.EDIT_LINE, story_id, panel_id)
    await interaction.response.send_modal(line_form(words, place, panel.text))


async def remove_line_here(
    interaction: "discord.Interaction[Inkthread]", story_id: int, panel_id: int
) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    gone = await remove_line(services.database, story_id, actor_of(interaction), panel_id)
    services.cards.touch(story_id, gone.position)
    await whisper(interaction, words("line.removed", number=gone.position), replace=True)


async def edit_character_here(
    interaction: "discord.Interaction[Inkthread]", story_id: int, character_id: int
) -> None:
    async with interaction.client.services.database.session() as session:
        circle = await writers.circle(session, story_id)
    one = await _find_character(interaction, story_id, character_id)
    rules.check_edit(circle, actor_of(interaction), one.owner_id)
    if interaction.response.is_done():  # it took too long for a dialog
        await show_character(interaction, story_id, character_id)
        return
    words = interaction.client.answers.words(interaction)
    place = Place(FormKind.EDIT_CHARACTER, story_id, character_id)
    form = character_form(words, place, one.name, one.description)
    await interaction.response.send_modal(form)


async def remove_character_here(
    interaction: "discord.Interaction[Inkthread]",
    story_id: int,
    character_id: int,
    *,
    anyway: bool = False,
) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    actor = actor_of(interaction)
    gone = await remove_character(services.database, story_id, actor, character_id, anyway=anyway)
    services.cards.touch(story_id)
    text = words("story.character_removed", name=escape_markdown(gone.name))
    await whisper(interaction, text, replace=True)


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


async def _find_character(
    interaction: "discord.Interaction[Inkthread]", story_id: int, character_id: int
) -> CharacterRecord:
    async with interaction.client.services.database.session() as session:
        state = await states.read(session, story_id)
    for one in state.cast:
        if one.id == character_id:
            return one
    raise NotFound("character", str(character_id))


def _view(
    story_id: int | str, key: int, words: Words, *buttons: type[StickyButton]
) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button(f"{story_id}-{key}", words))
    return view


def _option(label: str, key: int, description: str = "") -> discord.SelectOption:
    def fit(text: str) -> str:
        return text if len(text) <= OPTION else f"{text[: OPTION - 1]}…"

    return discord.SelectOption(
        label=fit(label), value=str(key), description=fit(description) or None
    )


def _ids(key: int | str) -> tuple[int, int]:
    story_id, other = str(key).split("-")
    return int(story_id), int(other)


PICKERS = (
    LinePick,
    CharacterPick,
    EditLineButton,
    EarlierButton,
    LaterButton,
    RemoveLineButton,
    EditCharacterButton,
    RemoveCharacterButton,
    RemoveAnywayButton,
    PictureButton,
    RemovePictureButton,
)

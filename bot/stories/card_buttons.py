"""The buttons of a story's card. Their key is the story's id, and what else they need to know."""

from typing import TYPE_CHECKING

import discord

from bot.locales.words import Words
from bot.rendering.ordering import order_preview, order_story
from bot.sticky import StickyButton
from bot.stories import rules
from bot.stories.editing import redo, undo
from bot.stories.forms import FormKind, Place, character_form, line_form, script_form
from bot.stories.here import actor_of
from bot.stories.picking import show_choice
from bot.stories.telling import change_text
from bot.whispers import show_instead, whisper
from storage import stories, writers
from storage.values import Story

if TYPE_CHECKING:
    from bot.client import Inkthread


class AddLineButton(StickyButton, template=r"ink:add_line:(?P<key>\d{1,18})"):
    action = "add_line"
    look = discord.ButtonStyle.primary
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await check_belongs(interaction, int(self.key))
        words = interaction.client.answers.words(interaction)
        place = Place(FormKind.LINE, int(self.key))
        await interaction.response.send_modal(line_form(words, place))


class AddCharacterButton(StickyButton, template=r"ink:add_character:(?P<key>\d{1,18})"):
    action = "add_character"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await check_belongs(interaction, int(self.key))
        words = interaction.client.answers.words(interaction)
        place = Place(FormKind.CHARACTER, int(self.key))
        await interaction.response.send_modal(character_form(words, place))


class PasteButton(StickyButton, template=r"ink:paste:(?P<key>\d{1,18})"):
    action = "paste"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await check_belongs(interaction, int(self.key))
        words = interaction.client.answers.words(interaction)
        place = Place(FormKind.SCRIPT, int(self.key))
        await interaction.response.send_modal(script_form(words, place))


class ChangeButton(StickyButton, template=r"ink:change:(?P<key>\d{1,18}-\d{1,3})"):
    """Offers the lines of the page that is open, and the cast. The key ends with the page."""

    action = "change"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story_id, page = str(self.key).split("-")
        await show_choice(interaction, int(story_id), int(page))


class UndoButton(StickyButton, template=r"ink:undo:(?P<key>\d{1,18})"):
    action = "undo"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await undo_here(interaction, int(self.key))


class RedoChangeButton(StickyButton, template=r"ink:redo_change:(?P<key>\d{1,18})"):
    action = "redo_change"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await redo_here(interaction, int(self.key))


class RenderButton(StickyButton, template=r"ink:render:(?P<key>\d{1,18})"):
    action = "render"
    look = discord.ButtonStyle.success

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await render_here(interaction, int(self.key))


class PreviewButton(StickyButton, template=r"ink:preview:(?P<key>\d{1,18})"):
    action = "preview"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await order_preview(interaction, await drawable_here(interaction, int(self.key)))


class PageButton(StickyButton, template=r"ink:page:(?P<key>\d{1,18}-\d{1,3}[<>])"):
    """Opens another page of the card, for everyone. The key ends with the page, and the direction:
    two buttons of a message may not have the same custom id."""

    action = "page"

    def __init__(self, key: int | str, words: Words) -> None:
        super().__init__(key, words, {"<": "◀", ">": "▶"}[str(key)[-1]])

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story_id, page = str(self.key)[:-1].split("-")
        view = await interaction.client.services.cards.turned(int(story_id), int(page))
        await show_instead(interaction, view=view)


async def check_belongs(interaction: "discord.Interaction[Inkthread]", story_id: int) -> None:
    """Nobody is to type a text that will be refused.

    Raises:
        NotInvited, NotFound
    """
    async with interaction.client.services.database.session() as session:
        circle = await writers.circle(session, story_id)
    rules.check_belongs(circle, actor_of(interaction))


async def undo_here(interaction: "discord.Interaction[Inkthread]", story_id: int) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    change = await undo(services.database, story_id, actor_of(interaction))
    services.cards.touch(story_id)
    await whisper(interaction, words("change.undone", change=change_text(change, words)))


async def redo_here(interaction: "discord.Interaction[Inkthread]", story_id: int) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    change = await redo(services.database, story_id, actor_of(interaction))
    services.cards.touch(story_id)
    await whisper(interaction, words("change.redone", change=change_text(change, words)))


async def render_here(interaction: "discord.Interaction[Inkthread]", story_id: int) -> None:
    await order_story(interaction, await drawable_here(interaction, story_id))


async def drawable_here(interaction: "discord.Interaction[Inkthread]", story_id: int) -> Story:
    """Only those who may write have the story drawn, and moderators.

    Raises:
        NotInvited, NotFound
    """
    actor = actor_of(interaction)
    async with interaction.client.services.database.session() as session:
        story = await stories.get(session, story_id)
        circle = await writers.circle(session, story_id)
    if not actor.moderates:
        rules.check_belongs(circle, actor)
    return story


CARD_BUTTONS = (
    AddLineButton,
    AddCharacterButton,
    PasteButton,
    ChangeButton,
    UndoButton,
    RedoChangeButton,
    RenderButton,
    PreviewButton,
    PageButton,
)

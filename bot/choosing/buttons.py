"""The buttons and menus of the settings. The key of all begins with the story's id, or 0 for the
member's own next stories."""

from typing import TYPE_CHECKING, Any

import discord

from bot.choosing.choosing import SEED_LETTERS, Chooser, choose, chosen
from bot.choosing.panel import PanelFacts, settings_view
from bot.locales.words import Words
from bot.rendering.casting import cast_of
from bot.sticky import StickyButton, StickySelect
from bot.stories import rules
from bot.stories.card import readiness_text
from bot.stories.card_buttons import RenderButton
from bot.stories.dialog import quiet_modal
from bot.stories.here import actor_of
from bot.stories.readiness import readiness
from bot.whispers import hold_panel, show_panel
from generation.script.choices import Choices
from storage import characters, speeds, stories, writers

if TYPE_CHECKING:
    from bot.client import Inkthread


class SettingsButton(StickyButton, template=r"ink:settings:(?P<key>\d{1,18})"):
    """Opens the settings of a story."""

    action = "settings"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        chooser = await chooser_of(interaction, int(self.key))
        before = await chosen(interaction.client.services.database, chooser)
        await show_settings(interaction, chooser, before)


class ChoiceSelect(StickySelect, template=r"ink:choice:(?P<key>\d{1,18}-[a-z]+):\d+"):
    """The key ends with what is chosen."""

    action = "choice"

    async def choose(self, interaction: "discord.Interaction[Inkthread]", value: str) -> None:
        await hold_panel(interaction)
        story_id, field = str(self.key).split("-")
        chooser = await chooser_of(interaction, int(story_id))
        after = await choose(interaction.client.services.database, chooser, field, value)
        if chooser.story_id:
            interaction.client.services.cards.touch(chooser.story_id)
        await show_settings(interaction, chooser, after)


class SeedButton(StickyButton, template=r"ink:seed:(?P<key>\d{1,18}(?::.{0,18})?)"):
    """Opens the dialog with the seed, or with what was typed there before: the key ends with it."""

    action = "seed"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story_id, colon, typed = str(self.key).partition(":")
        chooser = await chooser_of(interaction, int(story_id))
        before = await chosen(interaction.client.services.database, chooser)
        seed = typed if colon else "" if before.seed is None else str(before.seed)
        words = interaction.client.answers.words(interaction)
        await interaction.response.send_modal(seed_dialog(words, chooser.story_id, seed))


def seed_dialog(words: Words, story_id: int, seed: str) -> discord.ui.Modal:
    modal = quiet_modal(words("choice.seed_title"), f"ink:seed:{story_id}")
    box = discord.ui.TextInput[Any](
        custom_id="seed", default=seed or None, required=False, max_length=SEED_LETTERS
    )
    modal.add_item(
        discord.ui.Label(
            text=words("redo.seed"), description=words("redo.seed_about"), component=box
        )
    )
    return modal


async def chooser_of(interaction: "discord.Interaction[Inkthread]", story_id: int) -> Chooser:
    """Those who may have a story drawn may say how.

    Raises:
        NotInvited, NotFound
    """
    assert interaction.guild_id is not None  # commands and cards are for servers only
    if story_id:
        actor = actor_of(interaction)
        async with interaction.client.services.database.session() as session:
            circle = await writers.circle(session, story_id)
        if not actor.moderates:
            rules.check_belongs(circle, actor)
    return Chooser(story_id, interaction.guild_id, interaction.user.id)


async def show_settings(
    interaction: "discord.Interaction[Inkthread]",
    chooser: Chooser,
    choices: Choices,
) -> None:
    shelf, words = interaction.client.services.shelf, interaction.client.answers.words(interaction)
    key = chooser.story_id
    state = await _state(interaction, key, choices) if key else ""
    buttons = (SeedButton(key, words), RenderButton(key, words)) if key else ()
    facts = PanelFacts(key, choices, state)
    await show_panel(interaction, settings_view(facts, shelf, words, ChoiceSelect, buttons))


async def _state(
    interaction: "discord.Interaction[Inkthread]", story_id: int, choices: Choices
) -> str:
    """What is missing, or how long the drawing takes with these settings."""
    services = interaction.client.services
    async with services.database.session() as session:
        story = await stories.get(session, story_id)
        cast = await characters.for_story(session, story_id)
        panels = await stories.panels(session, story_id)
        fast = await speeds.every(session)
        known = await cast_of(session, services.shelf, story)
    terms = services.shelf.terms(choices)
    ready = readiness(story, cast, panels, terms, fast.get(terms.model.name), known)
    return readiness_text(ready, interaction.client.answers.words(interaction))


CHOICE_ITEMS = (SettingsButton, ChoiceSelect, SeedButton)

"""Buttons under replies about a story: to mend a text, to draw it, to take a line back."""

from typing import TYPE_CHECKING

import discord

from bot.errors import NotYours, TooLongForDialog
from bot.limits import INPUT_LETTERS
from bot.rendering.ordering import order_story
from bot.sticky import StickyButton
from bot.stories.dialog import edit_dialog, new_comic_dialog
from bot.stories.forms import FormKind, Place, character_form, line_form, script_form
from bot.whispers import whisper
from generation.script.lines import CHARACTER_LINE
from storage import drafts, stories
from storage.errors import NotFound
from storage.values import Draft, DraftKind

if TYPE_CHECKING:
    from bot.client import Inkthread
    from bot.locales.words import Words


class EditButton(StickyButton, template=r"ink:edit:(?P<key>\d{1,18})"):
    """Opens the dialog of a `/comic` with the text still in it. The key is the story's id."""

    action = "edit"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        async with interaction.client.services.database.session() as session:
            story = await stories.get(session, int(self.key))
            written = await stories.script_parts(session, story.id)
        if story.thread_id is not None:
            raise NotFound("draft", str(self.key))  # a thread's texts are drafts of their members
        if interaction.user.id != story.owner_id:
            raise NotYours
        text = story.draft or written
        _check_fits(*text)
        words = interaction.client.answers.words(interaction)
        await interaction.response.send_modal(edit_dialog(words, story.id, story.title, *text))


class NewComicButton(StickyButton, template=r"ink:new_comic:(?P<key>[\w-]{0,64})"):
    """Opens the empty dialog of `/comic`. The key is the style's name, if one was chosen."""

    action = "new_comic"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        words = interaction.client.answers.words(interaction)
        await interaction.response.send_modal(new_comic_dialog(words, str(self.key), ""))


class DropDraftButton(StickyButton, template=r"ink:drop_draft:(?P<key>\d{1,18})"):
    """Forgets the text of a `/comic` that could not be drawn. The key is the story's id."""

    action = "drop_draft"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        async with interaction.client.services.database.session() as session:
            story = await stories.get(session, int(self.key))
            if interaction.user.id != story.owner_id:
                raise NotYours
            await stories.set_draft(session, story.id, None)
        words = interaction.client.answers.words(interaction)
        await whisper(interaction, words("draft.dropped"), replace=True)


class MendButton(StickyButton, template=r"ink:mend:(?P<key>\d{1,18})"):
    """Opens the dialog that a text was typed for, with the text in it. The key is the draft's."""

    action = "mend"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        async with interaction.client.services.database.session() as session:
            draft = await drafts.get(session, int(self.key))
        if interaction.user.id != draft.member_id:
            raise NotYours
        _check_fits(draft.characters, draft.panels)
        words = interaction.client.answers.words(interaction)
        await interaction.response.send_modal(_form_of(draft, words))


class DrawButton(StickyButton, template=r"ink:draw:(?P<key>\d{1,18})"):
    """Queues a story that could not be drawn when it was written. The key is the story's id."""

    action = "draw"
    look = discord.ButtonStyle.primary

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        async with interaction.client.services.database.session() as session:
            story = await stories.get(session, int(self.key))
        await order_story(interaction, story)


def sticky_view(*buttons: StickyButton) -> discord.ui.View:
    """The buttons in a row, for an ordinary message."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    return view


def _check_fits(*boxes: str) -> None:
    if max(map(len, boxes)) > INPUT_LETTERS:
        raise TooLongForDialog


def _form_of(draft: Draft, words: "Words") -> discord.ui.Modal:
    match draft.kind:
        case DraftKind.TEXT:
            place = _place(FormKind.SCRIPT, draft)
            return script_form(words, place, (draft.characters, draft.panels))
        case DraftKind.EDITED_LINE:
            return line_form(words, _place(FormKind.EDIT_LINE, draft), draft.panels)
        case DraftKind.NEW_CHARACTER:
            place = _place(FormKind.CHARACTER, draft)
        case DraftKind.EDITED_CHARACTER:
            place = _place(FormKind.EDIT_CHARACTER, draft)
    match = CHARACTER_LINE.match(draft.characters)
    name, looks = (match[1], match[2]) if match else ("", draft.characters)
    return character_form(words, place, name, looks, picture_kept=bool(draft.reference))


def _place(kind: FormKind, draft: Draft) -> Place:
    return Place(kind, draft.story_id, draft.target_id or 0, draft.id)

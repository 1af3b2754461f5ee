"""Buttons under a finished page. The key of all is the marker of the page's post."""

from typing import TYPE_CHECKING

import discord

from bot.errors import NotYours
from bot.limits import DIALOG_BOXES, OPTION_LETTERS, OPTIONS
from bot.pages.changing import Comic, captions_of, choose, read_comic, scene_of
from bot.pages.dialogs import captions_dialog, redo_dialog
from bot.pages.exporting import KINDS, export
from bot.permissions import need_to_post
from bot.sticky import StickyButton, StickySelect
from bot.whispers import stay_silent, whisper
from generation.script.errors import clip
from generation.script.rewording import written
from storage import editions, posts
from storage.errors import NotFound
from storage.values import Post, TakeState

if TYPE_CHECKING:
    from bot.client import Inkthread


async def page_of(interaction: "discord.Interaction[Inkthread]", marker: str) -> tuple[Post, Comic]:
    """The page under which a button was pressed.

    Raises:
        NotFound: the page or its story is gone.
        PlanError: it was drawn by another version of the bot.
    """
    database = interaction.client.services.database
    async with database.session() as session:
        post = await posts.by_marker(session, marker)
    if post is None:
        raise NotFound("post", marker)
    return post, await read_comic(database, post.render_id)


def need_author(interaction: discord.Interaction, comic: Comic) -> None:
    """Whoever asked for the comic, whose story it is, or a moderator.

    Raises:
        NotYours
    """
    authors = (comic.render.user_id, comic.story.owner_id)
    if interaction.user.id not in authors and not interaction.permissions.manage_messages:
        raise NotYours


class RedoButton(StickyButton, template=r"ink:redo:(?P<key>[\w-]{1,80})"):
    """Asks which panel to draw again."""

    action = "redo"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        need_to_post(interaction)
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        words = interaction.client.answers.words(interaction)
        options = [
            discord.SelectOption(
                label=clip(f"{number}. {panel.scene}", OPTION_LETTERS),
                description=clip(panel.caption, OPTION_LETTERS) or None,
                value=str(number),
            )
            for number, panel in enumerate(written(comic.plan).panels, start=1)
        ]
        view = discord.ui.View(timeout=None)
        for part, first in enumerate(range(0, len(options), OPTIONS)):
            view.add_item(RedoSelect(self.key, words, options[first : first + OPTIONS], part))
        view.stop()
        await whisper(interaction, words("redo.which"), view)


class RedoSelect(StickySelect, template=r"ink:redo-panel:(?P<key>[\w-]{1,80}):\d+"):
    """Opens the dialog with the panel's text."""

    action = "redo-panel"
    opens_dialog = True

    async def choose(self, interaction: "discord.Interaction[Inkthread]", value: str) -> None:
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        words = interaction.client.answers.words(interaction)
        number = int(value)
        dialog = redo_dialog(words, str(self.key), number, scene_of(comic.plan, number))
        await interaction.response.send_modal(dialog)


class LettersButton(StickyButton, template=r"ink:letters:(?P<key>[\w-]{1,80})"):
    """Opens the dialog with the captions; where they don't fit into one, asks which."""

    action = "letters"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        words = interaction.client.answers.words(interaction)
        captions = captions_of(comic.plan)
        if len(captions) <= DIALOG_BOXES:
            dialog = captions_dialog(words, str(self.key), comic.plan, 1)
            await interaction.response.send_modal(dialog)
            return
        options = []
        for first in range(1, len(captions) + 1, DIALOG_BOXES):
            last = min(first + DIALOG_BOXES - 1, len(captions))
            text = " · ".join(filter(None, (captions[at] for at in range(first, last + 1))))
            options.append(
                discord.SelectOption(
                    label=words("letters.panels", first=first, last=last),
                    description=clip(text, OPTION_LETTERS) or None,
                    value=str(first),
                )
            )
        view = discord.ui.View(timeout=None)
        view.add_item(LettersSelect(self.key, words, options))
        view.stop()
        await whisper(interaction, words("letters.which"), view)


class LettersSelect(StickySelect, template=r"ink:letters-panels:(?P<key>[\w-]{1,80}):\d+"):
    action = "letters-panels"
    opens_dialog = True

    async def choose(self, interaction: "discord.Interaction[Inkthread]", value: str) -> None:
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        words = interaction.client.answers.words(interaction)
        dialog = captions_dialog(words, str(self.key), comic.plan, int(value))
        await interaction.response.send_modal(dialog)


class ExportButton(StickyButton, template=r"ink:export:(?P<key>[\w-]{1,80})"):
    """Asks for the kind of file."""

    action = "export"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await page_of(interaction, str(self.key))
        words = interaction.client.answers.words(interaction)
        options = [
            discord.SelectOption(
                label=words(f"export.{kind}"),
                description=words(f"export.{kind}_about"),
                value=kind,
            )
            for kind in KINDS
        ]
        view = discord.ui.View(timeout=None)
        view.add_item(ExportSelect(self.key, words, options))
        view.stop()
        await whisper(interaction, words("export.which"), view)


class ExportSelect(StickySelect, template=r"ink:export-kind:(?P<key>[\w-]{1,80}):\d+"):
    action = "export-kind"

    async def choose(self, interaction: "discord.Interaction[Inkthread]", value: str) -> None:
        post, comic = await page_of(interaction, str(self.key))
        await export(interaction, post, comic, value)


class DeleteButton(StickyButton, template=r"ink:delete:(?P<key>[\w-]{1,80})"):
    """Asks once more: pages can't be brought back."""

    action = "delete"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        words = interaction.client.answers.words(interaction)
        view = discord.ui.View(timeout=None)
        view.add_item(DeleteForGoodButton(self.key, words))
        view.stop()
        title = discord.utils.escape_markdown(comic.plan.title)
        sure = "delete.sure" if comic.plan.clip is None else "clip.sure"
        await whisper(interaction, words(sure, title=title), view)


class DeleteForGoodButton(StickyButton, template=r"ink:delete-now:(?P<key>[\w-]{1,80})"):
    action = "delete-now"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        services = interaction.client.services
        async with services.database.session() as session:
            await editions.withdraw(session, comic.render.id, interaction.user.id)
        services.outbox.wake()
        words = interaction.client.answers.words(interaction)
        done = "delete.done" if comic.plan.clip is None else "clip.gone"
        await whisper(interaction, words(done), replace=True)


class _ChoiceButton(StickyButton, template=r"ink:-:(?P<key>---)"):
    """Under the old and the new picture of a panel."""

    state: TakeState

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        post, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        services = interaction.client.services
        async with services.database.session() as session:
            take = await editions.take_of(session, post.render_id)
        if take is None:
            raise NotFound("post", str(self.key))
        await choose(services.database, services.shelf, take, self.state)
        services.bindery.wake()
        services.outbox.wake()
        await stay_silent(interaction)  # the message itself tells it


class KeepButton(_ChoiceButton, template=r"ink:keep:(?P<key>[\w-]{1,80})"):
    action = "keep"
    look = discord.ButtonStyle.primary
    state = TakeState.KEPT


class BackButton(_ChoiceButton, template=r"ink:back:(?P<key>[\w-]{1,80})"):
    action = "back"
    state = TakeState.LEFT


ITEMS = (
    RedoButton,
    RedoSelect,
    LettersButton,
    LettersSelect,
    ExportButton,
    ExportSelect,
    DeleteButton,
    DeleteForGoodButton,
    KeepButton,
    BackButton,
)

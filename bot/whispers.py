"""Answering interactions: privately or aloud, within Discord's three seconds, or else in the
channel: whatever a member sent is worth an answer, also when it came late."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import discord
from aiohttp import ClientError

from bot.acknowledging import first_answer, is_answered, is_too_late, say_aloud_instead
from bot.locales.words import Words

PATIENCE = 0.8  # seconds of silence before the bot says that it thinks; Discord allows 3


async def whisper(
    interaction: discord.Interaction[Any],
    text: str,
    view: discord.ui.View | None = None,
    *,
    file: discord.File | None = None,
    files: Sequence[discord.File] | None = None,
    replace: bool = False,
    not_secret: bool = False,
) -> None:
    """Answer so that only the member sees it, first answer or not. `replace`: what the member came
    from is settled by this; if it was a private message with a button, the answer takes its place.
    When it is too late for that, everyone reads it if it is `not_secret`, else that it is too late.
    """
    given = {"view": view, "file": file, "files": files}
    extra: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    came_from = interaction.message
    try:
        async with first_answer(interaction) as first:
            if first and replace and came_from is not None and _settled_by(came_from):
                shown = [one for one in (file, *(files or ())) if one is not None]
                await interaction.response.edit_message(content=text, view=view, attachments=shown)
            elif first:
                await interaction.response.send_message(text, ephemeral=True, **extra)
        if not first:
            await interaction.followup.send(text, ephemeral=True, **extra)
    except discord.HTTPException as exc:
        if not is_too_late(exc):
            raise
        if not_secret:
            await say_aloud_instead(interaction, text, to=interaction.user, view=view)
        else:
            await say_too_late(interaction)


async def whisper_view(
    interaction: discord.Interaction[Any],
    view: discord.ui.LayoutView,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer privately with components v2; in place of the private message from which the member
    came, if there is one."""
    came_from = interaction.message
    async with _or_too_late(interaction):
        async with first_answer(interaction) as first:
            if first and came_from is not None and came_from.flags.ephemeral:
                await interaction.response.edit_message(view=view, attachments=files)
            elif first:
                await interaction.response.send_message(view=view, files=files, ephemeral=True)
        if not first:
            await interaction.followup.send(view=view, files=files, ephemeral=True)


async def aloud(
    interaction: discord.Interaction[Any],
    text: str,
    words: Words,
    view: discord.ui.View | None = None,
    *,
    replace: bool = False,
    ping: discord.abc.Snowflake | None = None,
    file: discord.File | None = None,
) -> None:
    """Answer so that everyone sees it. The first answer after thinking is private, so is this
    one's. `replace`: as in `whisper`, for the private message from which the member came. `ping`:
    a member who gets a notification."""
    given = {"view": view, "file": file}
    extra: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    if ping is not None:
        extra["allowed_mentions"] = discord.AllowedMentions(users=[ping])
    came_from = interaction.message
    settles = replace and came_from is not None and _settled_by(came_from)
    try:
        async with first_answer(interaction) as first:
            if first and not settles:
                await interaction.response.send_message(text, **extra)
            elif first:
                settled = words("answer.settled")
                await interaction.response.edit_message(content=settled, view=None, attachments=[])
        if not first:
            await interaction.followup.send(words("answer.settled"), ephemeral=True)
        if not first or settles:
            await interaction.followup.send(text, **extra)
    except discord.HTTPException as exc:
        if not is_too_late(exc):
            raise
        await say_aloud_instead(interaction, text, to=ping, view=view, file=file)


async def say_too_late(interaction: discord.Interaction[Any]) -> None:
    """To everyone in the channel, and without a word of what was asked for."""
    words = interaction.client.answers.words_of(interaction.guild)
    await say_aloud_instead(interaction, words("answer.too_late"), to=interaction.user)


async def think(interaction: discord.Interaction[Any]) -> None:
    """Say that the answer takes a while, and comes privately. When it is too late to say so, what
    was asked for is done all the same."""
    with _even_if_late():
        async with first_answer(interaction) as first:
            if first:
                await interaction.response.defer(ephemeral=True, thinking=True)


async def open_dialog(interaction: discord.Interaction[Any], dialog: discord.ui.Modal) -> bool:
    """False when it took too long for a dialog, which must be the first answer."""
    async with first_answer(interaction) as first:
        if first:
            await interaction.response.send_modal(dialog)
    return first


async def show_instead(interaction: discord.Interaction[Any], **fields: Any) -> None:
    """Change the message whose component was used."""
    with _even_if_late():
        async with first_answer(interaction) as first:
            if first:
                await interaction.response.edit_message(**fields)
        if first:
            return
        await interaction.delete_original_response()  # the bot has said that it thinks
    assert interaction.message is not None  # components are on messages
    await interaction.message.edit(allowed_mentions=discord.AllowedMentions.none(), **fields)


async def stay_silent(interaction: discord.Interaction[Any]) -> None:
    """Answer without a word: what was asked for shows elsewhere."""
    with _even_if_late():
        async with first_answer(interaction) as first:
            if first:
                await interaction.response.defer()
        if not first:
            await interaction.delete_original_response()  # the bot has said that it thinks


async def think_when_late(interaction: discord.Interaction[Any]) -> None:
    """Keep the interaction open when its answer takes long."""
    await asyncio.sleep(PATIENCE)
    if not is_answered(interaction):
        with contextlib.suppress(discord.HTTPException, ClientError):
            await think(interaction)


async def hold_panel(interaction: discord.Interaction[Any]) -> None:
    """The private message of components from which the member came is changed in a moment: the
    answer may take its time then, and still comes in the same place."""
    if _from_panel(interaction):
        with _even_if_late():
            async with first_answer(interaction) as first:
                if first:
                    await interaction.response.defer()


async def show_panel(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """A private message of components alone: in the place of the one that is held, or a new one."""
    held = discord.InteractionResponseType.deferred_message_update
    async with _or_too_late(interaction):
        if interaction.response.type is held:
            await interaction.edit_original_response(view=view)
            return
        async with first_answer(interaction) as first:
            if first:
                await interaction.response.send_message(view=view, ephemeral=True)
        if not first:
            await interaction.followup.send(view=view, ephemeral=True)


def _from_panel(interaction: discord.Interaction[Any]) -> bool:
    came_from = interaction.message
    return came_from is not None and came_from.flags.ephemeral and came_from.flags.components_v2


def _settled_by(came_from: discord.Message) -> bool:
    """Whether a text can take the place of the message: one of components alone takes none."""
    return came_from.flags.ephemeral and not came_from.flags.components_v2


@contextlib.contextmanager
def _even_if_late() -> Iterator[None]:
    """What was asked for is done, or shows elsewhere, whether or not an answer is taken."""
    try:
        yield
    except discord.HTTPException as exc:
        if not is_too_late(exc):
            raise


@contextlib.asynccontextmanager
async def _or_too_late(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """What is private isn't shown to everyone: they read that it is too late."""
    try:
        yield
    except discord.HTTPException as exc:
        if not is_too_late(exc):
            raise
        await say_too_late(interaction)

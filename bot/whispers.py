"""Answering interactions: privately or aloud, and always within Discord's three seconds."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import discord
from aiohttp import ClientError

from bot.locales.words import Words

PATIENCE = 0.8  # seconds of silence before the bot says that it thinks; Discord allows 3
ANSWERED_ALREADY = 40060  # Discord: JSON error codes


async def whisper(
    interaction: discord.Interaction[Any],
    text: str,
    view: discord.ui.View | None = None,
    *,
    file: discord.File | None = None,
    files: Sequence[discord.File] | None = None,
    replace: bool = False,
) -> None:
    """Answer so that only the member sees it, first answer or not. `replace`: what the member came
    from is settled by this; if it was a private message with a button, the answer takes its place.
    """
    given = {"view": view, "file": file, "files": files}
    extra: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    came_from = interaction.message
    with _unless_answered():
        if not interaction.response.is_done():
            if replace and came_from is not None and _settled_by(came_from):
                shown = [one for one in (file, *(files or ())) if one is not None]
                await interaction.response.edit_message(content=text, view=view, attachments=shown)
            else:
                await interaction.response.send_message(text, ephemeral=True, **extra)
            return
    await interaction.followup.send(text, ephemeral=True, **extra)


async def whisper_view(
    interaction: discord.Interaction[Any],
    view: discord.ui.LayoutView,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer privately with components v2; in place of the private message from which the member
    came, if there is one."""
    came_from = interaction.message
    with _unless_answered():
        if not interaction.response.is_done():
            if came_from is not None and came_from.flags.ephemeral:
                await interaction.response.edit_message(view=view, attachments=files)
            else:
                await interaction.response.send_message(view=view, files=files, ephemeral=True)
            return
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
    with _unless_answered():
        if not interaction.response.is_done() and not settles:
            await interaction.response.send_message(text, **extra)
            return
    await whisper(interaction, words("answer.settled"), replace=replace)
    await interaction.followup.send(text, **extra)


async def think(interaction: discord.Interaction[Any]) -> None:
    """Say that the answer takes a while, and comes privately."""
    with _unless_answered():
        if not interaction.response.is_done():
            await interaction.response.defer(ephemeral=True, thinking=True)


async def show_instead(interaction: discord.Interaction[Any], **fields: Any) -> None:
    """Change the message whose component was used."""
    with _unless_answered():
        if not interaction.response.is_done():
            await interaction.response.edit_message(**fields)
            return
    assert interaction.message is not None  # components are on messages
    await interaction.message.edit(allowed_mentions=discord.AllowedMentions.none(), **fields)
    await interaction.delete_original_response()  # the bot has said that it thinks


async def stay_silent(interaction: discord.Interaction[Any]) -> None:
    """Answer without a word: what was asked for shows elsewhere."""
    if interaction.response.is_done():
        await interaction.delete_original_response()  # the bot has said that it thinks
    else:
        await interaction.response.defer()


async def think_when_late(interaction: discord.Interaction[Any]) -> None:
    """Keep the interaction open when its answer takes long."""
    await asyncio.sleep(PATIENCE)
    if not interaction.response.is_done():
        with contextlib.suppress(discord.HTTPException, discord.InteractionResponded, ClientError):
            await interaction.response.defer(ephemeral=True, thinking=True)


async def hold_panel(interaction: discord.Interaction[Any]) -> None:
    """The private message of components from which the member came is changed in a moment: the
    answer may take its time then, and still comes in the same place."""
    if _from_panel(interaction) and not interaction.response.is_done():
        with _unless_answered():
            await interaction.response.defer()


async def show_panel(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """A private message of components alone: in the place of the one that is held, or a new one."""
    if interaction.response.type is discord.InteractionResponseType.deferred_message_update:
        await interaction.edit_original_response(view=view)
        return
    with _unless_answered():
        if not interaction.response.is_done():
            await interaction.response.send_message(view=view, ephemeral=True)
            return
    await interaction.followup.send(view=view, ephemeral=True)


def _from_panel(interaction: discord.Interaction[Any]) -> bool:
    came_from = interaction.message
    return came_from is not None and came_from.flags.ephemeral and came_from.flags.components_v2


def _settled_by(came_from: discord.Message) -> bool:
    """Whether a text can take the place of the message: one of components alone takes none."""
    return came_from.flags.ephemeral and not came_from.flags.components_v2


@contextlib.contextmanager
def _unless_answered() -> Iterator[None]:
    """Go on after it when the bot has said in the same moment that it thinks."""
    try:
        yield
    except discord.HTTPException as exc:
        if exc.code != ANSWERED_ALREADY:
            raise

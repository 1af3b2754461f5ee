"""Asking for a comic from an interaction: queue it, tell the member, open its progress message."""

from typing import TYPE_CHECKING

import discord

from bot.locales.words import Words
from bot.pages.changing import retake
from bot.permissions import need_to_post
from bot.rendering.requests import Request, request_again, request_story
from bot.rendering.updates import RenderUpdate
from bot.whispers import whisper
from storage import editions, renders
from storage.values import Story

if TYPE_CHECKING:
    from bot.client import Inkthread


async def order_story(
    interaction: "discord.Interaction[Inkthread]",
    story: Story,
    view: discord.ui.View | None = None,
) -> None:
    """Queue the story as it is written now; the answer has these buttons.

    Raises:
        MissingPermissions, NothingToDraw, AlreadyDrawing, ScriptErrors
    """
    need_to_post(interaction)
    services = interaction.client.services
    request = await request_story(
        services.database, services.shelf, story, user_id=interaction.user.id
    )
    await begin(interaction, request, view)


async def order_again(
    interaction: "discord.Interaction[Inkthread]", render_id: int, *, same_seed: bool = False
) -> None:
    """Queue the story of an earlier render, or the panel that it drew again, with a new seed unless
    it is to be the same.

    Raises:
        MissingPermissions, NotFound, AlreadyDrawing
    """
    need_to_post(interaction)
    services = interaction.client.services
    database, shelf, member = services.database, services.shelf, interaction.user.id
    async with database.session() as session:
        take = await editions.take_of(session, render_id)
        render = await renders.get(session, render_id)
    if take is None:
        request = await request_again(
            database, shelf, render_id, user_id=member, same_seed=same_seed
        )
    else:
        place = render.channel_id
        request = await retake(
            database, shelf, take, user_id=member, channel_id=place, same_seed=same_seed
        )
    await begin(interaction, request)


async def begin(
    interaction: "discord.Interaction[Inkthread]",
    request: Request,
    view: discord.ui.View | None = None,
) -> None:
    """Tell the member that it is queued, open its progress message, and let it be drawn."""
    services = interaction.client.services
    words = interaction.client.answers.words(interaction)
    await services.board.announce(
        RenderUpdate(render=request.render, place=request.place, preview=None, kind="queued")
    )
    services.dispatcher.wake()
    await whisper(interaction, _promise(request, words), view, replace=True)


def _promise(request: Request, words: Words) -> str:
    one = request.panels == 1
    panels = words("render.one_panel") if one else words("render.panels", count=request.panels)
    if request.seconds is None:
        return words("render.ordered_unmeasured", panels=panels)
    return words("render.ordered", panels=panels, seconds=max(1, round(request.seconds)))

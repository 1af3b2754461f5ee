"""Buttons on progress messages and pages."""

from typing import TYPE_CHECKING

import discord

from bot.errors import NothingToCancel, NotYours
from bot.rendering.ordering import order_again
from bot.sticky import StickyButton
from bot.whispers import stay_silent
from storage import posts, renders
from storage.errors import NotFound

if TYPE_CHECKING:
    from bot.client import Inkthread


class CancelButton(StickyButton, template=r"ink:cancel:(?P<key>\d{1,18})"):
    """On the progress message, for the asker and moderators. The key is the render's id."""

    action = "cancel"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        services = interaction.client.services
        async with services.database.session() as session:
            render = await renders.get(session, int(self.key))
        moderates = interaction.permissions.manage_messages
        if interaction.user.id != render.user_id and not moderates:
            raise NotYours
        if not await services.dispatcher.cancel(render.id):
            raise NothingToCancel
        await stay_silent(interaction)  # the progress message tells it


class AgainButton(StickyButton, template=r"ink:again:(?P<key>\d{1,18})"):
    """On a render that was cancelled, and on a redrawn panel. The key is the render's id."""

    action = "again"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await order_again(interaction, int(self.key))


class RetryButton(StickyButton, template=r"ink:retry:(?P<key>\d{1,18})"):
    """On a render that failed: the same once more, with the same seed. The key is its id."""

    action = "retry"
    look = discord.ButtonStyle.primary

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await order_again(interaction, int(self.key), same_seed=True)


class RedrawButton(StickyButton, template=r"ink:redraw:(?P<key>[\w-]{1,80})"):
    """On a posted page: the same story with a new seed. The key is the post's marker, by which the
    outbox also finds the message again."""

    action = "redraw"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        async with interaction.client.services.database.session() as session:
            post = await posts.by_marker(session, str(self.key))
        if post is None:
            raise NotFound("post", str(self.key))
        await order_again(interaction, post.render_id)

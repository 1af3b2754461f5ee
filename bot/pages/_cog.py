"""The dialogs of finished pages that come back, also after a restart."""

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.errors import BadSeed, BadShare, BindingFailed, RedoRefused
from bot.pages.buttons import need_author, page_of
from bot.pages.changing import change_captions, request_take
from bot.pages.dialogs import MOST_KEPT, CaptionsAsked, RedoAsked, read_asked, share_kept
from bot.permissions import need_to_post
from bot.rendering.ordering import begin
from bot.whispers import think, whisper
from generation.script.errors import ScriptErrors

if TYPE_CHECKING:
    from bot.client import Inkthread

BINDING = 600.0  # seconds to wait for a page; a dialog's answer may come for 15 minutes


class PagesCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_interaction(self, interaction: "discord.Interaction[Inkthread]") -> None:
        if interaction.type is not discord.InteractionType.modal_submit or not interaction.data:
            return
        asked = read_asked(interaction.data)
        if asked is None or not self._client.admit(interaction):
            return
        async with self._client.answers.apologies(interaction):
            if isinstance(asked, RedoAsked):
                await self._redo(interaction, asked)
            else:
                await self._letter(interaction, asked)

    async def _redo(self, interaction: "discord.Interaction[Inkthread]", asked: RedoAsked) -> None:
        need_to_post(interaction)
        post, comic = await page_of(interaction, asked.marker)
        need_author(interaction, comic)
        if asked.seed and not (asked.seed.isascii() and asked.seed.isdigit()):
            raise RedoRefused(asked.marker, asked.scene, BadSeed(asked.seed))
        kept = share_kept(asked.kept)
        if kept is None:
            raise RedoRefused(asked.marker, asked.scene, BadShare(asked.kept, MOST_KEPT))
        services = self._client.services
        try:
            request = await request_take(
                services.database,
                services.shelf,
                comic.render.id,
                asked.number,
                scene=asked.scene,
                seed=int(asked.seed) if asked.seed else None,
                kept=kept,
                user_id=interaction.user.id,
                channel_id=post.channel_id,
            )
        except ScriptErrors as exc:
            raise RedoRefused(asked.marker, asked.scene, exc) from exc
        await begin(interaction, request)

    async def _letter(
        self, interaction: "discord.Interaction[Inkthread]", asked: CaptionsAsked
    ) -> None:
        _, comic = await page_of(interaction, asked.marker)
        need_author(interaction, comic)
        services, words = self._client.services, self._client.answers.words(interaction)
        edition = await change_captions(services.database, comic.render.id, asked.captions)
        services.bindery.wake()
        await think(interaction)
        done = await services.bindery.settled(edition, BINDING)
        if done is not None and done.reason:
            raise BindingFailed(done.reason)
        await whisper(interaction, words("letters.done" if done else "letters.later"))

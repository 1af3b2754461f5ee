"""Buttons of previews and variations. The key of all but the first is the marker of the post."""

from typing import TYPE_CHECKING

import discord

from bot.locales.words import Words
from bot.pages.buttons import need_author, page_of
from bot.permissions import need_to_post
from bot.rendering.casting import recast
from bot.rendering.ordering import begin, order_seed
from bot.rendering.sketching import request_variation, request_variations
from bot.sticky import StickyButton
from bot.whispers import stay_silent, whisper
from generation.script.plan import RenderPlan
from storage import editions, sketches
from storage.errors import NotFound
from storage.values import TakeState

if TYPE_CHECKING:
    from bot.client import Inkthread


class VariationsButton(StickyButton, template=r"ink:variations:(?P<key>[\w-]{1,80})"):
    """Under a page: its beginning from four other seeds."""

    action = "variations"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        need_to_post(interaction)
        post, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        services = interaction.client.services
        request = await request_variations(
            services.database,
            services.shelf,
            post.render_id,
            user_id=interaction.user.id,
            channel_id=post.channel_id,
        )
        await begin(interaction, request, what="variations")


class PickButton(StickyButton, template=r"ink:pick:(?P<key>[\w-]{1,80}:\d)"):
    """Under variations: draws that one whole. The key ends with its number."""

    action = "pick"
    look = discord.ButtonStyle.primary

    def __init__(self, key: int | str, words: Words) -> None:
        super().__init__(key, words, str(key).rpartition(":")[2])

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        need_to_post(interaction)
        marker, _, number = str(self.key).rpartition(":")
        post, comic = await page_of(interaction, marker)
        need_author(interaction, comic)
        services = interaction.client.services
        async with services.database.session() as session:
            sketch = await sketches.of_render(session, post.render_id)
        if sketch is None:
            raise NotFound("post", marker)
        request = await request_variation(
            services.database,
            services.shelf,
            sketch,
            int(number),
            user_id=interaction.user.id,
        )
        if request is not None:
            await begin(interaction, request)
            return
        services.outbox.wake()
        await whisper(interaction, interaction.client.answers.words(interaction)("variations.back"))


class _VariationButton(StickyButton, template=r"ink:-variation:(?P<key>---)"):
    """Under a page that was drawn to take another one's place."""

    state: TakeState

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        post, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        services = interaction.client.services
        async with services.database.session() as session:
            variation = await sketches.variation_of(session, post.render_id)
            if variation is None:
                raise NotFound("post", str(self.key))
            if await sketches.choose(session, variation, self.state, interaction.user.id):
                kept = self.state is TakeState.KEPT
                await recast(session, variation.render_id if kept else variation.comic_id)
        services.outbox.wake()
        await stay_silent(interaction)  # the messages themselves tell it


class KeepVariationButton(_VariationButton, template=r"ink:keep-page:(?P<key>[\w-]{1,80})"):
    action = "keep-page"
    look = discord.ButtonStyle.primary
    state = TakeState.KEPT


class BackVariationButton(_VariationButton, template=r"ink:back-page:(?P<key>[\w-]{1,80})"):
    action = "back-page"
    state = TakeState.LEFT


class LikeThisButton(StickyButton, template=r"ink:like-this:(?P<key>[\w-]{1,80})"):
    """Under a preview: the story as it is now, from the preview's seed."""

    action = "like-this"
    look = discord.ButtonStyle.success

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        _, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        seed = RenderPlan.from_json(comic.render.plan).seed
        await order_seed(interaction, comic.story, seed)


class CloseButton(StickyButton, template=r"ink:close:(?P<key>[\w-]{1,80})"):
    """Deletes a preview or variations: nothing is lost with them."""

    action = "close"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        post, comic = await page_of(interaction, str(self.key))
        need_author(interaction, comic)
        services = interaction.client.services
        async with services.database.session() as session:
            await editions.withdraw(session, post.render_id, interaction.user.id)
        services.outbox.wake()
        await stay_silent(interaction)


SKETCH_ITEMS = (
    VariationsButton,
    PickButton,
    KeepVariationButton,
    BackVariationButton,
    LikeThisButton,
    CloseButton,
)

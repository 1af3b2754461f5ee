"""The Clip button under pages, and the menus of what it opens."""

from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.clips.making import comic_under, mover_of, request_clip
from bot.clips.panel import (
    Facts,
    begun_at,
    clip_view,
    first_options,
    fps_options,
    key_of,
    last_options,
    read_key,
    words_options,
)
from bot.delivery.fitting import UNKNOWN_LIMIT
from bot.pages.changing import Comic
from bot.permissions import need_to_post
from bot.rendering.ordering import begin
from bot.sticky import StickyButton, StickySelect
from bot.whispers import hold_panel, show_panel
from generation.script.clips import Wish
from generation.script.rewording import written
from storage import posts
from storage.errors import NotFound

if TYPE_CHECKING:
    from bot.client import Inkthread


class ClipButton(StickyButton, template=r"ink:clip:(?P<key>[\w-]{1,80})"):
    """Under a page or a clip: asks what the (next) clip is to be like. The key is the marker."""

    action = "clip"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        need_to_post(interaction)
        comic, wish = await _comic(interaction, str(self.key))
        await _show(interaction, str(self.key), comic, wish)


class _WishSelect(StickySelect, template=r"ink:-wish:(?P<key>----)"):
    """One thing of the wish."""

    async def choose(self, interaction: "discord.Interaction[Inkthread]", value: str) -> None:
        await hold_panel(interaction)
        marker, wish = read_key(self.key)
        comic, _ = await _comic(interaction, marker)
        await _show(interaction, marker, comic, self.changed(wish, int(value), comic))

    def changed(self, wish: Wish, value: int, comic: Comic) -> Wish:
        raise NotImplementedError


class ClipFirstSelect(_WishSelect, template=r"ink:clip-first:(?P<key>[\w-]{1,90}):\d+"):
    action = "clip-first"

    def changed(self, wish: Wish, value: int, comic: Comic) -> Wish:
        return begun_at(wish, value, len(written(comic.plan).panels))


class ClipLastSelect(_WishSelect, template=r"ink:clip-last:(?P<key>[\w-]{1,90}):\d+"):
    action = "clip-last"

    def changed(self, wish: Wish, value: int, comic: Comic) -> Wish:
        return replace(wish, last=value)


class ClipFpsSelect(_WishSelect, template=r"ink:clip-fps:(?P<key>[\w-]{1,90}):\d+"):
    action = "clip-fps"

    def changed(self, wish: Wish, value: int, comic: Comic) -> Wish:
        return replace(wish, fps=value)


class ClipWordsSelect(_WishSelect, template=r"ink:clip-words:(?P<key>[\w-]{1,90}):\d+"):
    action = "clip-words"

    def changed(self, wish: Wish, value: int, comic: Comic) -> Wish:
        return replace(wish, burnt_in=bool(value))


class MakeClipButton(StickyButton, template=r"ink:make-clip:(?P<key>[\w-]{1,90})"):
    action = "make-clip"
    look = discord.ButtonStyle.success

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        marker, wish = read_key(self.key)
        comic, _ = await _comic(interaction, marker)
        await order_clip(interaction, comic, wish, interaction.channel_id or 0)


async def order_clip(
    interaction: "discord.Interaction[Inkthread]", comic: Comic, wish: Wish, channel_id: int
) -> None:
    """Queue the clip; it will be posted in that channel.

    Raises:
        MissingPermissions, AlreadyDrawing, PlanError
    """
    need_to_post(interaction)
    services = interaction.client.services
    request = await request_clip(
        services.database,
        services.shelf,
        comic,
        wish,
        user_id=interaction.user.id,
        channel_id=channel_id,
        limit=interaction.guild.filesize_limit if interaction.guild else UNKNOWN_LIMIT,
    )
    words = interaction.client.answers.words(interaction)
    notes = [] if mover_of(comic, services.shelf).moves else [words("clip.no_motion")]
    if channel_id != interaction.channel_id:
        notes.append(words("clip.elsewhere", channel=f"<#{channel_id}>"))
    await begin(interaction, request, what="clip", notes=notes)


async def _comic(interaction: "discord.Interaction[Inkthread]", marker: str) -> tuple[Comic, Wish]:
    """Raises:
    NotFound: the page or its story is gone.
    """
    database = interaction.client.services.database
    async with database.session() as session:
        post = await posts.by_marker(session, marker)
    if post is None:
        raise NotFound("post", marker)
    return await comic_under(database, post.render_id)


async def _show(
    interaction: "discord.Interaction[Inkthread]", marker: str, comic: Comic, wish: Wish
) -> None:
    words = interaction.client.answers.words(interaction)
    scenes = [panel.scene for panel in written(comic.plan).panels]
    facts = Facts(
        comic.plan.title, scenes, mover_of(comic, interaction.client.services.shelf).moves
    )
    key = key_of(marker, wish)
    menus = (
        (ClipFirstSelect, first_options(facts, wish, words)),
        (ClipLastSelect, last_options(facts, wish, words)),
        (ClipFpsSelect, fps_options(wish, words)),
        (ClipWordsSelect, words_options(wish, words)),
    )
    view = clip_view(facts, words, menus, key, MakeClipButton(key, words))
    await show_panel(interaction, view)


CLIP_ITEMS = (
    ClipButton,
    ClipFirstSelect,
    ClipLastSelect,
    ClipFpsSelect,
    ClipWordsSelect,
    MakeClipButton,
)

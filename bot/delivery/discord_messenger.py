"""Posts pages to Discord, finds them again, changes and deletes them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import discord
from aiohttp import ClientError
from discord.utils import snowflake_time, utcnow

from bot.delivery.errors import MessageGone, ThreadClosed, TooOld, TryAgain, Undeliverable
from bot.delivery.fitting import UNKNOWN_LIMIT, Picture, fitted
from bot.delivery.views import Shown, post_view
from bot.guilds.spoilers import is_hidden
from bot.locales.words import Catalogue, Words
from generation.studio.studio import Studio
from storage import clips, editions, guilds, posts, renders, schedules, sketches, stories
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.reasons import Reason, ReasonCode
from storage.values import Post, Render

log = logging.getLogger(__name__)

RETRYABLE = (401, 408, 429, 500, 502, 503, 504, 524)  # statuses; 401: a token to be replaced
# Discord: JSON error codes
UNKNOWN_MESSAGE = 10008
OLD_EDITS = 30046
THREAD_ARCHIVED = 50083
THREAD_LOCKED = 160005
CLOCKS_DIFFER = timedelta(minutes=5)  # between this machine and Discord, at most
# Discord counts edits of older messages, and tells nobody how many it allows (30046).
EDITABLE = timedelta(hours=1)


class DiscordMessenger:
    """The outbox's way to Discord.

    A page is one message: a line of text, the picture with its alt text, and buttons whose custom
    ids hold the post's marker.
    """

    def __init__(
        self,
        client: discord.Client,
        database: Database,
        artifacts: ArtifactStore,
        catalogue: Catalogue,
        studio: Studio,
        editable: timedelta = EDITABLE,
    ) -> None:
        self._client = client
        self._database = database
        self._artifacts = artifacts
        self._catalogue = catalogue
        self._studio = studio
        self._editable = editable

    async def send(self, post: Post, image: bytes) -> int:
        shown = await self._shown(post)
        pictures = await self._pictures(shown, image)
        limit, send = self._limit(shown.render), partial(self._send, shown)
        with self._translated(shown.render):
            try:
                message = await fitted(self._studio, pictures, limit, send)
            except discord.HTTPException as exc:
                if exc.code not in (THREAD_ARCHIVED, THREAD_LOCKED):
                    raise
                if not await self._reopened(post.channel_id):
                    raise ThreadClosed(await self._parent(shown.render, post)) from exc
                message = await fitted(self._studio, pictures, limit, send)
        return message.id

    async def find(self, post: Post) -> int | None:
        """The message that an earlier try has left, if it got through."""
        assert self._client.user is not None  # logged in before the outbox runs
        since = post.first_tried_at and post.first_tried_at - CLOCKS_DIFFER
        with self._translated(await self._render(post)):
            async for message in self._channel(post).history(limit=None, after=since):
                own = message.author.id == self._client.user.id
                if own and any(post.marker in one for one in _custom_ids(message.components)):
                    return message.id
        return None

    async def edit(self, post: Post, image: bytes) -> None:
        assert post.message_id is not None  # only what was sent can change
        if utcnow() - snowflake_time(post.message_id) > self._editable:
            raise TooOld
        shown = await self._shown(post)
        pictures = await self._pictures(shown, image)
        message = self._channel(post).get_partial_message(post.message_id)

        async def edit(files: list[discord.File]) -> discord.Message:
            view = post_view(shown, files, self._words(shown.render))
            return await message.edit(
                view=view, attachments=files, allowed_mentions=discord.AllowedMentions.none()
            )

        with self._translated(shown.render):
            try:
                await fitted(self._studio, pictures, self._limit(shown.render), edit)
            except discord.HTTPException as exc:
                if exc.code == OLD_EDITS:
                    raise TooOld from exc
                if exc.code != THREAD_ARCHIVED:
                    raise
                if not await self._reopened(post.channel_id):
                    raise TryAgain(Reason(ReasonCode.THREAD_LOCKED)) from exc
                raise TryAgain(Reason(ReasonCode.THREAD_ARCHIVED), after=0.0) from exc

    async def delete(self, post: Post, message_id: int) -> None:
        render = await self._render(post)
        message = self._channel(post).get_partial_message(message_id)
        with self._translated(render):
            try:
                await message.delete()
            except discord.HTTPException as exc:
                if exc.code != THREAD_ARCHIVED or not await self._reopened(post.channel_id):
                    raise
                await message.delete()

    async def _send(self, shown: Shown, files: list[discord.File]) -> discord.Message:
        return await self._channel(shown.post).send(
            view=post_view(shown, files, self._words(shown.render)),
            files=files,
            nonce=shown.post.marker,  # Discord drops a second message with it, for some minutes
        )

    async def _shown(self, post: Post) -> Shown:
        async with self._database.session() as session:
            render = await renders.get(session, post.render_id)
            pages = len(await posts.for_render(session, post.render_id))
            take = await editions.take_of(session, post.render_id)
            occurrence = await schedules.of_render(session, post.render_id)
            sketch = await sketches.of_render(session, post.render_id)
            variation = await sketches.variation_of(session, post.render_id)
            clip = await clips.of_render(session, post.render_id)
            spoilers = await guilds.spoilers(session, render.guild_id)
        hidden = is_hidden(self._client, spoilers, post.channel_id)
        return Shown(post, render, pages, take, occurrence, sketch, variation, clip, hidden)

    async def _render(self, post: Post) -> Render:
        async with self._database.session() as session:
            return await renders.get(session, post.render_id)

    async def _pictures(self, shown: Shown, image: bytes) -> list[Picture]:
        """The page or film; of a panel that was drawn again the old picture, too, to compare."""
        post, hidden = shown.post, shown.hidden
        if shown.clip is not None:
            return [Picture(image, f"clip-{post.render_id}", hidden, film=True)]
        name = f"comic-{post.render_id}-{post.page + 1}"
        if shown.take is None:
            return [Picture(image, name, hidden)]
        before = await self._artifacts.get(shown.take.before)
        return [Picture(before, f"{name}-old", hidden), Picture(image, f"{name}-new", hidden)]

    def _limit(self, render: Render) -> int:
        """Bytes that the server takes in a file."""
        guild = self._client.get_guild(render.guild_id)
        return guild.filesize_limit if guild else UNKNOWN_LIMIT

    async def _reopened(self, thread_id: int) -> bool:
        """Open an archived thread again, and a locked one where the bot may."""
        try:
            thread = await self._client.fetch_channel(thread_id)
            if isinstance(thread, discord.Thread):
                if thread.locked:
                    await thread.edit(archived=False, locked=False)
                else:
                    await thread.edit(archived=False)
        except discord.Forbidden as exc:
            log.warning("Thread %s can't be opened again: %s", thread_id, exc)
            return False
        except discord.HTTPException as exc:
            if exc.code not in (THREAD_ARCHIVED, THREAD_LOCKED):
                raise
            return False
        return True

    async def _parent(self, render: Render, post: Post) -> int:
        """Raises:
        Undeliverable: the channel is no thread of the story.
        """
        async with self._database.session() as session:
            story = await stories.get(session, render.story_id)
        if story.thread_id != post.channel_id:
            raise Undeliverable(Reason(ReasonCode.THREAD_LOCKED))
        return story.channel_id

    def _channel(self, post: Post) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(post.channel_id)

    def _words(self, render: Render) -> Words:
        guild = self._client.get_guild(render.guild_id)
        return self._catalogue.words(guild.preferred_locale.value if guild else "")

    @contextmanager
    def _translated(self, render: Render) -> Iterator[None]:
        """Discord's errors as delivery's. A lost permission can come back, so it is worth waiting;
        a guild that the bot has left is not."""
        try:
            yield
        except (discord.Forbidden, discord.NotFound) as exc:
            if self._client.is_ready() and self._client.get_guild(render.guild_id) is None:
                raise Undeliverable(Reason(ReasonCode.GUILD_LEFT)) from exc
            if exc.code == UNKNOWN_MESSAGE:
                raise MessageGone from exc
            if isinstance(exc, discord.NotFound):
                raise Undeliverable(Reason(ReasonCode.CHANNEL_DELETED)) from exc
            raise TryAgain(Reason(ReasonCode.NOT_ALLOWED, {"text": exc.text})) from exc
        except discord.HTTPException as exc:
            if exc.status in RETRYABLE or exc.code == THREAD_ARCHIVED:
                answer = {"status": str(exc.status), "text": exc.text}
                raise TryAgain(Reason(ReasonCode.DISCORD_ANSWERED, answer)) from exc
            answer = {"number": str(exc.code), "text": exc.text}
            raise Undeliverable(Reason(ReasonCode.DISCORD_REFUSED, answer)) from exc
        except (ClientError, OSError) as exc:
            raise TryAgain(Reason(ReasonCode.UNREACHABLE, {"text": str(exc)})) from exc


def _custom_ids(components: list[Any]) -> Iterator[str]:
    for component in components:
        yield from _custom_ids(getattr(component, "children", []))
        custom_id = getattr(component, "custom_id", None)
        if custom_id is not None:
            yield custom_id

"""The progress messages: one ordinary message a render, edited while it is drawn.

Ordinary, because an interaction's answer can be edited for 15 minutes only, and a queue may be
longer than that. Updates are taken at once and shown at most every few seconds; the end of a
render is shown without waiting. Edits of messages older than an hour are counted by Discord, so
such a message is replaced by a new one, and so is one in a thread that was archived: sending opens
it again.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import discord
from aiohttp import ClientError
from discord.utils import snowflake_time, utcnow

from bot.guilds.spoilers import is_hidden
from bot.locales.words import Catalogue, Words
from bot.rendering.progress import Pace
from bot.rendering.progress_view import OPEN_KINDS, progress_view
from bot.rendering.updates import RenderUpdate
from storage import guilds, posts, renders, sketches, upkeep
from storage.engine import Database
from storage.errors import NotFound, Unavailable
from storage.reasons import Reason
from storage.values import Post, PostState

log = logging.getLogger(__name__)

INTERVAL = 3.0  # seconds between edits; Discord takes about 5 edits per 5 s in a channel
LAST_TRIES = 6  # to show how a render ended; the pauses between them double: six minutes in all
EDITABLE = timedelta(hours=1)
OLD_EDITS, THREAD_ARCHIVED, THREAD_LOCKED = 30046, 50083, 160005  # Discord: JSON error codes


@dataclass
class _Card:
    """What one message shows, and what it should show next."""

    latest: RenderUpdate
    pace: Pace | None = None
    preview: bytes | None = None
    message_id: int | None = None
    fresh: bool = True
    gone: bool = False
    hidden: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def take(self, update: RenderUpdate) -> None:
        if update.render.attempt < self.latest.render.attempt and update.kind in OPEN_KINDS:
            return  # overtaken: the queue was faster than the member's answer
        self.latest, self.fresh = update, True
        self.pace = Pace.after(self.pace, update, time.monotonic())
        self.preview = update.preview or self.preview
        self.message_id = self.message_id or update.render.progress_message_id
        if update.kind not in OPEN_KINDS:
            self.ended.set()


class ProgressBoard:
    def __init__(
        self,
        client: discord.Client,
        database: Database,
        catalogue: Catalogue,
        interval: float = INTERVAL,
        editable: timedelta = EDITABLE,
        on_posts: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_posts` is called when a message is left to the outbox."""
        self._on_posts = on_posts
        self._editable = editable
        self._client = client
        self._database = database
        self._catalogue = catalogue
        self._interval = interval
        self._cards: dict[int, _Card] = {}

    async def announce(self, update: RenderUpdate) -> None:
        """Show an update soon; returns at once."""
        number = update.render.id
        card = self._cards.get(number)
        if card is None:
            card = self._cards[number] = _Card(update)
        card.take(update)
        if card.task is None:
            card.task = asyncio.create_task(self._keep(number, card), name=f"progress-{number}")

    async def tell_post(self, post: Post, trouble: Reason | None) -> None:
        """A page that was drawn can't be posted, or (None) is posted after all.

        Raises:
            NotFound: its story was deleted.
            Unavailable: the database can't be reached.
        """
        async with self._database.session() as session:
            render = await renders.get(session, post.render_id)
        lost = post.state is PostState.FAILED
        await self.announce(RenderUpdate(render, None, None, "done", trouble, lost))

    async def close(self) -> None:
        """Stop editing; the messages stay as they are."""
        tasks = [card.task for card in self._cards.values() if card.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, number: int, card: _Card) -> None:
        tries = 0
        try:
            while card.fresh:
                card.fresh = False
                if not await self._show(card) and card.ended.is_set() and tries < LAST_TRIES:
                    card.fresh, tries = True, tries + 1  # nothing comes after the end to show it
                    await asyncio.sleep(self._interval * 2.0**tries)
                if not card.ended.is_set():
                    await _either(card.ended, self._interval)
        finally:
            card.task = None
            if card.ended.is_set():
                self._cards.pop(number, None)

    async def _show(self, card: _Card) -> bool:
        """False when Discord doesn't take it now."""
        if card.gone:
            return True
        try:
            if await self._leaves(card):
                return True
            if card.preview is not None:
                card.hidden = await self._is_hidden(card.latest)
            old = card.message_id
            if old is None:
                await self._send(card, f"progress-{card.latest.render.id}")
            elif utcnow() - snowflake_time(old) > self._editable:
                await self._replace(card, old)
            else:
                await self._edit(card, old)
        except discord.NotFound:
            card.gone = True  # somebody deleted the message, or the channel: don't insist
        except (discord.HTTPException, ClientError, OSError, Unavailable) as exc:
            if isinstance(exc, discord.HTTPException) and exc.code == THREAD_LOCKED:
                card.gone = True  # the page will go to the thread's channel
            log.warning("Progress of render %s can't be shown: %s", card.latest.render.id, exc)
            return False
        return True

    async def _leaves(self, card: _Card) -> bool:
        """A finished sketch takes the message's place: the outbox shows it, once more now, as an
        earlier edit of ours may have come after its own."""
        update = card.latest
        if update.kind != "done" or update.trouble is not None:
            return False
        async with self._database.session() as session:
            if await sketches.of_render(session, update.render.id) is None:
                return False
            await upkeep.refresh(session, update.render.id)
            places = {one.message_id for one in await posts.for_render(session, update.render.id)}
        self._on_posts()
        if card.message_id is not None and card.message_id not in places:
            # It was sent while the drawing ended, so that the sketch got a message of its own.
            await self._channel(card).get_partial_message(card.message_id).delete()
        return True

    async def _is_hidden(self, update: RenderUpdate) -> bool:
        render = update.render
        async with self._database.session() as session:
            spoilers = await guilds.spoilers(session, render.guild_id)
        return is_hidden(self._client, spoilers, render.channel_id)

    async def _edit(self, card: _Card, message_id: int) -> None:
        view, files = self._view(card)
        known = self._channel(card).get_partial_message(message_id)
        try:
            await known.edit(
                view=view, attachments=files, allowed_mentions=discord.AllowedMentions.none()
            )
        except discord.HTTPException as exc:
            if exc.code not in (OLD_EDITS, THREAD_ARCHIVED):
                raise
            await self._replace(card, message_id)

    async def _replace(self, card: _Card, old: int) -> None:
        """A new message first: if that fails, the old one is still better than none."""
        await self._send(card, f"after-{old}")
        log.info("Progress message %s is replaced by %s", old, card.message_id)
        try:
            await self._channel(card).get_partial_message(old).delete()
        except (discord.HTTPException, ClientError, OSError) as exc:
            log.warning("The old progress message %s stays: %s", old, exc)

    async def _send(self, card: _Card, nonce: str) -> None:
        view, files = self._view(card)
        message = await self._channel(card).send(view=view, files=files, silent=True, nonce=nonce)
        card.message_id = message.id
        await self._remember(card)

    def _channel(self, card: _Card) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(card.latest.render.channel_id)

    async def _remember(self, card: _Card) -> None:
        assert card.message_id is not None
        try:
            async with self._database.session() as session:
                await renders.set_progress_message(session, card.latest.render.id, card.message_id)
        except NotFound:
            log.warning("Render %s is gone; its progress message stays", card.latest.render.id)
        except Unavailable as exc:  # after a restart it gets another one
            log.warning("Progress message %s is not remembered: %s", card.message_id, exc)

    def _view(self, card: _Card) -> tuple[discord.ui.LayoutView, list[discord.File]]:
        update, words = card.latest, self._words(card.latest)
        left = card.pace.seconds_left(update, time.monotonic()) if card.pace else None
        return progress_view(update, words, left, card.preview, card.hidden)

    def _words(self, update: RenderUpdate) -> Words:
        """Everyone in the server reads the message, so it speaks the server's language."""
        guild = self._client.get_guild(update.render.guild_id)
        return self._catalogue.words(guild.preferred_locale.value if guild else "")


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return

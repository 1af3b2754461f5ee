"""The story cards: one message a thread, kept up to date and within sight.

A card is edited in place, at most every few seconds. When it has scrolled away, or is so old that
Discord limits its edits, a new one is posted at the bottom and the old one deleted.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import discord
from aiohttp import ClientError

from bot.locales.words import Catalogue
from bot.rendering.casting import cast_of
from bot.rendering.requests import Shelf
from bot.stories.card import CardFacts, page_of
from bot.stories.card_buttons import AddLineButton
from bot.stories.card_view import card_view
from bot.stories.readiness import readiness
from storage import characters, choices, history, speeds, stories, writers
from storage.engine import Database
from storage.errors import NotFound, Unavailable

log = logging.getLogger(__name__)

INTERVAL = 3.0  # seconds between edits; Discord takes about 5 edits per 5 s in a channel
SCROLLED_AWAY = 8  # messages below the card; about what a phone shows
OLD = timedelta(minutes=55)  # edits of messages older than an hour are limited (error 30046)
TRIES = 5  # to show a card; the pauses between them double
LAST_WORDS = 1.0  # seconds that a stop waits for an edit that is under way
UNKNOWN_MESSAGE = 10008  # Discord: JSON error codes


@dataclass
class _Card:
    """`page` is None until somebody turns it: then the last one. `below` holds the newest message
    ids of the thread, None as long as nobody knows them."""

    fresh: bool = True
    page: int | None = None
    message_id: int | None = None
    thread_id: int | None = None
    below: list[int] | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def scrolled_away(self) -> bool:
        card = self.message_id or 0
        return sum(one > card for one in self.below or ()) >= SCROLLED_AWAY


class CardBoard:
    def __init__(
        self,
        client: discord.Client,
        database: Database,
        catalogue: Catalogue,
        shelf: Shelf,
        interval: float = INTERVAL,
    ) -> None:
        self._client = client
        self._database = database
        self._catalogue = catalogue
        self._shelf = shelf
        self._interval = interval
        self._cards: dict[int, _Card] = {}
        self._by_thread: dict[int, int] = {}
        self._closing = asyncio.Event()

    def touch(self, story_id: int, position: int | None = None) -> None:
        """The story has changed, near this line if it is given: show it soon. Returns at once."""
        card = self._cards.setdefault(story_id, _Card())
        if position is not None:
            card.page = page_of(position)
        self._refresh(story_id, card)

    def said(self, thread_id: int, message_id: int) -> None:
        """There is a new message in a thread."""
        story_id = self._by_thread.get(thread_id)
        card = self._cards.get(story_id) if story_id is not None else None
        if story_id is None or card is None or card.below is None:
            return
        card.below = [*card.below[-SCROLLED_AWAY:], message_id]
        if card.scrolled_away():
            self._refresh(story_id, card)

    async def turned(self, story_id: int, page: int) -> discord.ui.LayoutView:
        """The card with another page open."""
        card = self._cards.setdefault(story_id, _Card(fresh=False))
        card.page = page
        facts = await self._facts(story_id, page)
        return self._view(facts)

    async def run(self) -> None:
        """Show the cards that a stop has left behind; then there is nothing to do but to wait."""
        await self._client.wait_until_ready()
        async with self._database.session() as session:
            stale = await stories.with_stale_cards(session)
        for story in stale:
            self.touch(story.id)
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Stop editing; the cards stay as they are, and are caught up with at the next start."""
        self._closing.set()
        tasks = [card.task for card in self._cards.values() if card.task]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=LAST_WORDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _refresh(self, story_id: int, card: _Card) -> None:
        card.fresh = True
        if card.task is None and not self._closing.is_set():
            card.task = asyncio.create_task(self._keep(story_id, card), name=f"card-{story_id}")

    async def _keep(self, story_id: int, card: _Card) -> None:
        tries = 0
        try:
            while card.fresh and tries < TRIES and not self._closing.is_set():
                card.fresh = False
                shown = await self._show(story_id, card)
                tries = 0 if shown else tries + 1
                card.fresh = card.fresh or not shown
                await self._pause(self._interval * 2.0**tries)
        finally:
            card.task = None

    async def _pause(self, seconds: float) -> None:
        """Not a moment longer than until the bot stops."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _show(self, story_id: int, card: _Card) -> bool:
        """False when it is worth another try."""
        try:
            facts = await self._facts(story_id, card.page)
            if facts.story.thread_id is not None:
                await self._place(facts, card, facts.story.thread_id)
        except (NotFound, discord.NotFound) as exc:
            log.info("Story %s or its thread is gone; it has no card any more: %s", story_id, exc)
        except discord.Forbidden as exc:
            log.warning("The card of story %s can't be shown: %s", story_id, exc)
        except (discord.HTTPException, ClientError, OSError, Unavailable) as exc:
            log.warning("The card of story %s can't be shown now: %s", story_id, exc)
            return False
        return True

    async def _place(self, facts: CardFacts, card: _Card, thread_id: int) -> None:
        """Edit the card where it is, or bring a new one to the bottom."""
        channel = self._client.get_partial_messageable(thread_id)
        self._by_thread[thread_id] = facts.story.id
        if card.below is None:
            facts = await self._look_around(facts, card, channel)
        old = card.message_id = facts.story.card_message_id
        if old is None or card.scrolled_away() or is_old(old):
            await self._bring_down(facts, card, channel)
            return
        try:
            await channel.get_partial_message(old).edit(
                view=self._view(facts), allowed_mentions=discord.AllowedMentions.none()
            )  # discord.py sets the client's own only where there is content
        except discord.NotFound as exc:
            if exc.code != UNKNOWN_MESSAGE:
                raise
            await self._bring_down(facts, card, channel)
        else:
            await self._remember(facts, old)

    async def _look_around(
        self, facts: CardFacts, card: _Card, channel: discord.PartialMessageable
    ) -> CardFacts:
        """For the first time since the start: what stands below the card? A card that was posted,
        but not remembered before the bot was killed, takes the place of the one that was."""
        old = facts.story.card_message_id
        after = discord.Object(old) if old else None
        found = [one async for one in channel.history(limit=SCROLLED_AWAY, after=after)]
        card.below = [one.id for one in found]
        custom_id = AddLineButton.custom_id_of(facts.story.id)
        mine = [
            one.id
            for one in found
            if one.author == self._client.user and custom_id in _custom_ids(one.components)
        ]
        if not mine:
            return facts
        if old is not None:
            await self._delete(facts, channel, old)
        return replace(facts, story=replace(facts.story, card_message_id=max(mine)))

    async def _bring_down(
        self, facts: CardFacts, card: _Card, channel: discord.PartialMessageable
    ) -> None:
        message = await channel.send(view=self._view(facts), silent=True)
        old, card.message_id = facts.story.card_message_id, message.id
        card.below = [one for one in card.below or [] if one > message.id]
        await self._remember(facts, message.id)
        if old is not None:
            await self._delete(facts, channel, old)

    async def _delete(
        self, facts: CardFacts, channel: discord.PartialMessageable, message_id: int
    ) -> None:
        try:
            await channel.get_partial_message(message_id).delete()
        except discord.NotFound:
            log.debug("The old card of story %s was deleted already", facts.story.id)

    async def _remember(self, facts: CardFacts, message_id: int) -> None:
        async with self._database.session() as session:
            await stories.card_shown(session, facts.story.id, message_id, facts.story.revision)

    async def _facts(self, story_id: int, page: int | None) -> CardFacts:
        async with self._database.session() as session:
            story = await stories.get(session, story_id)
            circle = await writers.circle(session, story_id)
            cast = await characters.for_story(session, story_id)
            panels = await stories.panels(session, story_id)
            can_undo = await history.to_undo(session, story_id) is not None
            can_redo = await history.to_redo(session, story_id) is not None
            terms = self._shelf.terms(await choices.of_story(session, story_id))
            speed = (await speeds.every(session)).get(terms.model.name)
            known = await cast_of(session, self._shelf, story)
        ready = readiness(story, cast, panels, terms, speed, known)
        facts = CardFacts(story, circle, cast, panels, ready, terms, can_undo, can_redo)
        last = facts.pages - 1
        return replace(facts, page=last if page is None else min(max(page, 0), last))

    def _view(self, facts: CardFacts) -> discord.ui.LayoutView:
        """Everyone in the thread reads the card, so it speaks the server's language."""
        guild = self._client.get_guild(facts.story.guild_id)
        words = self._catalogue.words(guild.preferred_locale.value if guild else "")
        return card_view(facts, words)


def is_old(message_id: int) -> bool:
    """Discord limits edits of this message, or soon will."""
    return discord.utils.utcnow() - discord.utils.snowflake_time(message_id) > OLD


def _custom_ids(components: Sequence[Any]) -> Iterator[str]:
    for component in components:
        yield from _custom_ids(getattr(component, "children", []))
        custom_id = getattr(component, "custom_id", None)
        if custom_id is not None:
            yield custom_id

"""The outbox: posts every page exactly once, whatever dies in between, and keeps it true.

A post is marked before it is sent and after. When a mark says "sending" and nobody knows what
became of it, the message is looked for by its marker before it is sent again.

A page that changes is edited, or replaced when its message is too old for that: the new message is
posted first, then the old one is deleted. Edits and deletions may be repeated without harm.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery.errors import MessageGone, ThreadClosed, TooOld, TryAgain, Undeliverable
from bot.failpoints import Failpoints
from bot.patience import persistently
from storage import posts, upkeep
from storage.artifacts import ArtifactStore
from storage.columns import now
from storage.engine import Database
from storage.errors import ArtifactDamaged, NotFound
from storage.reasons import Reason, ReasonCode
from storage.values import Post, PostState

log = logging.getLogger(__name__)

PICTURE_LOST = Reason(ReasonCode.PICTURE_LOST)
TOLD_ATTEMPT = 2  # a page that is late twice is worth a word to its member


Tell = Callable[[Post, Reason | None], Awaitable[None]]


async def _tell_nobody(_post: Post, _trouble: Reason | None) -> None:
    pass


class Messenger(Protocol):
    """All may raise `Undeliverable` and `TryAgain`, and what is said here, and nothing else on
    purpose."""

    async def send(self, post: Post, image: bytes) -> int:
        """Post the page with its marker, and return the message's id. May raise `ThreadClosed`."""

    async def find(self, post: Post) -> int | None:
        """The id of the message that carries the post's marker, if an earlier try got through. No
        such message is older than `post.first_tried_at`."""

    async def edit(self, post: Post, image: bytes) -> None:
        """Show the page as it is now in its message. May raise `TooOld` and `MessageGone`."""

    async def delete(self, post: Post, message_id: int) -> None:
        """Delete a message of the post. May raise `MessageGone`."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between tries of one post: doubled from `first` to `longest`."""

    first: float = 2.0
    longest: float = 300.0
    send: float = 120.0  # a send that takes longer has failed; a page is several megabytes
    poll: float = 2.0  # how often to look for posts when nobody wakes us
    give_up: timedelta = timedelta(days=3)  # a post that never works must not hold up its channel

    def pause(self, attempts: int) -> float:
        return min(self.longest, self.first * 2.0 ** min(attempts - 1, 20))


class Outbox:
    """`tell` hears why a page is late or lost, and (None) when a late one was posted after all."""

    def __init__(
        self,
        database: Database,
        artifacts: ArtifactStore,
        messenger: Messenger,
        failpoints: Failpoints | None = None,
        *,
        tell: Tell = _tell_nobody,
        patience: Patience | None = None,
    ) -> None:
        self._database = database
        self._artifacts = artifacts
        self._messenger = messenger
        self._failpoints = failpoints or Failpoints()
        self._tell = tell
        self._patience = patience or Patience()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._news.clear()
            await self.deliver_due()
            pause = await persistently("read the outbox", self._pause)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()

    def wake(self) -> None:
        """There are new posts."""
        self._news.set()

    async def deliver_due(self) -> None:
        """Deliver until nothing is due: in order within a channel, channels side by side."""
        while due := await persistently("read the outbox", self._due):
            async with asyncio.TaskGroup() as tasks:
                for post in due:
                    tasks.create_task(self._deliver(post), name=f"post-{post.id}")

    async def _deliver(self, post: Post) -> None:
        try:
            if post.state in (PostState.PENDING, PostState.SENDING):
                await self._post(post)
            else:
                await self._tend(post)
        except ThreadClosed as exc:
            await self._move(post, exc.channel_id)
        except (Undeliverable, ArtifactDamaged) as exc:
            reason = exc.reason if isinstance(exc, Undeliverable) else PICTURE_LOST
            await self._give_up(post, reason)
        except NotFound as exc:
            if exc.kind == "artifact":
                await self._give_up(post, PICTURE_LOST)
            else:  # the story was deleted in the meantime
                log.warning("Post %s is gone: %r", post.id, exc)
        except TryAgain as exc:
            await self._try_later(post, exc)
        except Exception:  # the job loop: one broken post must not stop the others
            log.exception("Post %s broke the outbox", post.id)
            await self._try_later(post, TryAgain(Reason(ReasonCode.BOT_BROKE)))

    async def _post(self, post: Post) -> None:
        image = await persistently("read a page", lambda: self._artifacts.get(post.artifact))
        post = await persistently("begin a post", lambda: self._begin(post.id))
        message_id = await self._message_of(post, image)
        await persistently("mark a post as sent", lambda: self._sent(post, message_id))
        if post.attempts > TOLD_ATTEMPT:
            await self._say(post, None)

    async def _tend(self, post: Post) -> None:
        """Change or delete a message that is there."""
        post = await persistently("begin a change", lambda: self._tried(post.id))
        try:
            async with asyncio.timeout(self._patience.send):
                if post.state is PostState.CHANGED:
                    image = await self._artifacts.get(post.artifact)
                    await self._messenger.edit(post, image)
                else:
                    await self._delete(post)
        except TooOld:
            log.info("Message %s is replaced: it is too old to be edited", post.message_id)
            await persistently("replace a page", lambda: self._replace(post.id))
            return
        except MessageGone:
            log.warning("Message %s of post %s was deleted", post.message_id, post.id)
            await persistently("mark a page as deleted", lambda: self._vanished(post.id))
            return
        except TimeoutError as exc:
            raise TryAgain(Reason(ReasonCode.NO_ANSWER)) from exc
        await persistently("mark a change as made", lambda: self._settled(post))
        log.info("Post %s: message %s was %s", post.id, post.message_id, post.state)

    async def _delete(self, post: Post) -> None:
        """The message whose place was taken; of a withdrawn post its own, too."""
        own = post.message_id if post.state is PostState.WITHDRAWN else None
        for message_id in filter(None, (post.replaces, own)):
            with contextlib.suppress(MessageGone):
                await self._messenger.delete(post, message_id)

    async def _message_of(self, post: Post, image: bytes) -> int:
        """Find the message of an earlier try, or send it.

        Raises:
            Undeliverable, TryAgain
        """
        try:
            async with asyncio.timeout(self._patience.send):
                if post.attempts > 1:
                    found = await self._messenger.find(post)
                    if found is not None:
                        log.info("Post %s was sent before as message %s", post.id, found)
                        return found
                self._failpoints.hit("post.begun")
                message_id = await self._messenger.send(post, image)
        except TimeoutError as exc:
            raise TryAgain(Reason(ReasonCode.NO_ANSWER)) from exc
        self._failpoints.hit("post.sent")
        return message_id

    async def _try_later(self, post: Post, error: TryAgain) -> None:
        begun = post.first_tried_at or now()
        if now() - begun > self._patience.give_up:
            days = {"days": str(self._patience.give_up.days)}
            await self._give_up(post, Reason(ReasonCode.GAVE_UP, days, error.reason))
            return
        pause = max(self._patience.pause(post.attempts), error.after or 0.0)
        log.warning("Post %s: %s; again in %.0f s", post.id, error.reason, pause)
        not_before = now() + timedelta(seconds=pause)
        with contextlib.suppress(NotFound):  # its story was deleted in the meantime
            await persistently("postpone a post", lambda: self._postpone(post, not_before))
        if post.attempts == TOLD_ATTEMPT:
            await self._say(post, error.reason)

    async def _move(self, post: Post, channel_id: int) -> None:
        log.warning("Post %s goes to channel %s: its thread is closed", post.id, channel_id)

        async def move() -> None:
            async with self._database.session() as session:
                await posts.move(session, post.id, channel_id)

        with contextlib.suppress(NotFound):
            await persistently("move a post", move)

    async def _give_up(self, post: Post, reason: Reason) -> None:
        log.error("Post %s can't be sent or changed: %s", post.id, reason)
        unsent = post.state in (PostState.PENDING, PostState.SENDING)

        async def failed() -> Post:
            async with self._database.session() as session:
                if unsent:
                    return await posts.failed(session, post.id, reason)
                return await upkeep.leave(session, post.id)

        with contextlib.suppress(NotFound):
            await self._say(await persistently("mark a post as failed", failed), reason)

    async def _say(self, post: Post, trouble: Reason | None) -> None:
        with contextlib.suppress(NotFound):  # its story was deleted in the meantime
            await persistently("tell about a post", lambda: self._tell(post, trouble))

    async def _due(self) -> list[Post]:
        async with self._database.session() as session:
            return await posts.due(session)

    async def _pause(self) -> float:
        async with self._database.session() as session:
            next_try = await posts.next_try(session)
        if next_try is None:
            return self._patience.poll
        return min(self._patience.poll, max(0.0, (next_try - now()).total_seconds()))

    async def _begin(self, post_id: int) -> Post:
        async with self._database.session() as session:
            return await posts.begin(session, post_id)

    async def _sent(self, post: Post, message_id: int) -> None:
        async with self._database.session() as session:
            if (await posts.get(session, post.id)).message_id != message_id:
                await posts.sent(session, post.id, message_id, post.artifact)

    async def _tried(self, post_id: int) -> Post:
        async with self._database.session() as session:
            return await upkeep.tried(session, post_id)

    async def _settled(self, post: Post) -> None:
        async with self._database.session() as session:
            await upkeep.settled(session, post)

    async def _replace(self, post_id: int) -> None:
        async with self._database.session() as session:
            await upkeep.replace(session, post_id)

    async def _vanished(self, post_id: int) -> None:
        async with self._database.session() as session:
            await upkeep.vanished(session, post_id)

    async def _postpone(self, post: Post, not_before: datetime) -> None:
        async with self._database.session() as session:
            await posts.postpone(session, post.id, not_before)

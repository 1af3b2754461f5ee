import asyncio
import signal
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.errors import ThreadClosed, TryAgain, Undeliverable
from bot.delivery.outbox import PICTURE_LOST, Outbox, Patience
from storage import artifacts, attempts, posts, queue, renders, stories, upkeep
from storage.artifacts import ArtifactStore
from storage.columns import now
from storage.engine import Database
from storage.reasons import Reason, ReasonCode, told
from storage.values import Post, PostState
from tests.bot.delivery.channel import ChannelFolder
from tests.bot.waiting import eventually

ROOT = Path(__file__).parents[3]
FAST = Patience(first=0.05, longest=0.1, send=5.0, poll=0.05)


@dataclass
class Office:
    database: Database
    store: ArtifactStore
    channel: ChannelFolder

    def outbox(self, patience: Patience = FAST) -> Outbox:
        return Outbox(self.database, self.store, self.channel, patience=patience)

    async def comic(self, channel_id: int = 20, pages: int = 1) -> list[Post]:
        """A finished render and its posts."""
        async with self.database.session() as session:
            story = await stories.create(
                session,
                guild_id=1,
                channel_id=channel_id,
                thread_id=None,
                owner_id=1,
                title="Tabs or spaces",
                style="comic",
            )
            await renders.enqueue(
                session,
                story_id=story.id,
                guild_id=1,
                channel_id=channel_id,
                user_id=1,
                plan_json="{}",
                steps=1,
            )
            render = await queue.claim(session)
            assert render is not None
            keys = []
            for page in range(pages):
                image = f"page {page} of {render.id}".encode()
                keys.append(await self.store.put(image, "image/png"))
                await artifacts.record(session, keys[-1], "image/png", len(image))
            made = [(page, key, f"alt {page}") for page, key in enumerate(keys)]
            return await attempts.finish(session, render.id, 1, made, channel_id)

    async def read(self, post: Post) -> Post:
        async with self.database.session() as session:
            return await posts.get(session, post.id)

    async def deliver_until_empty(self, outbox: Outbox) -> None:
        task = asyncio.create_task(outbox.run())
        await eventually(self.is_empty)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def is_empty(self) -> bool:
        async with self.database.session() as session:
            return await posts.next_try(session) is None

    async def becomes(self, post: Post, state: PostState) -> None:
        async def there() -> bool:
            return (await self.read(post)).state == state

        await eventually(there)

    def pages(self) -> list[object]:
        return [message["page"] for message in self.channel.messages()]


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    folder = tmp_path / "channel"
    folder.mkdir()
    return Office(database, ArtifactStore(str(tmp_path / "artifacts")), ChannelFolder(folder))


async def test_pages_are_posted_in_order_with_picture_and_alt_text(office: Office) -> None:
    made = await office.comic(pages=3)
    await office.outbox().deliver_due()
    messages = office.channel.messages()
    assert [(one["page"], one["alt"]) for one in messages] == [
        (0, "alt 0"),
        (1, "alt 1"),
        (2, "alt 2"),
    ]
    assert messages[2]["image"] == f"page 2 of {made[0].render_id}"
    for post, message in zip(made, messages, strict=True):
        sent = await office.read(post)
        assert (sent.state, sent.message_id) == (PostState.SENT, message["id"])


async def test_delivering_again_posts_nothing_again(office: Office) -> None:
    await office.comic(pages=2)
    for _ in range(3):
        await office.outbox().deliver_due()
    assert office.channel.sends == 2


async def test_a_wake_delivers_at_once(office: Office) -> None:
    outbox = office.outbox(Patience(poll=3600.0))
    task = asyncio.create_task(outbox.run())
    await asyncio.sleep(0.2)
    await office.comic()
    outbox.wake()
    await eventually(office.pages)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert office.pages() == [0]


async def test_trouble_is_tried_again_and_pages_stay_in_order(office: Office) -> None:
    office.channel.answers = [None, TryAgain(told("503")), TryAgain(told("rate limit"), after=0.1)]
    made = await office.comic(pages=3)
    await office.deliver_until_empty(office.outbox())
    assert office.pages() == [0, 1, 2]
    assert (await office.read(made[1])).attempts == 3


async def test_an_answer_that_was_lost_does_not_double_the_page(office: Office) -> None:
    office.channel.answers = [(TryAgain(told("connection lost")),)]
    office.channel.nonces_known = False
    await office.comic()
    await office.deliver_until_empty(office.outbox())
    assert office.pages() == [0]
    assert office.channel.sends == 1


async def test_what_cannot_be_delivered_fails_with_its_reason_and_later_pages_go_on(
    office: Office,
) -> None:
    office.channel.answers = [Undeliverable(told("The bot may not post here."))]
    made = await office.comic(pages=2)
    await office.outbox().deliver_due()
    failed = await office.read(made[0])
    assert (failed.state, failed.reason) == (PostState.FAILED, told("The bot may not post here."))
    assert office.pages() == [1]


async def test_a_late_page_is_told_once_and_so_is_its_arrival(office: Office) -> None:
    (post,) = await office.comic()
    office.channel.answers = [TryAgain(told("not allowed"))] * 5
    heard: list[Reason | None] = []

    async def tell(one: Post, trouble: Reason | None) -> None:
        assert one.id == post.id
        heard.append(trouble)

    outbox = Outbox(office.database, office.store, office.channel, tell=tell, patience=FAST)
    await office.deliver_until_empty(outbox)
    assert heard == [told("not allowed"), None]


async def test_a_page_that_is_lost_is_told_with_its_reason(office: Office) -> None:
    await office.comic()
    office.channel.answers = [Undeliverable(told("too large"))]
    heard: list[tuple[PostState, Reason | None]] = []

    async def tell(one: Post, trouble: Reason | None) -> None:
        heard.append((one.state, trouble))

    outbox = Outbox(office.database, office.store, office.channel, tell=tell, patience=FAST)
    await office.deliver_until_empty(outbox)
    assert heard == [(PostState.FAILED, told("too large"))]


async def test_a_lost_picture_fails_with_a_reason(office: Office) -> None:
    (post,) = await office.comic()
    await office.store.delete(post.artifact)
    await office.outbox().deliver_due()
    assert (await office.read(post)).reason == PICTURE_LOST


async def test_a_slow_channel_does_not_hold_up_others(office: Office) -> None:
    office.channel.slow[1] = asyncio.Event()
    (slow,) = await office.comic(channel_id=1)
    (quick,) = await office.comic(channel_id=2)
    task = asyncio.create_task(office.outbox().deliver_due())
    await office.becomes(quick, PostState.SENT)
    await office.becomes(slow, PostState.SENDING)
    office.channel.slow[1].set()
    await task
    assert len(office.pages()) == 2


async def test_a_send_that_hangs_is_given_up_and_repeated(office: Office) -> None:
    office.channel.slow[20] = asyncio.Event()
    (post,) = await office.comic()
    task = asyncio.create_task(office.outbox(Patience(first=0.05, send=0.5, poll=0.05)).run())

    async def tried_again() -> bool:
        return (await office.read(post)).attempts > 1

    await eventually(tried_again)
    office.channel.slow[20].set()
    await office.becomes(post, PostState.SENT)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert office.pages() == [0]


async def test_a_post_that_never_works_gives_its_channel_free_one_day(office: Office) -> None:
    office.channel.answers = [TryAgain(told("500 Internal Server Error"))] * 5
    made = await office.comic(pages=2)
    outbox = office.outbox(Patience(first=0.01, give_up=timedelta(seconds=-1)))
    await outbox.deliver_due()
    failed = await office.read(made[0])
    assert failed.state == PostState.FAILED
    assert failed.reason is not None
    assert failed.reason.code is ReasonCode.GAVE_UP
    assert failed.reason.cause == told("500 Internal Server Error")


async def test_a_mistake_in_the_messenger_stops_no_other_post(office: Office) -> None:
    office.channel.answers = [ZeroDivisionError("a mistake")]
    await office.comic(channel_id=1)
    await office.comic(channel_id=2)
    await office.deliver_until_empty(office.outbox())
    assert len(office.pages()) == 2


async def test_pauses_grow_and_end_at_the_longest() -> None:
    patience = Patience()
    assert [patience.pause(attempts) for attempts in (1, 2, 3, 50)] == [2.0, 4.0, 8.0, 300.0]


@pytest.mark.parametrize(("failpoint", "messages"), [("post.sent", 1), ("post.begun", 0)])
async def test_a_process_killed_around_the_send_posts_each_page_exactly_once(
    office: Office, database_url: str, tmp_path: Path, failpoint: str, messages: int
) -> None:
    """Nonces are long forgotten when the next process comes."""
    made = await office.comic(pages=2)
    assert await deliver_in_a_process(database_url, tmp_path, failpoint) == -signal.SIGKILL
    assert len(office.pages()) == messages
    assert (await office.read(made[0])).state == PostState.SENDING
    assert await deliver_in_a_process(database_url, tmp_path) == 0
    assert office.pages() == [0, 1]
    assert [(await office.read(post)).state for post in made] == [PostState.SENT] * 2


@pytest.mark.long
async def test_processes_killed_after_every_send_post_each_page_exactly_once(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    await office.comic(pages=3)
    for _ in range(3):
        status = await deliver_in_a_process(database_url, tmp_path, "post.sent")
        assert status == -signal.SIGKILL
    assert await deliver_in_a_process(database_url, tmp_path, "post.sent") == 0
    assert office.pages() == [0, 1, 2]


async def deliver_in_a_process(url: str, folder: Path, *armed: str) -> int:
    places = [str(folder / "artifacts"), str(folder / "channel")]
    module = "tests.bot.delivery.sending"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, url, *places, *armed, cwd=ROOT
    )
    return await process.wait()


async def letter_anew(office: Office, post: Post, words: str) -> None:
    image = words.encode()
    key = await office.store.put(image, "image/png")
    async with office.database.session() as session:
        await artifacts.record(session, key, "image/png", len(image))
        await upkeep.change(session, post.render_id, post.page, key, f"alt of {words}")


async def test_a_changed_page_is_edited_in_its_message(office: Office) -> None:
    (post, other) = await office.comic(pages=2)
    await office.outbox().deliver_due()
    await letter_anew(office, post, "other words")
    await office.outbox().deliver_due()
    assert [one["image"] for one in office.channel.messages()] == [
        "other words",
        f"page 1 of {other.render_id}",
    ]
    assert (await office.read(post)).state == PostState.SENT
    assert office.channel.sends == 2


async def test_a_page_too_old_to_be_edited_is_replaced_and_the_old_message_goes(
    office: Office,
) -> None:
    (post,) = await office.comic()
    await office.outbox().deliver_due()
    before = await office.read(post)
    office.channel.too_old = True
    await letter_anew(office, post, "other words")
    await office.deliver_until_empty(office.outbox())
    (message,) = office.channel.messages()
    after = await office.read(post)
    assert message["image"] == "other words"
    assert (after.state, after.message_id, after.replaces) == (PostState.SENT, message["id"], None)
    assert message["id"] != before.message_id
    assert after.marker != before.marker


async def test_a_page_changed_while_it_is_sent_shows_the_change(office: Office) -> None:
    office.channel.slow[20] = asyncio.Event()
    (post,) = await office.comic()
    task = asyncio.create_task(office.outbox().deliver_due())
    await office.becomes(post, PostState.SENDING)
    await letter_anew(office, post, "other words")
    office.channel.slow[20].set()
    await task
    assert [one["image"] for one in office.channel.messages()] == ["other words"]


async def test_a_message_that_somebody_deleted_is_not_posted_again(office: Office) -> None:
    (post,) = await office.comic()
    await office.outbox().deliver_due()
    (office.channel.folder / f"{(await office.read(post)).message_id}.json").unlink()
    await letter_anew(office, post, "other words")
    await office.outbox().deliver_due()
    assert office.channel.messages() == []
    assert (await office.read(post)).state == PostState.DELETED


@pytest.mark.parametrize("gone_already", [False, True])
async def test_withdrawn_pages_are_deleted_and_waiting_ones_never_sent(
    office: Office, gone_already: bool
) -> None:
    sent, waiting = (await office.comic(channel_id=1))[0], (await office.comic(channel_id=2))[0]
    office.channel.slow[2] = asyncio.Event()
    office.channel.slow[2].set()
    async with office.database.session() as session:
        await posts.postpone(session, waiting.id, now() + timedelta(days=1))
    await office.outbox().deliver_due()
    if gone_already:
        (office.channel.folder / f"{(await office.read(sent)).message_id}.json").unlink()
    async with office.database.session() as session:
        both = [sent.render_id, waiting.render_id]
        assert await upkeep.withdraw(session, both, 30) == 1
    await office.outbox().deliver_due()
    assert office.channel.messages() == []
    after = await office.read(sent)
    assert (after.state, after.withdrawn_by) == (PostState.DELETED, 30)
    assert (await office.read(waiting)).reason == Reason(ReasonCode.TAKEN_BACK)


async def test_a_page_withdrawn_while_it_is_sent_is_deleted(office: Office) -> None:
    office.channel.slow[20] = asyncio.Event()
    (post,) = await office.comic()
    task = asyncio.create_task(office.outbox().deliver_due())
    await office.becomes(post, PostState.SENDING)
    async with office.database.session() as session:
        await upkeep.withdraw(session, [post.render_id], 30)
    office.channel.slow[20].set()
    await task
    assert office.channel.messages() == []
    assert (await office.read(post)).state == PostState.DELETED


async def test_a_page_of_a_closed_thread_goes_to_its_channel(office: Office) -> None:
    office.channel.answers = [ThreadClosed(99)]
    (post,) = await office.comic()
    await office.outbox().deliver_due()
    (message,) = office.channel.messages()
    assert message["channel"] == 99
    after = await office.read(post)
    assert (after.channel_id, after.moved_from, after.state) == (99, 20, PostState.SENT)

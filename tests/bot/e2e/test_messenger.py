"""Pages are found again by their marker, and Discord's refusals are told as delivery's errors."""

from dataclasses import replace

import pytest

from bot.client import Inkthread
from bot.delivery.discord_messenger import DiscordMessenger
from bot.delivery.errors import TryAgain, Undeliverable
from bot.locales.words import read_catalogue
from bot.sandbox.member import Member
from storage import posts
from storage.engine import Database
from storage.values import Post
from tests.bot.e2e.reading import is_page
from tests.bot.e2e.scripted import picture
from tests.bot.e2e.test_comic import write


@pytest.fixture
def messenger(bot: Inkthread, database: Database) -> DiscordMessenger:
    return DiscordMessenger(
        bot, database, bot.services.artifacts, read_catalogue(), bot.services.studio
    )


@pytest.fixture
async def sent(ada: Member, database: Database) -> Post:
    """A page that was posted, as the outbox knew it before."""
    await write(ada)
    await ada.wait_for_message(is_page)
    async with database.session() as session:
        return await posts.get(session, 1)


async def test_a_posted_page_is_found_by_its_marker(
    ada: Member, messenger: DiscordMessenger, sent: Post
) -> None:
    page = await ada.wait_for_message(is_page)
    for number in range(120):  # more than one page of Discord's history
        await ada.say(f"nice {number}")
    assert await messenger.find(sent) == int(page["id"])


async def test_a_page_that_never_went_out_is_not_found(
    messenger: DiscordMessenger, sent: Post
) -> None:
    assert await messenger.find(replace(sent, marker="feedfeed")) is None


async def test_a_deleted_channel_can_never_be_posted_to(
    ada: Member, messenger: DiscordMessenger, sent: Post
) -> None:
    await ada.delete_channel("comics")
    for attempt in (messenger.find(sent), messenger.send(sent, picture("PNG"))):
        with pytest.raises(Undeliverable, match="channel_deleted"):
            await attempt


async def test_a_lost_permission_can_come_back(
    ada: Member, messenger: DiscordMessenger, sent: Post
) -> None:
    await ada.forbid("comics", 1 << 11)  # SEND_MESSAGES
    with pytest.raises(TryAgain, match="not_allowed"):
        await messenger.send(sent, picture("PNG"))


async def test_a_send_that_is_repeated_within_minutes_leaves_one_message(
    ada: Member, messenger: DiscordMessenger, sent: Post
) -> None:
    post = replace(sent, marker="0123456789abcdef")
    first = await messenger.send(post, picture("PNG"))
    assert await messenger.send(post, picture("PNG")) == first

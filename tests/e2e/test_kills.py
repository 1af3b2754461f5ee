"""Whatever is killed at whatever moment: no story is lost, each page is posted exactly once, and
drawing goes on where it stopped, to the same pixels."""

import re
import shutil
import signal
from pathlib import Path

import pytest

from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from generation.script.plan import RenderPlan
from generation.studio.events import Event, Order, PageComposed
from generation.studio.local import LocalStudio
from tests.bot.e2e.reading import is_page
from tests.e2e.deployment import Deployment, deployed, story_parts

STEPS = 48


@pytest.fixture(autouse=True)
def _migrated(migrated_file: Path, tmp_path: Path) -> None:
    """A copy is quicker than `bot migrate`, which the first comic begins with."""
    shutil.copy(migrated_file, tmp_path / "inkthread.db")


def tiny(models: Path) -> dict[str, str]:
    return {"INKTHREAD_MODELS": str(models), "INKTHREAD_DEFAULT_MODEL": "tiny"}


async def ask_for_comic(url: str) -> None:
    async with Member(url) as ada:
        dialog = await ada.command("/comic")
        await ada.submit_modal(dialog, {**story_parts(), "title": "Tabs or spaces"})


async def posted_pages(url: str) -> list[bytes]:
    """The pages in the channel, at least one."""
    async with Member(url) as ada:
        await ada.wait_for_message(is_page, timeout=120)
        pages = [message for message in await ada.messages() if is_page(message)]
        return [await ada.download(page["attachments"][0]) for page in pages]


async def drawn_undisturbed(plan: str, models: Path) -> bytes:
    """The page that an untroubled studio draws from the stored plan."""
    studio = LocalStudio(models, nice=0)
    await studio.start()
    try:
        events: list[Event] = [
            e async for e in studio.draw(Order(1, 1, RenderPlan.from_json(plan)))
        ]
    finally:
        await studio.close()
    return next(event.image for event in events if isinstance(event, PageComposed))


def steps_drawn(bot: Deployment) -> list[int]:
    """Of each finished render, as the bot's log tells."""
    return [int(n) for n in re.findall(r"(\d+) of \d+ steps drawn", "".join(bot.log))]


async def test_a_killed_worker_draws_only_the_missing_steps_to_the_same_pixels(
    sandbox: Sandbox, tiny_models: Path, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url, **tiny(tiny_models)) as bot:
        await bot.start()
        await ask_for_comic(sandbox.url)
        await bot.until("SELECT step FROM render WHERE step > 12 AND checkpoint IS NOT NULL")
        bot.kill_child("artist")
        (page,) = await posted_pages(sandbox.url)
        attempt, plan = bot.ask("SELECT attempt, plan FROM render")[0]
        await bot.stop()
    assert attempt == 2
    assert len(steps_drawn(bot)) == 1
    assert steps_drawn(bot)[0] < STEPS - 8
    assert page == await drawn_undisturbed(str(plan), tiny_models)


async def test_a_bot_killed_in_the_middle_of_a_picture_goes_on_after_its_restart(
    sandbox: Sandbox, tiny_models: Path, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url, **tiny(tiny_models)) as bot:
        await bot.start()
        await ask_for_comic(sandbox.url)
        await bot.until("SELECT step FROM render WHERE step > 12 AND checkpoint IS NOT NULL")
        artist = bot.child("artist")
        await bot.kill()
        artist.wait(timeout=60)  # the worker doesn't outlive its bot
        await bot.start()
        (page,) = await posted_pages(sandbox.url)
        ((plan,),) = bot.ask("SELECT plan FROM render")
        await bot.stop()
    assert steps_drawn(bot)[0] < STEPS - 8
    assert page == await drawn_undisturbed(str(plan), tiny_models)


async def test_a_bot_killed_between_sending_and_saving_posts_one_page_even_after_a_long_outage(
    sandbox: Sandbox, tiny_models: Path, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url, **tiny(tiny_models)) as bot:
        await bot.start(failpoints="post.sent")
        await ask_for_comic(sandbox.url)
        assert await bot.died() == -signal.SIGKILL
        assert bot.ask("SELECT state, message_id FROM post") == [("sending", None)]
        async with Member(sandbox.url) as ada:
            await ada.faults(forget_nonces=True)  # Discord remembers them for minutes only
        await bot.start()
        await bot.until("SELECT 1 FROM post WHERE state = 'sent' AND message_id IS NOT NULL")
        assert len(await posted_pages(sandbox.url)) == 1


async def test_a_bot_killed_before_sending_posts_the_page_after_its_restart(
    sandbox: Sandbox, tiny_models: Path, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url, **tiny(tiny_models)) as bot:
        await bot.start(failpoints="post.begun")
        await ask_for_comic(sandbox.url)
        assert await bot.died() == -signal.SIGKILL
        async with Member(sandbox.url) as ada:
            assert not [message for message in await ada.messages() if is_page(message)]
        await bot.start()
        await bot.until("SELECT 1 FROM post WHERE state = 'sent'")
        assert len(await posted_pages(sandbox.url)) == 1


async def test_a_killed_press_is_not_noticed(
    sandbox: Sandbox, tiny_models: Path, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url, **tiny(tiny_models)) as bot:
        await bot.start()
        await ask_for_comic(sandbox.url)
        await bot.until("SELECT step FROM render WHERE step > 10")
        bot.kill_child("press")
        assert len(await posted_pages(sandbox.url)) == 1
        assert bot.ask("SELECT attempt, state FROM render") == [(1, "done")]

"""A clip by the bot's real process and its worker: it outlives both, and is posted exactly once."""

import io
import shutil
from pathlib import Path

import av
import pytest
import torch

from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from generation.clips.ours import MotionWeights
from generation.clips.semantics import SemanticShape
from generation.diffusion.loading import load_model
from generation.script.catalogue import read_models
from tests.bot.e2e.reading import answer, buttons, is_page, text
from tests.bot.e2e.test_clips import is_clip, panel
from tests.e2e.deployment import Deployment, deployed, story_parts
from tests.e2e.test_kills import tiny

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=1)
STEPS, TRANSITIONS = 12, 3


@pytest.fixture(autouse=True)
def _migrated(migrated_file: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_file, tmp_path / "inkthread.db")


@pytest.fixture
def moving_models(tiny_models: Path, tmp_path: Path) -> Path:
    """The tiny catalogue, with what sets its pictures in motion beside it: of random weights."""
    folder = tmp_path / "models"
    shutil.copytree(tiny_models.parent, folder)
    catalogue = folder / tiny_models.name
    torch.manual_seed(1)
    model = load_model(read_models(catalogue)["tiny"], folder)
    MotionWeights.new(SHAPE, model).save(folder / "motion")
    entry = 'kind = "ours"\nsource = "motion"\nmodel = "tiny"'
    (folder / "motion.toml").write_text(
        f'[moving]\ntitle = "Moving"\n{entry}\nsteps = {STEPS}\n', encoding="utf-8"
    )
    return catalogue


async def ask_for_clip(ada: Member) -> None:
    dialog = await ada.command("/comic")
    await ada.submit_modal(dialog, {**story_parts(), "title": "Tabs or spaces"})
    page = await ada.wait_for_message(is_page, timeout=300)
    asked = await panel(ada, page)
    assert "Nothing here was taught yet" not in text(asked)
    told = await answer(ada, await ada.click(asked, buttons(asked)["Make the clip"]))
    assert "Your clip is in the queue: 4 panels" in text(told)


async def in_the_middle(bot: Deployment) -> None:
    await bot.until(
        "SELECT step FROM render WHERE lane = 4 AND state = 'running'"
        f" AND step BETWEEN {STEPS} AND {2 * STEPS} AND checkpoint IS NOT NULL"
    )


async def test_a_clip_outlives_its_worker_and_its_bot_and_is_posted_once(
    sandbox: Sandbox, moving_models: Path, tmp_path: Path
) -> None:
    async with (
        deployed(tmp_path, sandbox.url, **tiny(moving_models)) as bot,
        Member(sandbox.url) as ada,
    ):
        await bot.start()
        await ask_for_clip(ada)
        await in_the_middle(bot)
        bot.kill_child("artist")
        await bot.until("SELECT 1 FROM render WHERE lane = 4 AND attempt = 2 AND step > 12")
        await bot.kill()
        await bot.start()
        clip = await ada.wait_for_message(is_clip, timeout=300)
        film = await ada.download(clip["attachments"][0])
        drawn = "".join(bot.log)
        ((attempt, steps),) = bot.ask("SELECT attempt, steps FROM render WHERE lane = 4")
        assert (attempt, steps) == (3, TRANSITIONS * STEPS)
        await bot.stop()
        await bot.start()  # and nothing is posted a second time
        await ada.wait_for_message(is_clip)
        assert sum(is_clip(one) for one in await ada.messages()) == 1
    ended = [line for line in drawn.splitlines() if f"of {TRANSITIONS * STEPS} steps drawn" in line]
    assert len(ended) == 1
    assert f"is done: {TRANSITIONS * STEPS} of" not in ended[0], "it went on, not over again"
    with av.open(io.BytesIO(film)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert float(container.duration or 0) / av.time_base > 8

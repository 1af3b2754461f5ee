import asyncio
import signal
import sys
from pathlib import Path

from storage import posts
from storage.values import RenderState
from tests.bot.rendering.conftest import House

ROOT = Path(__file__).parents[3]


async def draw_in_a_process(url: str, folder: Path, *armed: str) -> tuple[int, str]:
    module = "tests.bot.rendering.dispatching"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, url, str(folder / "artifacts"), *armed),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode().strip()


async def test_a_bot_killed_after_a_checkpoint_goes_on_behind_it(
    house: House, database_url: str, tmp_path: Path
) -> None:
    render_id = await house.order()
    status, _ = await draw_in_a_process(database_url, tmp_path, "render.checkpoint")
    assert status == -signal.SIGKILL
    left = await house.read(render_id)
    assert (left.state, left.step) == (RenderState.RUNNING, 2)
    status, steps = await draw_in_a_process(database_url, tmp_path)
    assert (status, steps) == (0, "[3, 4, 5, 6]")
    done = await house.read(render_id)
    assert (done.state, done.attempt) == (RenderState.DONE, 2)
    async with house.database.session() as session:
        assert len(await posts.for_render(session, render_id)) == 1

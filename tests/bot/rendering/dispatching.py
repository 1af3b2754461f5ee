"""A child process that draws what is queued and may be killed at a failpoint.

Arguments: database URL, artifact folder, names of armed failpoints.
"""

import asyncio
import sys

from bot.failpoints import Failpoints
from bot.rendering.dispatcher import Dispatcher
from bot.rendering.updates import RenderUpdate
from storage.artifacts import ArtifactStore
from storage.engine import Database
from tests.bot.rendering.scripted import ScriptedStudio


async def draw(url: str, artifacts: str, *armed: str) -> None:
    done = asyncio.Event()

    async def watch(update: RenderUpdate) -> None:
        if update.kind == "done":
            done.set()

    database = Database(url)
    studio = ScriptedStudio()
    failpoints = Failpoints(frozenset(armed))
    dispatcher = Dispatcher(database, ArtifactStore(artifacts), studio, watch, failpoints)
    task = asyncio.create_task(dispatcher.run())
    await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await database.close()
    print([step for _, _, step in studio.steps])


if __name__ == "__main__":
    asyncio.run(draw(*sys.argv[1:]))

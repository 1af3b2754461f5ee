"""A child process that delivers what is due and may be killed at a failpoint.

Arguments: database URL, artifact folder, channel folder, names of armed failpoints.
"""

import asyncio
import sys
from pathlib import Path

from bot.delivery.outbox import Outbox
from bot.failpoints import Failpoints
from storage.artifacts import ArtifactStore
from storage.engine import Database
from tests.bot.delivery.channel import ChannelFolder


async def deliver(url: str, artifacts: str, channel: str, *armed: str) -> None:
    database = Database(url)
    messenger = ChannelFolder(Path(channel), nonces_known=False)
    outbox = Outbox(database, ArtifactStore(artifacts), messenger, Failpoints(frozenset(armed)))
    await outbox.deliver_due()
    await database.close()


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))

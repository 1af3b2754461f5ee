"""Checkpoints of renders that are being drawn: kept, and deleted when no render needs them."""

import asyncio
import logging

from bot.failpoints import Failpoints
from storage import artifacts, attempts
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import Unavailable
from storage.values import Render

log = logging.getLogger(__name__)

CHECKPOINT_TYPE = "application/x-inkthread-checkpoint"


class Checkpoints:
    """One thing at a time: a checkpoint that is stored, but not yet its render's, must not be
    swept because another render, drawn in the middle of that one, sweeps."""

    def __init__(self, database: Database, store: ArtifactStore, failpoints: Failpoints) -> None:
        self._database = database
        self._store = store
        self._failpoints = failpoints
        self._free = asyncio.Lock()

    async def keep(self, render: Render, step: int, data: bytes) -> Render:
        """The render as it is then. A checkpoint is a convenience: when it can't be stored,
        drawing goes on without.

        Raises:
            StaleAttempt: this attempt is no longer the current one.
        """
        async with self._free:
            try:
                key = await self._store.put(data, CHECKPOINT_TYPE)
                async with self._database.session() as session:  # on its own, to be swept anyway
                    await artifacts.record(session, key, CHECKPOINT_TYPE, len(data))
                async with self._database.session() as session:
                    render = await attempts.save_checkpoint(
                        session, render.id, render.attempt, step, key
                    )
            except Unavailable as exc:
                log.warning("Checkpoint of render %s is not kept: %s", render.id, exc)
                return render
            self._failpoints.hit("render.checkpoint")
            await self._sweep()
        return render

    async def sweep(self) -> None:
        """Delete those that no render needs any more. What fails now is swept next time."""
        async with self._free:
            await self._sweep()

    async def _sweep(self) -> None:
        try:
            async with self._database.session() as session:
                keys = await artifacts.sweep(session, CHECKPOINT_TYPE)
            await asyncio.gather(*(self._store.delete(key) for key in keys))
        except (Unavailable, OSError) as exc:
            log.warning("Old checkpoints stay for now: %s", exc)

"""Clips come after everything else, but not for ever: when so many pictures were drawn while one
waited, a clip goes on for a while though more pictures wait."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.rendering.attempts import Pace
from bot.rendering.requests import CLIP_LANE
from storage import queue
from storage.values import Render


class ClipTurns:
    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._clips: list[int] = []
        self._passed = 0  # pictures that were begun while a clip waited

    async def due(self, session: AsyncSession) -> list[int] | None:
        """Clips of which one is to be begun now, before any picture; mostly None."""
        self._clips = await queue.in_lane(session, CLIP_LANE)
        if not self._clips:
            self._passed = 0
        return self._clips if self._clips and self._passed >= self._pace.pictures else None

    def begun(self, render: Render) -> float:
        """For how many seconds it doesn't give way to pictures."""
        if render.lane != CLIP_LANE:
            self._passed += bool(self._clips)
            return 0.0
        earned = self._passed >= self._pace.pictures
        self._passed = 0
        return self._pace.clip_turn if earned else 0.0

"""Whose turn it is at the artist: one story at a time, but a short one may cut in on a long one.

A short order gets its turn at the next step of the long one, which waits meanwhile and goes on
where it stood. So that short ones can't keep a long one from ever being done, it then draws for as
long as it has waited before the next may cut in.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from generation.script.graph import timesteps
from generation.script.plan import RenderPlan

SHORT = 0.25  # of what is left of the long one: it ends at most so much later


@dataclass(eq=False)
class Turn:
    """An order of `work` in all, `left` of which is still to do; only orders for the same model cut
    in, since the artist has one at hand."""

    model: str
    work: float
    left: Callable[[], float]
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    since: float = 0.0


class Turns:
    """`clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: list[Turn] = []
        self._drawing: list[Turn] = []  # the long one, then the one that cut in
        self._owed_until = 0.0  # until when the long one is left alone
        self._later: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def of(self, turn: Turn) -> AsyncIterator[None]:
        """Wait for the turn, and have it inside this context."""
        self._waiting.append(turn)
        self._admit()
        try:
            await turn.begun.wait()
            yield
        finally:
            self._leave(turn)

    def cuts_in(self, model: str, work: float) -> bool:
        """An order of that kind would begin now, in the middle of the one that is drawn."""
        return self._open and not self._waiting and self._is_short(model, work)

    def paused(self, turn: Turn) -> bool:
        """Another one has cut in on it."""
        return len(self._drawing) == 2 and self._drawing[0] is turn

    def _leave(self, turn: Turn) -> None:
        if turn in self._waiting:
            self._waiting.remove(turn)
            return
        now = self._clock()
        cut_in = turn is not self._drawing[0]
        self._owed_until = now + (now - turn.since) if cut_in else now
        self._drawing.remove(turn)
        self._admit()

    def _admit(self) -> None:
        """Begin the turn that is due, if there is one."""
        if not self._drawing and self._waiting:
            self._begin(self._waiting[0])
            self._owed_until = self._clock()
        if len(self._drawing) != 1 or not self._waiting:
            return
        if not self._open:
            self._look_again(self._owed_until - self._clock())
            return
        for turn in self._waiting:
            if self._is_short(turn.model, turn.work):
                self._begin(turn)
                return

    @property
    def _open(self) -> bool:
        """One is drawn, and is owed no time."""
        return len(self._drawing) == 1 and self._owed_until <= self._clock()

    def _is_short(self, model: str, work: float) -> bool:
        """Beside the one that is drawn."""
        long = self._drawing[0]
        return model == long.model and work <= SHORT * long.left()

    def _begin(self, turn: Turn) -> None:
        self._waiting.remove(turn)
        self._drawing.append(turn)
        turn.since = self._clock()
        turn.begun.set()

    def _look_again(self, seconds: float) -> None:
        if self._later is not None:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(seconds, self._admit)


def work_of(plan: RenderPlan, left: int | None = None) -> float:
    """How much drawing a plan is, or is left of it with so many timesteps to make: in pixels."""
    share = 1.0 if left is None else left / timesteps(plan)
    return len(plan.panels) * plan.width * plan.height * plan.steps * share


def network_of(plan: RenderPlan) -> str:
    """A clip is drawn by another network than pictures, so neither cuts in on the other."""
    return plan.model if plan.clip is None else f"clip {plan.clip.motion}"

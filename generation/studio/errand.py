"""An order on its way through the studio."""

from dataclasses import dataclass, field

from generation.script.graph import timesteps
from generation.studio.child import Child
from generation.studio.events import Order
from generation.studio.turns import Turn, network_of, work_of


@dataclass(slots=True)
class Errand:
    """`artist` draws it now under the number `ticket`, None while nobody does; `step` of `steps`
    are done; `turn` is its place in the queue."""

    order: Order
    ticket: int = 0
    artist: Child | None = None
    step: int = 0
    steps: int = field(init=False)
    cancelled: bool = False
    turn: Turn = field(init=False)

    def __post_init__(self) -> None:
        plan = self.order.plan
        self.steps = timesteps(plan)
        self.turn = Turn(
            network_of(plan), work_of(plan), lambda: work_of(plan, self.steps - self.step)
        )

    def end(self) -> None:
        """For an artist that does not stop: a new one costs less than waiting for this one."""
        if self.artist is not None:
            self.artist.kill()

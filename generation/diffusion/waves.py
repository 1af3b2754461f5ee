"""The waves of a run: which panels are at which timestep, each wave with a solver of its own.

In lock step there is one wave, of all panels. Where the panels that others look at are drawn ahead,
every wave begins when the one before is finished.
"""

from collections.abc import Mapping

from torch import Tensor

from generation.consistency.schedule import Group
from generation.diffusion.model import DiffusionModel
from generation.diffusion.solver import Solver
from generation.script.graph import waves
from generation.script.plan import RenderPlan


class Waves:
    """Where a run is. `step` of `steps` timesteps are done, over all waves; `solver` is that of the
    wave under way, `number`, whose stack positions are `panels`; `place` is the next timestep in it
    and `length` the number of them in each wave."""

    def __init__(self, model: DiffusionModel, plan: RenderPlan) -> None:
        """Raises:
        GraphError: the plan's references can't be drawn.
        """
        self._model = model
        self._plan = plan
        self.groups: tuple[Group, ...] = waves(plan)
        self.step = 0
        self.number = 0
        self.solver = self._new_solver(0)
        self.length = len(self.solver.timesteps)

    @property
    def steps(self) -> int:
        return self.length * len(self.groups)

    @property
    def done(self) -> bool:
        return self.step >= self.steps

    @property
    def place(self) -> int:
        return self.step - self.number * self.length

    @property
    def panels(self) -> Group:
        return self.groups[self.number]

    @property
    def first(self) -> int:
        """The number of the wave's first timestep in the run."""
        return self.number * self.length

    @property
    def ending(self) -> bool:
        """The next timestep is the wave's last."""
        return self.place == self.length - 1

    def made(self) -> None:
        """One more timestep is done. The solver of a finished wave stays until the next begins."""
        self.step += 1

    def settle(self) -> None:
        """Begin the wave of the next timestep, if it isn't under way."""
        number = self._wave_of(self.step)
        if number != self.number:
            self.number = number
            self.solver = self._new_solver(number)

    def go_to_last(self) -> None:
        """Go on as if all waves but the last had just been made."""
        self.number = len(self.groups) - 1
        self.step = self.first
        self.solver = self._new_solver(self.number)

    def go_to(self, step: int, state: Mapping[str, Tensor]) -> None:
        """Go on as if `step` timesteps had just been made, and the solver had left this state."""
        self.step = step
        self.number = self._wave_of(max(0, step - 1))
        self.solver = self._new_solver(self.number)
        self.solver.restore(self.place, state)

    def finished_solver(self) -> Solver:
        """At the last timestep of a wave: what finished panels are looked at with."""
        solver = self._new_solver(self.number)
        solver.restore(self.length - 1, solver.state())
        return solver

    def _wave_of(self, step: int) -> int:
        return min(step // self.length, len(self.groups) - 1)

    def _new_solver(self, number: int) -> Solver:
        seeds = [self._plan.panels[at].seed for at in self.groups[number]]
        return Solver(self._model.scheduler, self._plan.steps, self._model.device, seeds)

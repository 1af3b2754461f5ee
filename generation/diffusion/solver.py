"""The solver: steps the whole stack of panels through the noise levels, and can be put aside.

One solver serves all panels, and steps once per timestep: multi-step solvers keep earlier
predictions, and would mix up panels that are stepped one after the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
)
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from generation.consistency.sampling import counter_seed
from generation.diffusion.errors import ModelUnsupported
from generation.script.catalogue import Model

SOLVERS = (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,  # for few-step models; it adds noise between steps
)


def load_scheduler(model: Model, source: str, **where: Any) -> SchedulerMixin:
    """The scheduler of a diffusers folder or hub id, or the entry's own choice on its noise levels.

    Raises:
        ModelUnsupported: it is of a kind unknown here.
    """
    config = DDIMScheduler.load_config(source, subfolder="scheduler", **where)
    name = model.scheduler or config["_class_name"]
    kinds = {kind.__name__: kind for kind in (*SOLVERS, PNDMScheduler)}
    if name not in kinds:
        raise ModelUnsupported(model.name, _unknown(name))
    return kinds[name].from_config(config)


def chosen_scheduler(model: Model, own: SchedulerMixin) -> SchedulerMixin:
    """The scheduler an entry is drawn with: its own choice on the noise levels of the model's.

    Raises:
        ModelUnsupported: it is of a kind unknown here.
    """
    kinds = {kind.__name__: kind for kind in SOLVERS}
    if model.scheduler and model.scheduler not in kinds:
        raise ModelUnsupported(model.name, _unknown(model.scheduler))
    if model.scheduler:
        own = kinds[model.scheduler].from_config(own.config)
    own = supported_scheduler(model.name, own)
    if model.timestep_spacing:
        own = type(own).from_config(own.config, timestep_spacing=model.timestep_spacing)
    return own


def most_steps(scheduler: SchedulerMixin) -> int:
    """How many timesteps a run may have: LCM has no more than it was distilled from."""
    levels: int = scheduler.config.num_train_timesteps
    distilled: int = scheduler.config.get("original_inference_steps", levels)
    return min(levels, distilled)


def supported_scheduler(name: str, scheduler: SchedulerMixin) -> SchedulerMixin:
    """The scheduler a model is drawn with: its own where this engine knows how to resume it.

    SD1.5 folders name PNDM, whose warm-up repeats timesteps; DPM-Solver++ on the same noise levels
    is drawn instead.

    Raises:
        ModelUnsupported: the solver is unknown here.
    """
    if isinstance(scheduler, PNDMScheduler):
        scheduler = DPMSolverMultistepScheduler.from_config(scheduler.config)
    kind = type(scheduler).__name__
    if not isinstance(scheduler, SOLVERS):
        raise ModelUnsupported(name, _unknown(kind))
    if scheduler.config.get("algorithm_type", "dpmsolver++") != "dpmsolver++":
        algorithm = scheduler.config.algorithm_type
        raise ModelUnsupported(name, f"its scheduler is {kind} with {algorithm}; use dpmsolver++")
    return scheduler


def _unknown(kind: str) -> str:
    known = ", ".join(solver.__name__ for solver in SOLVERS)
    return f"its scheduler is {kind}, which can't be put aside and resumed here; use {known}"


class Solver:
    """A scheduler of one run. `clean` is its latest estimate of the finished latents."""

    def __init__(
        self,
        pattern: SchedulerMixin,
        steps: int,
        device: torch.device,
        panel_seeds: Sequence[int],
    ) -> None:
        """`panel_seeds` are for solvers that add noise: each panel has its own at every step,
        whatever is drawn beside it, before or after a restart."""
        self._panel_seeds = panel_seeds
        self.scheduler = type(pattern).from_config(pattern.config)
        self.scheduler.set_timesteps(steps, device=device)
        self.timesteps: Tensor = self.scheduler.timesteps
        self.clean: Tensor | None = None
        self.begin(0)

    def begin(self, step: int) -> None:
        """Start at this timestep, with nothing remembered. Schedulers with a step counter are told;
        DDIM finds its place by the timestep."""
        if not isinstance(self.scheduler, DDIMScheduler):
            self.scheduler.set_begin_index(step)
            self.scheduler._step_index = None  # it starts from the begin index at its next use

    def start(self, noise: Tensor) -> Tensor:
        """Latents of the first timestep from standard normal noise."""
        latents: Tensor = noise * self.scheduler.init_noise_sigma
        return latents

    def noised(self, clean: Tensor, noise: Tensor, step: int) -> Tensor:
        """A finished panel's latents under as much noise as belongs to this timestep."""
        now = self.timesteps[step : step + 1]
        latents: Tensor = self.scheduler.add_noise(clean[None], noise[None], now)[0]
        return latents

    def network_input(self, latents: Tensor, step: int) -> Tensor:
        """Latents as the network wants them at this noise level."""
        scaled: Tensor = self.scheduler.scale_model_input(latents, self.timesteps[step])
        return scaled

    def signal(self, step: int) -> Tensor:
        """The share of the variance of what the network sees that isn't noise, a scalar."""
        signals: Tensor = self.scheduler.alphas_cumprod.to(self.timesteps.device)
        return signals[self.timesteps[step].long()]

    def advance(self, prediction: Tensor, latents: Tensor, step: int) -> Tensor:
        """Latents of the next timestep, for the whole stack."""
        result = self.scheduler.step(
            prediction, self.timesteps[step], latents, return_dict=False, **self._noise(step)
        )
        multistep = isinstance(self.scheduler, DPMSolverMultistepScheduler)
        self.clean = self.scheduler.model_outputs[-1] if multistep else result[1]
        advanced: Tensor = result[0]
        return advanced

    def state(self) -> dict[str, Tensor]:
        """What the next steps depend on besides latents and step: earlier predictions, by name."""
        if not isinstance(self.scheduler, DPMSolverMultistepScheduler):
            return {}
        kept = enumerate(self.scheduler.model_outputs)
        outputs = {f"output {place}": output for place, output in kept if output is not None}
        return {**outputs, "order": torch.tensor(self.scheduler.lower_order_nums)}

    def restore(self, step: int, state: Mapping[str, Tensor]) -> None:
        """Go on as if `step` steps had just been made and left this state."""
        self.begin(step)
        self.clean = None
        if isinstance(self.scheduler, DPMSolverMultistepScheduler):
            places = range(self.scheduler.config.solver_order)
            outputs = [state.get(f"output {place}") for place in places]
            self.scheduler.model_outputs = outputs
            self.scheduler.lower_order_nums = int(state["order"])
            self.clean = outputs[-1]

    def _noise(self, step: int) -> dict[str, list[torch.Generator]]:
        """What a solver that adds noise draws it from."""
        if not isinstance(self.scheduler, LCMScheduler):
            return {}
        seeds = [counter_seed("solver noise", seed, step) for seed in self._panel_seeds]
        return {"generator": [torch.Generator("cpu").manual_seed(seed) for seed in seeds]}

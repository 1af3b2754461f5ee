"""Before the first timestep: can the model draw this, and from which noise."""

import torch
from torch import Tensor

from generation.diffusion.errors import PlanUnsupported
from generation.diffusion.model import DiffusionModel
from generation.diffusion.noise import start_noise
from generation.diffusion.solver import most_steps
from generation.script.plan import RenderPlan


def check(model: DiffusionModel, plan: RenderPlan) -> None:
    """Raises:
    PlanUnsupported: the model can't draw the plan's size or steps, or the rate is no share.
    """
    unit = model.pixels_per_latent
    if not plan.panels:
        raise PlanUnsupported("the plan has no panels")
    if plan.width % unit or plan.height % unit:
        size = f"{plan.width} x {plan.height}"
        raise PlanUnsupported(f"{model.name} draws multiples of {unit} pixels, not {size}")
    most = most_steps(model.scheduler)
    if not 1 <= plan.steps <= most:
        raise PlanUnsupported(f"{model.name} draws in 1 to {most} steps, not {plan.steps}")
    if not 0 < plan.rate <= 1:
        raise PlanUnsupported(f"the rate is a share of tokens, over 0 and up to 1, not {plan.rate}")


def story_noise(model: DiffusionModel, plan: RenderPlan) -> Tensor:
    """Standard normal `(panels, channels, height, width)`, each part from its story's seed."""
    unit = model.pixels_per_latent
    shape = (model.unet.config.in_channels, plan.height // unit, plan.width // unit)
    parts = [
        start_noise([panel.seed for panel in panels], shape, plan.shared_noise, seed)
        for seed, panels in plan.parts
    ]
    return torch.cat(parts)

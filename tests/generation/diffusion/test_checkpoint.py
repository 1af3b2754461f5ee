"""Putting a run aside after any step and going on gives the same pixels."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from generation.diffusion.errors import CheckpointMismatch
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Planner = Callable[..., RenderPlan]
STORY = [(1,), (0,), (0, 1)]
SOLVERS = [
    ("DDIMScheduler", {}),
    ("DPMSolverMultistepScheduler", {}),
    ("DPMSolverMultistepScheduler", {"solver_order": 3, "use_karras_sigmas": True}),
    ("EulerDiscreteScheduler", {}),
]


@pytest.mark.parametrize(("solver", "changes"), SOLVERS)
def test_a_resumed_run_ends_at_the_same_pixels(
    model: DiffusionModel,
    plan_of: Planner,
    with_solver: Callable[..., DiffusionModel],
    solver: str,
    changes: dict[str, object],
) -> None:
    model = with_solver(model, solver, **changes)
    plan = plan_of(STORY, steps=4)
    with LockStep(model, plan) as whole:
        checkpoints = [whole.checkpoint()]
        while not whole.done:
            whole.advance()
            checkpoints.append(whole.checkpoint())
        pixels = [picture.tobytes() for picture in whole.pictures()]
    for step, checkpoint in enumerate(checkpoints):
        with LockStep(model, plan) as resumed:
            resumed.restore(checkpoint)
            assert resumed.step == step
            resumed.preview()
            drawn = 0
            while not resumed.done:
                resumed.advance()
                drawn += 1
            assert drawn == plan.steps - step
            assert torch.equal(resumed.latents, whole.latents)
    assert [picture.tobytes() for picture in resumed.pictures()] == pixels


def test_the_run_that_was_put_aside_may_go_on_itself(
    model: DiffusionModel, plan_of: Planner
) -> None:
    with LockStep(model, plan_of(STORY)) as run:
        run.advance()
        checkpoint = run.checkpoint()
        run.advance()
        later = run.latents
        run.restore(checkpoint)
        run.advance()
        assert torch.equal(run.latents, later)


def test_another_plan_s_checkpoint_is_refused(model: DiffusionModel, plan_of: Planner) -> None:
    plan = plan_of(STORY)
    checkpoint = LockStep(model, plan).checkpoint()
    for other in (replace(plan, seed=12), replace(plan, micro_batch=1), replace(plan, rate=0.4)):
        with pytest.raises(CheckpointMismatch, match="another plan"):
            LockStep(model, other).restore(checkpoint)


def test_another_model_s_checkpoint_is_refused(model: DiffusionModel, plan_of: Planner) -> None:
    plan = plan_of(STORY)
    other = replace(model, blocks=("mid", "up"))
    with pytest.raises(CheckpointMismatch, match="another plan"):
        LockStep(other, plan).restore(LockStep(model, plan).checkpoint())


@pytest.mark.parametrize("damage", ["cut", "empty", "noise", "bits"])
def test_a_damaged_checkpoint_is_refused_and_the_run_stays_as_it_was(
    model: DiffusionModel, plan_of: Planner, damage: str
) -> None:
    run = LockStep(model, plan_of(STORY))
    whole = run.checkpoint()
    damaged = {
        "cut": whole[: len(whole) // 2],
        "empty": b"",
        "noise": bytes(range(256)) * 4,
        "bits": whole[:-200] + bytes(byte ^ 0xFF for byte in whole[-200:]),
    }[damage]
    before = run.latents.clone()
    with pytest.raises(CheckpointMismatch):
        run.restore(damaged)
    assert run.step == 0
    assert torch.equal(run.latents, before)

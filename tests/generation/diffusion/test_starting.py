"""A panel that starts from an old picture, in lock step with panels that start from noise."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionXLImg2ImgPipeline
from PIL import Image

from generation.diffusion.conditioning import encode_panels
from generation.diffusion.errors import PlanUnsupported
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.props import Props, gather
from generation.script.plan import RenderPlan
from generation.script.redo import draw_on, redo_panel

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Planner = Callable[..., RenderPlan]
IMG2IMG = {"sd15": StableDiffusionImg2ImgPipeline, "sdxl": StableDiffusionXLImg2ImgPipeline}


def old_picture() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((96, 64)).save(buffer, "PNG")
    return buffer.getvalue()


FILES = {"old": old_picture()}


def starting(plan: RenderPlan, strength: float, at: int = -1) -> RenderPlan:
    panels = list(plan.panels)
    panels[at] = replace(panels[at], start="old", strength=strength)
    return replace(plan, panels=tuple(panels))


def prepared(model: DiffusionModel, plan: RenderPlan) -> Props:
    return gather(model, plan, FILES, None)


def drawn(model: DiffusionModel, plan: RenderPlan) -> torch.Tensor:
    with LockStep(model, plan, prepared(model, plan)) as run:
        while not run.done:
            run.advance()
        return run.latents


@pytest.mark.parametrize("solver", ["DDIMScheduler", "EulerDiscreteScheduler"])
def test_one_panel_alone_is_what_the_pipeline_for_pictures_draws(
    family: str,
    model_of: Callable[..., DiffusionModel],
    plan_of: Planner,
    pipeline_of: Callable[..., object],
    with_solver: Callable[..., DiffusionModel],
    solver: str,
) -> None:
    model = with_solver(model_of(family), solver)
    model.unet.register_to_config(sample_size=64)  # the pipeline compares it with a number
    plan = starting(plan_of([()], steps=5), 0.6)
    clean = prepared(model, plan).starts[0].clean
    parts = dict(pipeline_of(model.family).components)  # type: ignore[attr-defined]
    pipeline = IMG2IMG[model.family](**{**parts, "unet": model.unet, "scheduler": model.scheduler})
    pipeline.set_progress_bar_config(disable=True)
    (text,) = encode_panels(model, plan)
    told = {}
    for half, side in zip(text.halves, ["negative_prompt", "prompt"], strict=True):
        told[f"{side}_embeds"] = half.tokens[None]
        if half.pooled is not None:
            told[f"{side.removesuffix('prompt')}pooled_prompt_embeds"] = half.pooled[None]
    if model.family == "sdxl":
        told["original_size"] = told["target_size"] = (plan.height, plan.width)
    theirs = pipeline(
        **told,
        image=clean[None],
        strength=0.6,
        num_inference_steps=plan.steps,
        guidance_scale=plan.guidance,
        generator=torch.Generator().manual_seed(plan.panels[0].seed),
        output_type="latent",
    ).images
    assert (drawn(model, plan) - theirs).norm() / theirs.norm() < 1e-5


def test_the_less_is_drawn_anew_the_nearer_it_stays(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of([()], steps=5)
    clean = prepared(model, starting(plan, 0.5)).starts[0].clean
    nearness = [(drawn(model, starting(plan, share)) - clean).norm() for share in (0.2, 0.6, 0.9)]
    assert nearness == sorted(nearness)
    assert torch.equal(drawn(model, starting(plan, 1.0)), drawn(model, plan))


def test_a_redone_panel_starts_from_its_picture_and_its_sheet_is_drawn_as_ever(
    model: DiffusionModel, plan_of: Planner
) -> None:
    story = plan_of([(1,), (0,), (0, 1), (0, 1)])
    plain = drawn(model, redo_panel(story, 3, seed=5))
    plan = draw_on(redo_panel(story, 3, seed=5), "old", 0.5)
    assert plan.pictures == ("old",)
    begun = drawn(model, plan)
    assert torch.equal(begun[:2], plain[:2])
    assert not torch.allclose(begun[2], plain[2], atol=1e-2)


@pytest.mark.parametrize("solver", ["DPMSolverMultistepScheduler", "LCMScheduler"])
def test_it_goes_on_from_a_checkpoint_before_and_after_its_own_beginning(
    model_of: Callable[..., DiffusionModel],
    plan_of: Planner,
    with_solver: Callable[..., DiffusionModel],
    solver: str,
) -> None:
    model = with_solver(model_of("sd15"), solver)
    plan = starting(plan_of([(), (0,)], steps=4), 0.5)
    whole = drawn(model, plan)
    for after in (1, 3):
        with LockStep(model, plan, prepared(model, plan)) as run:
            for _ in range(after):
                run.advance()
            checkpoint = run.checkpoint()
        with LockStep(model, plan, prepared(model, plan)) as resumed:
            resumed.restore(checkpoint)
            while not resumed.done:
                resumed.advance()
            assert torch.equal(resumed.latents, whole)


def test_without_the_old_picture_it_is_drawn_anew_and_says_so(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = starting(plan_of([()]), 0.5)
    assert gather(model, plan, {}, None).notes == ("Panel 1 is drawn anew: its old one is gone.",)
    with pytest.raises(PlanUnsupported, match="the strength is a share"):
        prepared(model, starting(plan_of([()]), 0.0))

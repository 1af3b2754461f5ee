"""The sampler on tiny real networks: against the plain pipeline, and against itself cut up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch
from diffusers import DiffusionPipeline
from torch import Tensor

from generation.diffusion.conditioning import encode_panels
from generation.diffusion.errors import PlanUnsupported
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.noise import start_noise
from generation.script.plan import RenderPlan
from generation.script.redo import redo_panel

# diffusers builds its noise levels with NumPy 1's way of reading tensors
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Planner = Callable[..., RenderPlan]
LATENTS = (4, 8, 12)
STORY = [(1,), (0,), (0, 1), (0,), ()]  # two that look at each other, two that look, one alone


def drawn(model: DiffusionModel, plan: RenderPlan) -> Tensor:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run.latents.clone()


def piped(pipeline: DiffusionPipeline, model: DiffusionModel, plan: RenderPlan) -> Tensor:
    """What the plain diffusers pipeline makes of the same noise and texts in one batch."""
    texts = encode_panels(model, plan)
    sides = [torch.stack([text.halves[side].tokens for text in texts]) for side in (0, 1)]
    arguments = {"negative_prompt_embeds": sides[0], "prompt_embeds": sides[1]}
    if model.family == "sdxl":
        pooled = [torch.stack([text.halves[side].pooled for text in texts]) for side in (0, 1)]
        arguments["negative_pooled_prompt_embeds"] = pooled[0]
        arguments["pooled_prompt_embeds"] = pooled[1]
    noise = start_noise([panel.seed for panel in plan.panels], LATENTS, 0.0, plan.seed)
    pipeline.set_progress_bar_config(disable=True)
    result: Tensor = pipeline(
        **arguments,
        latents=noise,
        width=plan.width,
        height=plan.height,
        num_inference_steps=plan.steps,
        guidance_scale=plan.guidance,
        guidance_rescale=model.guidance_rescale,
        output_type="latent",
    ).images
    return result


def pipeline_around(model: DiffusionModel, tiny: DiffusionPipeline) -> DiffusionPipeline:
    """A pipeline that draws with this model's very network and scheduler."""
    tiny.unet = model.unet
    tiny.scheduler = type(model.scheduler).from_config(model.scheduler.config)
    return tiny


@pytest.mark.parametrize("rescale", [0.0, 0.7])
def test_without_references_it_is_the_plain_pipeline_to_the_bit(
    model: DiffusionModel,
    pipeline_of: Callable[[str], DiffusionPipeline],
    plan_of: Planner,
    rescale: float,
) -> None:
    model = replace(model, guidance_rescale=rescale)
    plan = plan_of([()] * 3, micro_batch=3)
    plain = piped(pipeline_around(model, pipeline_of(model.family)), model, plan)
    assert torch.equal(drawn(model, plan), plain)


@pytest.mark.parametrize(
    ("solver", "changes"),
    [
        ("DPMSolverMultistepScheduler", {}),
        ("DPMSolverMultistepScheduler", {"prediction_type": "v_prediction", "solver_order": 3}),
        ("EulerDiscreteScheduler", {}),
        (
            "DDIMScheduler",
            {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True},
        ),
    ],
)
def test_every_solver_is_the_plain_pipeline_to_the_bit(
    model_of: Callable[..., DiffusionModel],
    pipeline_of: Callable[[str], DiffusionPipeline],
    plan_of: Planner,
    with_solver: Callable[..., DiffusionModel],
    solver: str,
    changes: dict[str, object],
) -> None:
    model = with_solver(model_of("sd15"), solver, **changes)
    plan = plan_of([()] * 2, micro_batch=2, steps=5)
    plain = piped(pipeline_around(model, pipeline_of("sd15")), model, plan)
    assert torch.equal(drawn(model, plan), plain)


def test_looking_at_others_changes_the_picture(model: DiffusionModel, plan_of: Planner) -> None:
    together = drawn(model, plan_of(STORY))
    apart = drawn(model, plan_of([()] * len(STORY)))
    changed = (together - apart).flatten(1).norm(dim=1) / apart.flatten(1).norm(dim=1)
    assert (changed[:4] > 0.01).all()
    assert changed[4] < 1e-5  # the one that looks at nobody


@pytest.mark.parametrize("micro_batch", [1, 3])
def test_the_micro_batch_does_not_matter(
    exact_model: DiffusionModel, plan_of: Planner, micro_batch: int
) -> None:
    whole = drawn(exact_model, plan_of(STORY, micro_batch=5))
    cut = drawn(exact_model, plan_of(STORY, micro_batch=micro_batch))
    assert (whole - cut).abs().max() < 1e-8


def test_the_micro_batch_hardly_matters_in_float32(model: DiffusionModel, plan_of: Planner) -> None:
    plans = [plan_of(STORY, micro_batch=size) for size in (1, 5)]
    runs = [LockStep(model, plan) for plan in plans]
    for run in runs:
        run.advance()
    one, whole = (run.latents for run in runs)
    assert (one - whole).norm() / whole.norm() < 1e-5


def test_redoing_a_panel_nobody_looks_at_leaves_the_others_untouched(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of(STORY)
    panels = list(plan.panels)
    panels[3] = replace(panels[3], seed=999, prompt="a dog in the sea")
    before, after = drawn(model, plan), drawn(model, replace(plan, panels=tuple(panels)))
    others = [0, 1, 2, 4]
    assert torch.equal(before[others], after[others])
    assert not torch.allclose(before[3], after[3])


@pytest.mark.parametrize("number", [1, 4])
def test_redoing_a_panel_draws_its_sheet_as_it_was(
    exact_model: DiffusionModel, plan_of: Planner, number: int
) -> None:
    """Identity panel 1 and panel 4, which nobody looks at: at other places of a shorter stack the
    panels they look at are the same, so the story's other panels stay; redone with the old seed,
    panel 4 is itself again."""
    plan = plan_of(STORY)
    before = drawn(exact_model, plan)
    seed = plan.panels[number - 1].seed
    again = drawn(exact_model, redo_panel(plan, number, seed))
    other = drawn(exact_model, redo_panel(plan, number, seed + 1))
    sheet = len(again) - 1
    assert (before[:sheet] - again[:sheet]).abs().max() < 1e-8
    assert (before[:sheet] - other[:sheet]).abs().max() < 1e-8
    assert not torch.allclose(before[number - 1], other[-1])
    if number == 4:
        assert (before[3] - again[-1]).abs().max() < 1e-8


def test_guidance_of_one_draws_the_conditional_half_alone(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    alone = drawn(exact_model, plan_of(STORY, guidance=1.0))
    both = drawn(exact_model, plan_of(STORY, guidance=1.0 + 1e-12))
    assert (alone - both).abs().max() < 1e-8


def test_prompts_of_different_lengths_are_drawn_as_if_alone(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    """A long and a short prompt in one batch: nothing is padded, so nothing changes."""
    plan = plan_of([(1,), (0,), ()])
    long = replace(plan.panels[1], prompt="a very long story " * 12)
    plan = replace(plan, panels=(plan.panels[0], long, plan.panels[2]))
    with LockStep(exact_model, plan) as run:
        assert run.passes == ((0, 1), (2,))
    alone = replace(plan, panels=(replace(long, references=()),))
    cut_loose = tuple(replace(panel, references=()) for panel in plan.panels)
    together = replace(plan, panels=cut_loose)
    assert (drawn(exact_model, together)[1] - drawn(exact_model, alone)[0]).abs().max() < 1e-8


@contextmanager
def unchanged(model: DiffusionModel) -> Iterator[None]:
    """The network afterwards is the one before: processors by identity, weights by value."""
    processors = dict(model.unet.attn_processors)
    weights = {name: value.clone() for name, value in model.unet.state_dict().items()}
    hooks = [len(part._forward_hooks) for part in model.unet.modules()]
    try:
        yield
    finally:
        after = model.unet.attn_processors
        assert list(after) == list(processors)
        assert all(after[name] is processors[name] for name in processors)
        assert weights.keys() == model.unet.state_dict().keys()
        assert all(torch.equal(weights[k], v) for k, v in model.unet.state_dict().items())
        assert hooks == [len(part._forward_hooks) for part in model.unet.modules()]


def test_the_network_is_unchanged_after_success_and_cancellation(
    model: DiffusionModel, plan_of: Planner
) -> None:
    with unchanged(model):
        drawn(model, plan_of(STORY))
    with unchanged(model), LockStep(model, plan_of(STORY)) as run:
        run.advance()


class Broken(Exception):
    """Stands for whatever may go wrong inside the network."""


def test_the_network_and_the_run_are_unchanged_after_an_error(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of(STORY, micro_batch=1)
    calls = []

    def break_later(*_: object) -> None:
        calls.append(1)
        if len(calls) == 4:  # inside a timestep, when the bank is full
            raise Broken

    with LockStep(model, plan) as run:
        run.advance()
        latents = run.latents.clone()
        with unchanged(model):
            handle = model.unet.up_blocks[0].register_forward_pre_hook(break_later)
            try:
                calls.clear()
                with pytest.raises(Broken):
                    run.advance()
            finally:
                handle.remove()
        assert run.step == 1
        assert torch.equal(run.latents, latents)
        while not run.done:
            run.advance()
        assert torch.equal(run.latents, drawn(model, plan))


def test_runs_on_one_model_may_take_turns(model: DiffusionModel, plan_of: Planner) -> None:
    long, short = plan_of(STORY), plan_of([(1,), (0,)], seed=5)
    with LockStep(model, long) as one, LockStep(model, short) as other:
        while not one.done:
            one.advance()
            other.advance()
        assert torch.equal(one.latents, drawn(model, long))
        assert torch.equal(other.latents, drawn(model, short))


def test_pictures_and_previews_have_the_asked_size(model: DiffusionModel, plan_of: Planner) -> None:
    plan = plan_of(STORY)
    hidden = replace(plan.panels[0], number=None)
    plan = replace(plan, panels=(hidden, *plan.panels[1:]))
    with LockStep(model, plan) as run:
        first = run.preview()
        run.advance()
        assert run.preview().size == first.size
        assert first.width < 3 * 96 * 3
        assert first.height > first.width // 3
        pictures = run.pictures()
    assert [picture.size for picture in pictures] == [(96, 64)] * 5
    assert run.seconds.keys() == {"text", "denoise", "decode"}
    assert all(seconds > 0 for seconds in run.seconds.values())


def test_each_picture_is_the_pipeline_vae_s(
    model: DiffusionModel, pipeline_of: Callable[[str], DiffusionPipeline], plan_of: Planner
) -> None:
    with LockStep(model, plan_of([()])) as run:
        picture = run.picture(0)
    pipeline = pipeline_of(model.family)
    with torch.no_grad():
        pixels = model.vae.decode(run.latents / model.vae.config.scaling_factor).sample
    assert picture.tobytes() == pipeline.image_processor.postprocess(pixels)[0].tobytes()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"width": 100}, "multiples of 8 pixels, not 100 x 64"),
        ({"steps": 0}, "1 to 1000 steps, not 0"),
        ({"steps": 1001}, "1 to 1000 steps"),
        ({"rate": 0.0}, "over 0 and up to 1"),
        ({"panels": ()}, "no panels"),
    ],
)
def test_a_plan_that_can_t_be_drawn_is_refused_at_once(
    model: DiffusionModel, plan_of: Planner, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(PlanUnsupported, match=says):
        LockStep(model, plan_of([()], **changes))


def test_variants_begin_from_the_noise_of_their_own_seeds(
    model: DiffusionModel, plan_of: Planner
) -> None:
    story = replace(plan_of([()] * 2), shared_noise=0.5)
    both = replace(story, panels=story.panels * 2, variants=(1, 2))
    noise = [LockStep(model, replace(story, seed=seed)).latents for seed in (1, 2)]
    assert torch.equal(LockStep(model, both).latents, torch.cat(noise))
    assert not torch.equal(*noise)

"""Every entry of the shipped catalogue, with small random weights: it loads, draws, and keeps the
engine's promises."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DiffusionPipeline, EulerDiscreteScheduler, PNDMScheduler
from torch import Tensor

from generation.diffusion.conditioning import encode_panels
from generation.diffusion.loading import load_model
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.noise import start_noise
from generation.script.catalogue import Model, read_models, read_styles
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import Planner, cast_plan
from tests.generation.diffusion.loras import write_lora

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CONFIG = Path(__file__).parents[3] / "config"
ENTRIES = read_models(CONFIG / "models.toml")
STYLES = read_styles(CONFIG / "styles.toml")
MOST_STEPS = 4  # few enough for a test, enough for a solver's memory


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, pipeline_of: Callable[[str], DiffusionPipeline]
) -> Path:
    """A folder with both families' tiny pipelines, with the solvers that the real ones have, and a
    LoRA for each."""
    folder = tmp_path_factory.mktemp("shelf")
    for family, solver in (("sd15", PNDMScheduler), ("sdxl", EulerDiscreteScheduler)):
        pipeline = pipeline_of(family)
        config = dict(pipeline.scheduler.config) | {"timestep_spacing": "leading"}
        pipeline.scheduler = solver.from_config(config, skip_prk_steps=True)
        pipeline.save_pretrained(folder / family)
        write_lora(pipeline.unet, folder / f"{family}-lora.safetensors", "kohya")
    return folder


@pytest.fixture(scope="module", params=ENTRIES)
def entry(request: pytest.FixtureRequest) -> Model:
    """A shipped entry with all its settings but source, size and number of steps."""
    one = ENTRIES[request.param]
    lora = f"{one.family}-lora.safetensors" if one.lora else ""
    return replace(one, source=one.family, lora=lora, steps=min(one.steps, MOST_STEPS))


@pytest.fixture(scope="module")
def loaded(entry: Model, shelf: Path) -> DiffusionModel:
    return load_model(entry, shelf, device="cpu")


def test_all_draw_with_subject_masks() -> None:
    """The goals of `inkthread bench consistency` are about that."""
    assert all(one.masks for one in ENTRIES.values())


def planned(plan_of: Planner, entry: Model, **changes: object) -> RenderPlan:
    settings = {"steps": entry.steps, "guidance": entry.guidance, "rate": entry.rate}
    return cast_plan(plan_of, **{**settings, "masks": entry.masks, "micro_batch": 7, **changes})


def drawn(model: DiffusionModel, plan: RenderPlan) -> Tensor:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run.latents


def test_it_draws_finite_pictures_and_looking_matters(
    loaded: DiffusionModel, entry: Model, plan_of: Planner
) -> None:
    plan = planned(plan_of, entry)
    with LockStep(loaded, plan) as run:
        while not run.done:
            run.advance()
        assert run.latents.isfinite().all()
        assert len(run.pictures()) == len(plan.panels)
        alone = replace(plan, panels=tuple(replace(one, references=()) for one in plan.panels))
        assert not torch.allclose(drawn(loaded, alone)[0], run.latents[0], atol=1e-3)


@pytest.mark.parametrize("masks", [False, True])
def test_without_references_it_is_the_plain_pipeline_to_the_bit(
    loaded: DiffusionModel,
    entry: Model,
    plan_of: Planner,
    pipeline_of: Callable[[str], DiffusionPipeline],
    masks: bool,
) -> None:
    # LCM adds noise between steps, which a pipeline draws another way
    steps = 1 if entry.scheduler == "LCMScheduler" else entry.steps
    plan = planned(plan_of, entry, steps=steps, masks=masks)
    plan = replace(plan, panels=tuple(replace(one, references=()) for one in plan.panels[:3]))
    pipeline = pipeline_of(entry.family)
    pipeline.unet = loaded.unet
    pipeline.scheduler = type(loaded.scheduler).from_config(loaded.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    texts = encode_panels(loaded, plan)
    told = {}
    for place, side in enumerate(["negative_prompt", "prompt"][-len(texts[0].halves) :]):
        halves = [text.halves[place] for text in texts]
        told[f"{side}_embeds"] = torch.stack([half.tokens for half in halves])
        if entry.family == "sdxl":
            pooled = f"{side.removesuffix('prompt')}pooled_prompt_embeds"
            told[pooled] = torch.stack([half.pooled for half in halves])
    seeds = [panel.seed for panel in plan.panels]
    plain = pipeline(
        **told,
        latents=start_noise(seeds, (4, 8, 12), 0.0, plan.seed),
        width=plan.width,
        height=plan.height,
        num_inference_steps=plan.steps,
        guidance_scale=plan.guidance,
        guidance_rescale=loaded.guidance_rescale,
        output_type="latent",
    ).images
    assert torch.equal(drawn(loaded, plan), plain)


def test_a_resumed_run_ends_at_the_same_pixels(
    loaded: DiffusionModel, entry: Model, plan_of: Planner
) -> None:
    plan = planned(plan_of, entry, masks=True)
    with LockStep(loaded, plan) as whole:
        whole.advance()
        whole.advance()
        checkpoint = whole.checkpoint()
        while not whole.done:
            whole.advance()
    with LockStep(loaded, plan) as resumed:
        resumed.restore(checkpoint)
        while not resumed.done:
            resumed.advance()
    assert torch.equal(whole.latents, resumed.latents)


def test_the_micro_batch_hardly_matters(
    loaded: DiffusionModel, entry: Model, plan_of: Planner
) -> None:
    one, whole = (
        drawn(loaded, planned(plan_of, entry, steps=1, masks=True, micro_batch=size))
        for size in (1, 7)
    )
    assert (one - whole).norm() / whole.norm() < 1e-4  # one step, but all the way to the picture


def test_there_are_ten_styles_and_each_has_a_model_that_draws_it() -> None:
    assert len(STYLES) >= 10
    for style in STYLES.values():
        assert style.positive.count("{scene}") == 1
        assert style.title
        assert style.negative
        assert any(not entry.styles or style.name in entry.styles for entry in ENTRIES.values())
    for entry in ENTRIES.values():
        assert set(entry.styles) <= set(STYLES)
        assert entry.title
        assert entry.width % 64 == entry.height % 64 == 0

"""Models from folders and files, and the errors that say what to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DiffusionPipeline, EulerAncestralDiscreteScheduler, PNDMScheduler
from safetensors.torch import load_file

from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.diffusion.loading import choose_dtype, load_model
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import Model
from generation.script.plan import RenderPlan
from tests.generation.diffusion.single_files import same, write_single_file

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CPU = torch.device("cpu")
Planner = Callable[..., RenderPlan]


@pytest.fixture(scope="module")
def catalogue(
    family: str,
    tmp_path_factory: pytest.TempPathFactory,
    pipeline_of: Callable[[str], DiffusionPipeline],
) -> Path:
    """A folder with a model under `weights`, stored as float16 like Toon's."""
    folder = tmp_path_factory.mktemp(family)
    pipeline = pipeline_of(family)
    pipeline.unet.half(), pipeline.vae.half(), pipeline.text_encoder.half()
    pipeline.save_pretrained(folder / "weights", safe_serialization=True)
    return folder


@pytest.fixture
def entry(family: str, entry_of: Callable[[str], Model]) -> Model:
    return replace(entry_of(family), source="weights")


def test_a_folder_is_loaded_relative_to_the_catalogue_and_draws(
    catalogue: Path, entry: Model, plan_of: Planner
) -> None:
    model = load_model(entry, catalogue, device="cpu")
    with LockStep(model, plan_of([(1,), (0,)], steps=1)) as run:
        run.advance()
        assert run.latents.isfinite().all()


def test_half_precision_weights_are_drawn_in_full_precision_on_a_cpu(
    catalogue: Path, entry: Model
) -> None:
    model = load_model(entry, catalogue, device="cpu")
    parts = (model.unet, model.vae, *model.text_encoders)
    assert {tensor.dtype for part in parts for tensor in part.parameters()} == {torch.float32}
    stored = load_file(next((catalogue / "weights" / "unet").glob("*.safetensors")))
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}


def test_weights_are_not_trained_and_drop_nothing_out(catalogue: Path, entry: Model) -> None:
    model = load_model(entry, catalogue, device="cpu")
    for part in (model.unet, model.vae, *model.text_encoders):
        assert not part.training
        assert not any(tensor.requires_grad for tensor in part.parameters())


def test_files_of_a_half_precision_variant_are_found(
    catalogue: Path, entry: Model, tmp_path: Path, pipeline_of: Callable[[str], DiffusionPipeline]
) -> None:
    pipeline_of(entry.family).save_pretrained(tmp_path / "weights", variant="fp16")
    assert not list(tmp_path.glob("weights/unet/diffusion_pytorch_model.safetensors"))
    assert load_model(entry, tmp_path, device="cpu").dtype == torch.float32


def test_the_dtype_follows_device_entry_and_caller() -> None:
    assert choose_dtype("auto", CPU) == torch.float32
    assert choose_dtype("auto", torch.device("cuda")) == torch.float16
    assert choose_dtype("bfloat16", CPU) == torch.bfloat16


@pytest.mark.parametrize("source", ["nothing-here", "./nothing", "a/b/c", "model.safetensors"])
def test_a_missing_model_says_where_it_was_looked_for(
    tmp_path: Path, entry_of: Callable[[str], Model], source: str
) -> None:
    entry = replace(entry_of("sd15"), source=source)
    with pytest.raises(ModelMissing, match="Put a diffusers folder") as caught:
        load_model(entry, tmp_path, device="cpu")
    assert Path(source).name in str(caught.value)


@pytest.mark.filterwarnings("ignore:The `local_dir_use_symlinks`:UserWarning")  # diffusers' own
def test_an_unreachable_hub_model_is_missing(
    tmp_path: Path, entry_of: Callable[[str], Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    entry = replace(entry_of("sd15"), source="nobody/no-such-model")
    with pytest.raises(ModelMissing, match="nobody/no-such-model"):
        load_model(entry, tmp_path, device="cpu")


def test_an_empty_folder_is_missing(tmp_path: Path, entry_of: Callable[[str], Model]) -> None:
    (tmp_path / "weights").mkdir()
    with pytest.raises(ModelMissing):
        load_model(replace(entry_of("sd15"), source="weights"), tmp_path, device="cpu")


def test_pickled_weights_are_refused(
    tmp_path: Path, family: str, entry: Model, pipeline_of: Callable[[str], DiffusionPipeline]
) -> None:
    pipeline_of(family).save_pretrained(tmp_path / "weights", safe_serialization=False)
    assert list(tmp_path.glob("weights/unet/*.bin"))
    with pytest.raises(ModelMissing):
        load_model(entry, tmp_path, device="cpu")


def test_a_pickled_file_is_refused(tmp_path: Path, entry_of: Callable[[str], Model]) -> None:
    torch.save({"weights": torch.zeros(1)}, tmp_path / "model.ckpt")
    with pytest.raises(ModelUnsupported, match="is not a"):
        load_model(replace(entry_of("sd15"), source="model.ckpt"), tmp_path, device="cpu")


def test_broken_weights_are_an_error_of_ours(catalogue: Path, entry: Model, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    for file in (catalogue / "weights").rglob("*"):
        if file.is_file():
            target = weights / file.relative_to(catalogue / "weights")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    unet = next((weights / "unet").glob("*.safetensors"))
    unet.write_bytes(unet.read_bytes()[:1000])
    with pytest.raises(ModelMissing):
        load_model(entry, tmp_path, device="cpu")


def test_a_model_of_another_family_is_refused(catalogue: Path, entry: Model) -> None:
    other = {"sd15": "sdxl", "sdxl": "sd15"}[entry.family]
    with pytest.raises(ModelUnsupported, match="family"):
        load_model(replace(entry, family=other), catalogue, device="cpu")
    with pytest.raises(ModelUnsupported, match="family is 'flux'"):
        load_model(replace(entry, family="flux"), catalogue, device="cpu")


def test_blocks_that_the_network_lacks_are_refused_at_once(catalogue: Path, entry: Model) -> None:
    with pytest.raises(ModelUnsupported, match="not top"):
        load_model(replace(entry, blocks=("top",)), catalogue, device="cpu")


def test_solvers_that_add_noise_are_refused_and_pndm_is_replaced(
    tmp_path: Path,
    entry_of: Callable[[str], Model],
    pipeline_of: Callable[[str], DiffusionPipeline],
    plan_of: Planner,
) -> None:
    entry = replace(entry_of("sd15"), source="weights")
    pipeline = pipeline_of("sd15")
    pipeline.scheduler = EulerAncestralDiscreteScheduler.from_config(pipeline.scheduler.config)
    pipeline.save_pretrained(tmp_path / "weights")
    with pytest.raises(ModelUnsupported, match="EulerAncestralDiscreteScheduler"):
        load_model(entry, tmp_path, device="cpu")
    pipeline.scheduler = PNDMScheduler.from_config(
        pipeline.scheduler.config, skip_prk_steps=True, steps_offset=1
    )
    pipeline.save_pretrained(tmp_path / "weights")
    model = load_model(entry, tmp_path, device="cpu")
    assert type(model.scheduler).__name__ == "DPMSolverMultistepScheduler"
    with LockStep(model, plan_of([()], steps=2)) as run:
        assert run.steps == 2
        run.advance()


def test_a_stochastic_dpm_solver_is_refused(
    model_of: Callable[..., DiffusionModel],
    tmp_path: Path,
    entry_of: Callable[[str], Model],
    pipeline_of: Callable[[str], DiffusionPipeline],
) -> None:
    pipeline_of("sd15").save_pretrained(tmp_path / "weights")
    config = tmp_path / "weights" / "scheduler" / "scheduler_config.json"
    config.write_text(
        json.dumps(
            {"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"}
        )
    )
    with pytest.raises(ModelUnsupported, match="sde-dpmsolver"):
        load_model(replace(entry_of("sd15"), source="weights"), tmp_path, device="cpu")


def test_a_single_file_is_the_folder_it_was_made_of(
    tmp_path: Path,
    entry_of: Callable[[str], Model],
    pipeline_of: Callable[[str], DiffusionPipeline],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With names of the original code, and without a look at the hub."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    pipeline = pipeline_of("sd15")
    pipeline.save_pretrained(tmp_path / "weights")
    write_single_file(pipeline, tmp_path / "model.safetensors")
    entry = replace(entry_of("sd15"), source="model.safetensors", base="weights")
    single = load_model(entry, tmp_path, device="cpu")
    folder = load_model(replace(entry, source="weights"), tmp_path, device="cpu")
    assert same(single.unet, folder.unet)
    assert same(single.vae, folder.vae)
    assert same(single.text_encoders[0], folder.text_encoders[0])
    assert single.tokenizers[0].get_vocab() == folder.tokenizers[0].get_vocab()
    assert single.scheduler.config.num_train_timesteps == 1000

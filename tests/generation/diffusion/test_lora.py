"""LoRA merged at loading, against its formula; and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import DiffusionPipeline
from safetensors.torch import save_file

from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.diffusion.loading import load_model
from generation.diffusion.lora import lora_file
from generation.script.catalogue import Model
from tests.generation.diffusion.loras import write_lora

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def folder(
    family: str,
    tmp_path_factory: pytest.TempPathFactory,
    pipeline_of: Callable[[str], DiffusionPipeline],
) -> Path:
    place = tmp_path_factory.mktemp("lora")
    pipeline_of(family).save_pretrained(place / "weights")
    return place


@pytest.fixture
def entry(family: str, entry_of: Callable[[str], Model]) -> Model:
    return replace(entry_of(family), source="weights", lora="small.safetensors")


@pytest.mark.parametrize("naming", ["kohya", "peft", "diffusers"])
def test_weights_are_changed_by_the_formula(folder: Path, entry: Model, naming: str) -> None:
    before = load_model(replace(entry, lora=""), folder, device="cpu")
    changes = write_lora(before.unet, folder / "small.safetensors", naming)
    after = load_model(replace(entry, lora_scale=0.5), folder, device="cpu")
    assert len(changes) > 8
    old = before.unet.state_dict()
    for name, weight in after.unet.state_dict().items():
        change = changes.get(name.removesuffix(".weight"), torch.zeros(()))
        assert torch.allclose(weight, old[name] + 0.5 * change, atol=1e-6), name
    assert before.fingerprint() != after.fingerprint()


def test_a_lora_that_is_not_there_says_where_it_was_looked_for(folder: Path, entry: Model) -> None:
    with pytest.raises(ModelMissing, match=r"nowhere\.safetensors"):
        load_model(replace(entry, lora="nowhere.safetensors"), folder, device="cpu")


def test_a_lora_of_another_network_is_refused(folder: Path, entry: Model) -> None:
    tensors = {
        f"unet.down_blocks.9.attentions.0.to_q.lora_{side}.weight": torch.zeros(2, 2)
        for side in "AB"
    }
    save_file(tensors, folder / "other.safetensors")
    with pytest.raises(ModelUnsupported, match=r"down_blocks\.9"):
        load_model(replace(entry, lora="other.safetensors"), folder, device="cpu")


def test_what_is_no_lora_is_refused(folder: Path, entry: Model) -> None:
    save_file({"unet.conv_in.weight": torch.zeros(2, 2)}, folder / "whole.safetensors")
    with pytest.raises(ModelUnsupported, match="conv_in"):
        load_model(replace(entry, lora="whole.safetensors"), folder, device="cpu")


def test_three_names_with_slashes_are_a_file_on_the_hub(tmp_path: Path, entry: Model) -> None:
    assert lora_file(replace(entry, lora="owner/name/file.safetensors"), tmp_path) is None
    assert lora_file(replace(entry, lora="./a/file.safetensors"), tmp_path) is not None
    assert lora_file(replace(entry, lora="file.safetensors"), tmp_path) == (
        tmp_path / "file.safetensors"
    )


def test_an_unknown_scheduler_is_refused(folder: Path, entry: Model) -> None:
    chosen = replace(entry, lora="", scheduler="EulerAncestralDiscreteScheduler")
    with pytest.raises(ModelUnsupported, match="EulerAncestralDiscreteScheduler"):
        load_model(chosen, folder, device="cpu")


def test_an_entry_s_scheduler_keeps_the_model_s_noise_levels(folder: Path, entry: Model) -> None:
    own = load_model(replace(entry, lora=""), folder, device="cpu").scheduler
    chosen = replace(
        entry, lora="", scheduler="EulerDiscreteScheduler", timestep_spacing="trailing"
    )
    other = load_model(chosen, folder, device="cpu").scheduler
    assert type(other).__name__ == "EulerDiscreteScheduler"
    assert other.config.timestep_spacing == "trailing"
    assert torch.equal(own.alphas_cumprod, other.alphas_cumprod)

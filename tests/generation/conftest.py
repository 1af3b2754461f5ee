"""Tiny real networks of both shapes, with random weights, and plans to draw with them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from tokenizers import pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from generation.diffusion.loading import assemble
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import Model
from generation.script.plan import PlannedPanel, RenderPlan

SIZE = (96, 64)  # pixels, width and height: 12 x 8 latents
FAMILIES = ("sd15", "sdxl")


def tiny_pipeline(family: str) -> DiffusionPipeline:
    """A whole diffusers pipeline, small enough for a test, the same every time."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        common = {
            "vae": AutoencoderKL(
                block_out_channels=(8, 8, 8, 8),
                down_block_types=("DownEncoderBlock2D",) * 4,
                up_block_types=("UpDecoderBlock2D",) * 4,
                latent_channels=4,
                norm_num_groups=4,
            ),
            # no clipping: it would hide differences between two ways of computing the same
            "scheduler": DDIMScheduler(
                beta_schedule="scaled_linear",
                beta_start=0.00085,
                beta_end=0.012,
                clip_sample=False,
                steps_offset=1,
                timestep_spacing="trailing",
            ),
            "tokenizer": letter_tokenizer(),
        }
        if family == "sd15":
            return StableDiffusionPipeline(
                unet=_contrasty(
                    UNet2DConditionModel(
                        sample_size=(8, 12),
                        block_out_channels=(16, 32),
                        layers_per_block=1,
                        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
                        norm_num_groups=8,
                        cross_attention_dim=32,
                        attention_head_dim=4,
                    )
                ),
                text_encoder=CLIPTextModel(_text_config()),
                safety_checker=None,
                feature_extractor=None,
                requires_safety_checker=False,
                **common,
            )
        return StableDiffusionXLPipeline(
            unet=_contrasty(
                UNet2DConditionModel(
                    sample_size=(8, 12),
                    block_out_channels=(16, 32),
                    layers_per_block=1,
                    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                    transformer_layers_per_block=(1, 2),
                    norm_num_groups=8,
                    cross_attention_dim=64,
                    attention_head_dim=(2, 4),
                    use_linear_projection=True,
                    addition_embed_type="text_time",
                    addition_time_embed_dim=8,
                    projection_class_embeddings_input_dim=6 * 8 + 32,
                )
            ),
            text_encoder=CLIPTextModel(_text_config()),
            text_encoder_2=CLIPTextModelWithProjection(_text_config()),
            tokenizer_2=letter_tokenizer(),
            add_watermarker=False,
            **common,
        )


def letter_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer without merges: each letter is a token."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary = [*words, "<|startoftext|>", "<|endoftext|>"]
    numbered = {token: number for number, token in enumerate(vocabulary)}
    return CLIPTokenizer(vocab=numbered, merges=[], model_max_length=77)


def _text_config() -> CLIPTextConfig:
    vocabulary = len(letter_tokenizer())
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=77,
        projection_dim=32,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
    )


def _contrasty(unet: UNet2DConditionModel) -> UNet2DConditionModel:
    """Random attention is nearly even attention; sharper queries make it matter who is seen."""
    for name, weights in unet.named_parameters():
        if name.endswith(("to_q.weight", "to_k.weight", "to_v.weight", "to_out.0.weight")):
            weights.data.mul_(3)
    return unet


def catalogue_entry(family: str) -> Model:
    return Model(
        name=f"tiny-{family}",
        title="Tiny",
        source="nowhere",
        family=family,
        width=SIZE[0],
        height=SIZE[1],
        steps=4,
        guidance=5.0,
    )


def tiny_model(family: str, dtype: torch.dtype = torch.float32) -> DiffusionModel:
    pipeline = tiny_pipeline(family)
    for part in (pipeline.unet, pipeline.vae, pipeline.text_encoder):
        part.to(dtype)
    if family == "sdxl":
        pipeline.text_encoder_2.to(dtype)
    return assemble(catalogue_entry(family), pipeline.components, torch.device("cpu"))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Networks this small lose more by sharing a step among threads than they gain."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def pipeline_of() -> Callable[[str], DiffusionPipeline]:
    """A tiny diffusers pipeline of a family."""
    return tiny_pipeline


@pytest.fixture(scope="session")
def letters() -> CLIPTokenizer:
    """A tokenizer to which each letter is a token."""
    return letter_tokenizer()


@pytest.fixture(scope="session")
def model_of() -> Callable[..., DiffusionModel]:
    """A fresh tiny model of a family, with the same weights every time."""
    return tiny_model


@pytest.fixture(scope="session")
def entry_of() -> Callable[[str], Model]:
    return catalogue_entry


@pytest.fixture(scope="session", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def model(family: str) -> DiffusionModel:
    """A tiny model in float32, of each family in turn."""
    return tiny_model(family)


@pytest.fixture(scope="session")
def exact_model(family: str) -> DiffusionModel:
    """The same in float64."""
    return tiny_model(family, torch.float64)


@pytest.fixture(scope="session")
def plan_of() -> Callable[..., RenderPlan]:
    """A plan from its reference graph: `plan_of([(1,), (0,), (0, 1)], steps=4)`."""

    def make(references: Sequence[tuple[int, ...]], **changes: object) -> RenderPlan:
        values: dict[str, object] = {
            "title": "Tabs or spaces",
            "model": "tiny",
            "style": "comic",
            "width": SIZE[0],
            "height": SIZE[1],
            "steps": 4,
            "guidance": 5.0,
            "seed": 11,
            "rate": 0.5,
            "shared_noise": 0.0,
            "micro_batch": 4,
        }
        panels = tuple(
            PlannedPanel(
                prompt=f"a cat in scene {place}",
                negative_prompt="blurry",
                seed=100 + place,
                references=seen,
                characters=("Tom",),
                number=place + 1,
                lettering=(),
                alt_text="",
            )
            for place, seen in enumerate(references)
        )
        return RenderPlan(**{"panels": panels, **values, **changes})  # type: ignore[arg-type]

    return make


CATALOGUE = """
[tiny]
title = "Tiny"
source = "tiny"
family = "sd15"
width = 64
height = 64
steps = 6
guidance = 3.0

[missing]
title = "Missing"
source = "./nowhere"
family = "sd15"
width = 64
height = 64
steps = 6
guidance = 3.0
"""


MOTION = """
[bare]
title = "Without its weights"
kind = "ours"
source = "nowhere"
model = "tiny"
"""


@pytest.fixture(scope="session")
def models_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with the tiny SD1.5-shaped model on disk, with a solver that remembers earlier
    steps, and with a model that isn't there."""
    folder = tmp_path_factory.mktemp("models")
    pipeline = tiny_pipeline("sd15")
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    pipeline.save_pretrained(folder / "tiny")
    (folder / "motion.toml").write_text(MOTION, encoding="utf-8")
    catalogue = folder / "models.toml"
    catalogue.write_text(CATALOGUE, encoding="utf-8")
    return catalogue

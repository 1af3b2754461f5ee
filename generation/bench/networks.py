"""A network of SD1.5's shape with random weights and fewer channels: nothing to download."""

from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from tokenizers import pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.diffusion.loading import assemble
from generation.diffusion.model import DiffusionModel
from generation.diffusion.shapes import UNETS
from generation.script.catalogue import Model

HEADS = 8  # SD1.5's
GROUPS = 8  # of channels that are normalised together; SD1.5's 32 don't part a tenth of them
TEXT_CHANNELS = 64
SEED = 7


def random_model(entry: Model, divisor: int) -> DiffusionModel:
    """SD1.5 with its channels divided by `divisor` (320 and more, so up to 40), and its heads too,
    as far as they go: a head as wide as SD1.5's takes as long as its operations say, a narrow one
    longer."""
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        parts: dict[str, Any] = {
            "unet": UNet2DConditionModel.from_config(_unet(divisor)),
            "vae": _smallest_vae(),
            "text_encoder": CLIPTextModel(_text()),
            "tokenizer": letter_tokenizer(),
            "scheduler": DDIMScheduler(
                beta_schedule="scaled_linear",
                beta_start=0.00085,
                beta_end=0.012,
                clip_sample=False,
                steps_offset=1,
            ),
        }
    return assemble(entry, parts, torch.device("cpu"))


def letter_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer without merges: each letter is a token."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary = [*words, "<|startoftext|>", "<|endoftext|>"]
    numbered = {token: number for number, token in enumerate(vocabulary)}
    return CLIPTokenizer(vocab=numbered, merges=[], model_max_length=77)


def _unet(divisor: int) -> dict[str, Any]:
    shape = UNETS["sd15"]
    channels = tuple(one // divisor for one in shape["block_out_channels"])
    return {
        **shape,
        "block_out_channels": channels,
        "attention_head_dim": max(1, HEADS // divisor),  # their number: so diffusers calls it
        "norm_num_groups": GROUPS,
        "cross_attention_dim": TEXT_CHANNELS,
    }


def _smallest_vae() -> AutoencoderKL:
    """With SD's scale of eight pixels; nothing is decoded in a measurement."""
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
    )


def _text() -> CLIPTextConfig:
    vocabulary = len(letter_tokenizer())
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=TEXT_CHANNELS,
        intermediate_size=TEXT_CHANNELS,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=77,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
    )

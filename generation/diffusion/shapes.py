"""The shapes of the two families' networks, for predictions where no model is at hand.

From the `unet/config.json` of stable-diffusion-v1-5 and of stable-diffusion-xl-base-1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffusers import AutoencoderKL, UNet2DConditionModel

from generation.script.catalogue import Model

USUAL_PIXELS = 8  # of the picture to a latent, each way
_ATTENDING = ("CrossAttnDownBlock2D", "CrossAttnUpBlock2D")

UNETS: dict[str, dict[str, Any]] = {
    "sd15": {
        "sample_size": 64,
        "block_out_channels": (320, 640, 1280, 1280),
        "down_block_types": (*_ATTENDING[:1] * 3, "DownBlock2D"),
        "up_block_types": ("UpBlock2D", *_ATTENDING[1:] * 3),
        "attention_head_dim": 8,
        "cross_attention_dim": 768,
    },
    "sdxl": {
        "sample_size": 128,
        "block_out_channels": (320, 640, 1280),
        "down_block_types": ("DownBlock2D", *_ATTENDING[:1] * 2),
        "up_block_types": (*_ATTENDING[1:] * 2, "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "cross_attention_dim": 2048,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
}


def unet_config(model: Model, folder: Path) -> tuple[Mapping[str, Any], str]:
    """The network's own configuration where the model is a folder that is there, else its
    family's; and where it is from, in words."""
    source = folder / Path(model.source).expanduser()
    if (source / "unet" / "config.json").is_file():
        config: Mapping[str, Any] = UNet2DConditionModel.load_config(str(source / "unet"))
        return config, "the model's own configuration"
    return UNETS[model.family], f"the usual network of family {model.family}"


def pixels_per_latent(model: Model, folder: Path) -> int:
    """Of the autoencoder where the model is a folder that is there, else as both families have."""
    source = folder / Path(model.source).expanduser()
    if not (source / "vae" / "config.json").is_file():
        return USUAL_PIXELS
    config = AutoencoderKL.load_config(str(source / "vae"))
    return int(2 ** (len(config["block_out_channels"]) - 1))


@dataclass(frozen=True)
class Parameters:
    """How many numbers the parts of a model have."""

    unet: int
    texts: int
    vae: int


# Of the same two models, and their autoencoder, which both families have in common.
PARAMETERS = {
    "sd15": Parameters(859_520_964, 123_060_480, 83_653_863),
    "sdxl": Parameters(2_567_463_684, 123_060_480 + 694_659_840, 83_653_863),
}
VAE: dict[str, Any] = {"block_out_channels": (128, 256, 512, 512)}

"""Writes the trained parts as a diffusers folder, in half precision, and reads them back."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from generation.toon.reader import load_reader
from generation.toon.training import autoencoder, diffusion, mending, reading, text
from generation.toon.training.autoencoder import LATENT_CHANNELS
from generation.toon.training.course import taught
from generation.toon.training.denoiser import Denoiser
from generation.toon.training.growth import grown
from generation.toon.training.latents import STATISTICS
from generation.toon.training.motion_export import adopt_motion
from generation.toon.training.run import save_checkpoint
from generation.toon.training.trained import load_trained
from generation.toon.world.vocabulary import known_words

VOCABULARY = "words.txt"


def export(folder: Path, out: Path) -> None:
    """Write what was trained in `folder` to the diffusers folder `out`."""
    pipeline = load_trained(folder)
    if (folder / mending.CHECKPOINT).exists():
        taught(pipeline.vae, folder / mending.CHECKPOINT)
    pipeline.to(dtype=torch.float16)
    pipeline.save_pretrained(str(out), safe_serialization=True)
    config = out / "text_encoder" / "config.json"
    told = json.loads(config.read_text())  # transformers would load in the precision told here
    config.write_text(json.dumps(told | {"dtype": "float32"}, indent=2) + "\n")
    (out / VOCABULARY).write_text("\n".join(known_words()) + "\n", encoding="utf-8")
    for file in out.rglob("*.safetensors"):
        file.chmod(0o644)  # written for the owner only


def adopt(weights: Path, folder: Path) -> None:
    """Begin a training run in `folder` where an exported model stopped.

    Momenta are not exported, so the optimisers begin anew.

    Raises:
        FileExistsError: there is a run in `folder` already.
        OSError: `weights` is not such a folder.
    """
    if (folder / diffusion.CHECKPOINT).exists():
        raise FileExistsError(folder / diffusion.CHECKPOINT)
    pipeline = StableDiffusionPipeline.from_pretrained(str(weights), safety_checker=None)
    pipeline.to(dtype=torch.float32)
    pipeline.tokenizer.save_pretrained(str(folder / text.TOKENIZER))
    nothing = {"mean": torch.zeros(LATENT_CHANNELS), "deviation": torch.ones(LATENT_CHANNELS)}
    save_checkpoint(folder / STATISTICS, nothing)  # folded in already
    fresh = {"optimiser": [], "step": 0, "seconds": 0.0}
    save_checkpoint(folder / autoencoder.CHECKPOINT, fresh | {"model": pipeline.vae.state_dict()})
    if (weights / "reader").is_dir():
        judge = load_reader(weights / "reader").state_dict()
        save_checkpoint(folder / reading.CHECKPOINT, fresh | {"model": judge, "average": judge})
    adopt_motion(weights / "motion", folder, pipeline.text_encoder.config.hidden_size)
    states = Denoiser(grown(pipeline.unet), pipeline.text_encoder).state_dict()
    save_checkpoint(folder / diffusion.CHECKPOINT, fresh | {"model": states, "average": states})

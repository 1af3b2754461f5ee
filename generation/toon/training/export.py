"""Writes the trained parts as a diffusers folder, in half precision, and reads them back."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from transformers import CLIPTokenizer

from generation.toon.reader import load_reader
from generation.toon.training import autoencoder, diffusion, reading, text
from generation.toon.training.autoencoder import LATENT_CHANNELS, trained_autoencoder
from generation.toon.training.denoiser import Denoiser, new_unet
from generation.toon.training.growth import grown
from generation.toon.training.latents import STATISTICS, settle
from generation.toon.training.motion_export import adopt_motion
from generation.toon.training.noise import new_scheduler
from generation.toon.training.run import load_checkpoint, save_checkpoint
from generation.toon.world.vocabulary import known_words

VOCABULARY = "words.txt"


def load_trained(folder: Path) -> StableDiffusionPipeline:
    """The pipeline with the averaged weights of a training run, in float32.

    Raises FileNotFoundError if the denoiser or the autoencoder has no checkpoint yet.
    """
    stored = load_checkpoint(folder / diffusion.CHECKPOINT)
    if stored is None:
        raise FileNotFoundError(folder / diffusion.CHECKPOINT)
    tokenizer = CLIPTokenizer.from_pretrained(str(folder / text.TOKENIZER))
    model = Denoiser(new_unet(), text.new_text_encoder(tokenizer))
    model.load_state_dict(stored["average"])
    return StableDiffusionPipeline(
        vae=settle(trained_autoencoder(folder), folder),
        text_encoder=model.encoder.eval(),
        tokenizer=tokenizer,
        unet=model.unet.eval(),
        scheduler=new_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def export(folder: Path, out: Path) -> None:
    """Write what was trained in `folder` to the diffusers folder `out`."""
    pipeline = load_trained(folder)
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

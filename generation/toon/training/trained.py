"""What a training run has come to, as a pipeline that draws."""

from __future__ import annotations

from pathlib import Path

from diffusers import StableDiffusionPipeline
from transformers import CLIPTokenizer

from generation.toon.training import diffusion, text
from generation.toon.training.autoencoder import trained_autoencoder
from generation.toon.training.denoiser import Denoiser, new_unet
from generation.toon.training.latents import settle
from generation.toon.training.noise import new_scheduler
from generation.toon.training.run import load_checkpoint


def load_trained(folder: Path) -> StableDiffusionPipeline:
    """The pipeline with the averaged weights of a training run, in float32.

    Its decoder is as it was before it learnt to mend what the denoiser blurs.

    Raises:
        FileNotFoundError: the denoiser or the autoencoder has no checkpoint yet.
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

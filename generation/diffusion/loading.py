"""From a catalogue entry to a model: a diffusers folder, a hub id, or a single safetensors file.

Weights are read from safetensors only; a model that has none is refused, since a pickle is a
program. Whatever the weights are stored as, they are loaded in the type they are drawn with.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DiffusionPipeline, UNet2DConditionModel
from safetensors import SafetensorError
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from generation.consistency.install import NoSuchLayers, self_attention_layers
from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.diffusion.lora import merge_lora
from generation.diffusion.model import DiffusionModel
from generation.diffusion.offloading import place
from generation.diffusion.policy import (
    GIB,
    MemoryPolicy,
    choose_policy,
    free_memory,
    last_resort,
    needs_of,
)
from generation.diffusion.solver import chosen_scheduler, load_scheduler
from generation.script.catalogue import Model

FAMILIES = ("sd15", "sdxl")
DTYPES = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32}
COMPONENTS: dict[str, Any] = {
    "unet": UNet2DConditionModel,
    "vae": AutoencoderKL,
    "text_encoder": CLIPTextModel,
    "text_encoder_2": CLIPTextModelWithProjection,
}
ZERO_EMPTY = "force_zeros_for_empty_prompt"
HALF = "fp16"  # the hub's name for files that hold float16 weights

log = logging.getLogger(__name__)


def load_model(
    model: Model,
    folder: Path,
    device: str = "auto",
    dtype: str = "auto",
    free: int | None = None,
) -> DiffusionModel:
    """Load what a catalogue entry names.

    Args:
        folder: of the catalogue file; `model.source` may be relative to it.
        device: `auto` is CUDA where there is one.
        dtype: `auto` is the entry's own, and where that is `auto` too, float32 on a CPU and
            float16 on CUDA.
        free: bytes of memory to make do with; what there is when not given.

    Raises:
        ModelMissing: there is nothing to load, or it can't be read.
        ModelUnsupported: it is of another family, or has a solver this engine lacks.
    """
    if model.family not in FAMILIES:
        known = " or ".join(FAMILIES)
        raise ModelUnsupported(model.name, f"its family is '{model.family}', not {known}")
    where = choose_device(device)
    kind = choose_dtype(model.dtype if dtype == "auto" else dtype, where)
    path = folder / Path(model.source).expanduser()
    try:
        if path.is_file():
            parts = _read_file(model, path, _base(model, folder), kind)
        elif path.is_dir():
            parts = _read_folder(model, str(path), kind, local_files_only=True)
        elif names_a_place(model.source):
            raise ModelMissing(model.name, str(path), "there is nothing")
        else:
            parts = _read_folder(model, model.source, kind, revision=model.revision or None)
    except (OSError, ValueError, SafetensorError) as exc:
        raise ModelMissing(model.name, model.source, str(exc).split("\n")[0].rstrip(".")) from exc
    if model.lora:
        merge_lora(model, folder, parts)
    return assemble(model, parts, where, free)


def choose_device(device: str) -> torch.device:
    if device != "auto":
        return torch.device(device)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def choose_dtype(dtype: str, device: torch.device) -> torch.dtype:
    if dtype != "auto":
        return DTYPES[dtype]
    return torch.float16 if device.type == "cuda" else torch.float32


def assemble(
    model: Model, parts: Mapping[str, Any], device: torch.device, free: int | None = None
) -> DiffusionModel:
    """Make a model of components under diffusers' names (`unet`, `vae`, `text_encoder_2`, ...).

    They are laid out for `free` bytes of memory beside them, by default as much as there is.

    Raises:
        ModelUnsupported: they aren't what the entry's family says.
    """
    unet, vae = parts["unet"], parts["vae"]
    two_texts = model.family == "sdxl"
    if two_texts != (unet.config.addition_embed_type == "text_time"):
        raise ModelUnsupported(model.name, f"its network is not one of family '{model.family}'")
    if unet.config.time_cond_proj_dim is not None:
        raise ModelUnsupported(model.name, "its network takes guidance as an input")
    try:
        self_attention_layers(unet, model.blocks)
    except NoSuchLayers as exc:
        raise ModelUnsupported(model.name, str(exc)) from exc
    if unet.config.in_channels != vae.config.latent_channels:
        raise ModelUnsupported(model.name, "its network wants more than latents (inpainting?)")
    ends = ("", "_2") if two_texts else ("",)
    encoders = tuple(parts[f"text_encoder{end}"] for end in ends)
    if vae.dtype == torch.float16 and vae.config.force_upcast:
        vae.to(torch.float32)  # SDXL's VAE overflows in float16
    for part in (unet, vae, *encoders):
        part.eval().requires_grad_(False)
    weighty = {name: parts[name] for name in COMPONENTS if name in parts}
    policy = _policy(model, weighty, device, free)
    place((*encoders, unet, vae), policy, device)
    return DiffusionModel(
        name=model.name,
        family=model.family,
        unet=unet,
        vae=vae,
        tokenizers=tuple(parts[f"tokenizer{end}"] for end in ends),
        text_encoders=encoders,
        scheduler=chosen_scheduler(model, parts["scheduler"]),
        zero_empty_prompt=bool(parts.get(ZERO_EMPTY, False)),
        blocks=model.blocks,
        guidance_rescale=model.guidance_rescale,
        lora=f"{model.lora} at {model.lora_scale}" if model.lora else "",
        device=device,
        policy=policy,
    )


def _policy(
    model: Model, parts: Mapping[str, Any], device: torch.device, free: int | None
) -> MemoryPolicy:
    """How to make do with the memory there is. Where nothing fits, it is tried all the same."""
    needs = needs_of(model, parts)
    if free is None:
        free = free_memory(device)
        if device.type == "cpu":
            free += needs.weights  # they are there already
    chosen = choose_policy(needs, free, device.type)
    if chosen is None:
        chosen = last_resort(device.type)
        log.warning(
            "%s needs %.1f GiB, and %.1f are free", model.name, needs.of(chosen) / GIB, free / GIB
        )
    return chosen


def _read_folder(model: Model, source: str, dtype: torch.dtype, **where: Any) -> dict[str, Any]:
    """Components of a folder in diffusers' layout, on this machine or on the hub."""
    index = DiffusionPipeline.load_config(source, **where)
    names = [name for name in COMPONENTS if model.family == "sdxl" or not name.endswith("_2")]
    parts: dict[str, Any] = {ZERO_EMPTY: index.get(ZERO_EMPTY, False)}
    for name in names:
        if index.get(name, [None])[0] is None:
            reason = f"its folder has no {name}, so it is not one of family '{model.family}'"
            raise ModelUnsupported(model.name, reason)
        parts[name] = _read_weights(COMPONENTS[name], source, name, dtype, **where)
        tokenizer = name.replace("text_encoder", "tokenizer")
        if tokenizer != name:
            parts[tokenizer] = CLIPTokenizer.from_pretrained(source, subfolder=tokenizer, **where)
    parts["scheduler"] = load_scheduler(model, source, **where)
    return parts


def _read_weights(kind: Any, source: str, name: str, dtype: torch.dtype, **where: Any) -> Any:
    """One component. Half precision prefers the half-size files where the folder has both."""
    in_dtype = "dtype" if name.startswith("text") else "torch_dtype"  # transformers, diffusers
    arguments = {"subfolder": name, "use_safetensors": True, in_dtype: dtype, **where}
    if dtype == torch.float32:
        first, second = {}, {"variant": HALF}
    else:
        first, second = {"variant": HALF}, {}
    try:
        return kind.from_pretrained(source, **arguments, **first)
    except OSError as exc:
        try:
            return kind.from_pretrained(source, **arguments, **second)
        except OSError:
            raise exc from None


def _base(model: Model, folder: Path) -> str | None:
    """The folder or hub id that says what a single file doesn't."""
    place = folder / Path(model.base).expanduser()
    return str(place) if model.base and place.is_dir() else model.base or None


def _read_file(model: Model, path: Path, base: str | None, dtype: torch.dtype) -> dict[str, Any]:
    """Components of one checkpoint file, as model sites offer them."""
    if path.suffix != ".safetensors":
        raise ModelUnsupported(model.name, f"{path} is not a .safetensors file")
    # imported here: whole pipelines bring much that no other way of loading needs
    from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

    if model.family == "sdxl":
        pipeline = StableDiffusionXLPipeline.from_single_file(
            str(path), config=base, torch_dtype=dtype, add_watermarker=False
        )
    else:
        pipeline = StableDiffusionPipeline.from_single_file(
            str(path), config=base, torch_dtype=dtype, safety_checker=None
        )
    return {**pipeline.config, **pipeline.components}


def names_a_place(source: str) -> bool:
    """A hub id is `owner/name`; everything else is meant as a place on this machine, there or
    not."""
    file = Path(source).suffix in {".safetensors", ".ckpt", ".bin", ".pt"}
    return file or source.startswith((".", "/", "~")) or source.count("/") != 1

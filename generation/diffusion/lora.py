"""LoRA: small changes to a network's weights, merged into them once when the model is loaded.

Merged rather than hung beside the layers: a step costs nothing more, and consistent attention finds
plain layers. Hu et al., LoRA, arXiv 2106.09685: W + scale * (alpha / rank) * B A.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diffusers.loaders import StableDiffusionXLLoraLoaderMixin
from torch import Tensor, nn

from generation.diffusion.errors import ModelMissing, ModelUnsupported
from generation.script.catalogue import Model

PARTS = ("unet", "text_encoder", "text_encoder_2")
# The ends of the names of A and B, as trainers of different ages write them.
PAIRS = (
    (".lora_A.weight", ".lora_B.weight"),
    (".lora.down.weight", ".lora.up.weight"),
    (".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
    ("_lora.down.weight", "_lora.up.weight"),
)


def merge_lora(model: Model, folder: Path, parts: Mapping[str, Any]) -> None:
    """Merge the entry's LoRA into the components `unet`, `text_encoder` and `text_encoder_2`.

    Raises:
        ModelMissing: there is no such file.
        ModelUnsupported: it changes layers that the network lacks, or in a way unknown here.
    """
    tensors, alphas = _read(model, folder, parts["unet"].config)
    layers = {
        f"{part}.{name}": layer
        for part in PARTS
        if part in parts
        for name, layer in parts[part].named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d)
    }
    waiting = set(tensors)
    for low, high in PAIRS:
        for key in [key for key in tensors if key.endswith(low)]:
            stem = key.removesuffix(low)
            layer = layers.get(_layer_name(stem))
            if layer is None or stem + high not in tensors:
                raise ModelUnsupported(
                    model.name, f"its LoRA {model.lora} changes {stem}, which the network lacks"
                )
            alpha = alphas.get(f"{stem}.alpha", alphas.get(f"{key}.alpha"))
            _add(layer, tensors[key], tensors[stem + high], alpha, model.lora_scale)
            waiting -= {key, stem + high}
    waiting = {key for key in waiting if not key.endswith(".alpha")}
    if waiting or not tensors:
        odd = min(waiting, default="nothing at all")
        raise ModelUnsupported(model.name, f"its LoRA {model.lora} holds {odd}, unknown here")


def lora_file(model: Model, folder: Path) -> Path | None:
    """The LoRA on this machine, or None when it is meant to come from the hub."""
    path = folder / Path(model.lora).expanduser()
    on_hub = model.lora.count("/") == 2 and not model.lora.startswith((".", "/", "~"))
    return None if on_hub and not path.is_file() else path


def _read(
    model: Model, folder: Path, config: Mapping[str, Any]
) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Weights by diffusers' names, and alphas where they were apart from them."""
    path = lora_file(model, folder)
    if path is None:
        owner, repository, name = model.lora.split("/")
        source = f"{owner}/{repository}"
    else:
        source, name = str(path.parent), path.name
        if not path.is_file():
            raise ModelMissing(model.name, str(path), "there is no such LoRA")
    try:
        tensors, alphas = StableDiffusionXLLoraLoaderMixin.lora_state_dict(
            source, weight_name=name, use_safetensors=True, unet_config=config
        )
    except (OSError, ValueError) as exc:
        raise ModelMissing(model.name, model.lora, str(exc).split("\n")[0]) from exc
    together = {key: float(value) for key, value in tensors.items() if key.endswith(".alpha")}
    return dict(tensors), {**together, **(alphas or {})}


def _layer_name(stem: str) -> str:
    """Old files hang LoRA on the attention's processor instead of on its projections."""
    name = stem.replace(".processor.to_", ".to_")
    return f"{name}.0" if name.endswith(".to_out") else name


def _add(
    layer: nn.Linear | nn.Conv2d, low: Tensor, high: Tensor, alpha: float | None, scale: float
) -> None:
    rank = low.shape[0]
    strength = scale * (1.0 if alpha is None else float(alpha) / rank)
    change = high.float().flatten(1) @ low.float().flatten(1)
    weight = layer.weight.data
    changed = weight.float() + strength * change.view(weight.shape).to(weight.device)
    weight.copy_(changed.to(weight.dtype))

"""Examine the models of the catalogue: is each there, does it load, does it fit, can it draw?"""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import psutil
import torch
from huggingface_hub import try_to_load_from_cache

from generation.diffusion.errors import DiffusionError
from generation.diffusion.loading import (
    COMPONENTS,
    FAMILIES,
    HALF,
    choose_device,
    load_model,
    names_a_place,
)
from generation.diffusion.lockstep import LockStep
from generation.diffusion.lora import lora_file
from generation.diffusion.memory import is_out_of_memory
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import Model
from generation.script.plan import PlannedPanel, RenderPlan

GIB = 2**30
WEIGHTS = ".safetensors"


class State(StrEnum):
    READY = "ready"
    MISSING = "missing"
    BROKEN = "broken"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Finding:
    """Of one model. `advice` is a sentence that says what to do, `needed` and `free` are bytes (0:
    not known), `seconds_per_step` of one panel was measured (0: nothing was drawn)."""

    name: str
    state: State
    advice: str
    needed: int = 0
    free: int = 0
    seconds_per_step: float = 0.0


def examine(
    model: Model, folder: Path, *, load: bool = True, draw: bool = False, free: int | None = None
) -> Finding:
    """Nothing is downloaded. `folder` is the catalogue's; `free` is measured when not given."""
    free = free_memory() if free is None else free
    files = list(_files(model, folder))
    if not files:
        return Finding(model.name, State.MISSING, _bring(model, folder), free=free)
    if model.lora and not _has_lora(model, folder):
        return Finding(model.name, State.MISSING, _bring_lora(model, folder), free=free)
    needed = max(round(model.vram * GIB), sum(file.stat().st_size for file in files))
    if needed > free:
        return Finding(model.name, State.TOO_LARGE, _too_large(needed, free), needed, free)
    if not load:
        return Finding(model.name, State.READY, "It is there; it was not loaded.", needed, free)
    return _try(model, folder, needed, free, draw)


def free_memory() -> int:
    """Bytes: of the graphics card where there is one, else of the machine."""
    if choose_device("auto").type == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    return int(psutil.virtual_memory().available)


def _try(model: Model, folder: Path, needed: int, free: int, draw: bool) -> Finding:
    """Load it, and draw a step if asked to; what goes wrong is the finding."""
    found = Finding(model.name, State.READY, "", needed, free)
    began = time.perf_counter()
    try:
        network = load_model(model, folder)
        loaded = time.perf_counter() - began
        needed = max(needed, _bytes(network))
        if not draw:
            return replace(found, needed=needed, advice=f"It loads in {loaded:.1f} s.")
        seconds = _step(network, model)
    except DiffusionError as exc:
        return replace(found, state=State.BROKEN, advice=str(exc))
    except (MemoryError, RuntimeError) as exc:
        if not is_out_of_memory(exc):
            raise
        return replace(found, state=State.TOO_LARGE, advice=_too_large(needed, free))
    finally:
        gc.collect()
    advice = (
        f"It loads in {loaded:.1f} s; one panel's step takes {seconds:.2g} s "
        f"(`seconds_per_step = {seconds:.2g}` in the catalogue makes estimates of it)."
    )
    return replace(found, needed=needed, advice=advice, seconds_per_step=seconds)


def _step(network: DiffusionModel, model: Model) -> float:
    """Seconds of one panel's step, drawn at the model's own size."""
    panel = PlannedPanel("a house by the sea", "", 1, (), (), 1, (), "")
    plan = RenderPlan(
        title="doctor",
        model=model.name,
        style="",
        width=model.width,
        height=model.height,
        steps=model.steps,
        guidance=model.guidance,
        seed=1,
        rate=model.rate,
        shared_noise=0.0,
        micro_batch=1,
        panels=(panel,),
    )
    with LockStep(network, plan) as run:
        began = time.perf_counter()
        run.advance()
        return time.perf_counter() - began


def _bytes(network: DiffusionModel) -> int:
    parts = (network.unet, network.vae, *network.text_encoders)
    return sum(tensor.nbytes for part in parts for tensor in part.parameters())


def _files(model: Model, folder: Path) -> Iterator[Path]:
    """The weights on this machine: of the place, or of the hub's local copy. Nothing: it isn't
    here."""
    path = folder / Path(model.source).expanduser()
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _components(path)
    elif not names_a_place(model.source):
        index = try_to_load_from_cache(
            model.source, "model_index.json", revision=model.revision or None
        )
        if isinstance(index, str):
            yield from _components(Path(index).parent)


def _components(place: Path) -> Iterator[Path]:
    """Weights of a diffusers folder; where a part is there twice, those of half the size."""
    for name in COMPONENTS:
        files = sorted(place.glob(f"{name}/*{WEIGHTS}"))
        yield from [file for file in files if f".{HALF}." in file.name] or files


def _has_lora(model: Model, folder: Path) -> bool:
    path = lora_file(model, folder)
    if path is not None:
        return path.is_file()
    owner, repository, name = model.lora.split("/")
    return isinstance(try_to_load_from_cache(f"{owner}/{repository}", name), str)


def _bring_lora(model: Model, folder: Path) -> str:
    path = lora_file(model, folder)
    if path is not None:
        return f"Put its LoRA at {path}, or change its `lora`."
    owner, repository, name = model.lora.split("/")
    return f"Fetch its LoRA with `hf download {owner}/{repository} {name}`."


def _bring(model: Model, folder: Path) -> str:
    if model.family not in FAMILIES:
        return f"Its family '{model.family}' is not known here; write {' or '.join(FAMILIES)}."
    if names_a_place(model.source):
        path = folder / Path(model.source).expanduser()
        return f"Put a diffusers folder or a {WEIGHTS} file at {path}, or change its `source`."
    revision = f" --revision {model.revision}" if model.revision else ""
    return (
        f"Fetch it with `hf download {model.source}{revision}` (or let the first story that is "
        "drawn with it do so), or take it out of the catalogue."
    )


def _too_large(needed: int, free: int) -> str:
    return (
        f"It needs {needed / GIB:.1f} GiB and {free / GIB:.1f} GiB are free: end other programs, "
        "make `width` and `height` smaller and `vram` with them, or draw with a smaller model."
    )

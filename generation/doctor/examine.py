"""Examine the models of the catalogue: is each there, does it load, does it fit, can it draw?"""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

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
from generation.diffusion.policy import (
    GIB,
    MemoryPolicy,
    Needs,
    choose_policy,
    free_memory,
    last_resort,
)
from generation.doctor.beside import lacking
from generation.doctor.needs import expected_needs
from generation.script.catalogue import Model
from generation.script.plan import PlannedPanel, RenderPlan

WEIGHTS = ".safetensors"


class State(StrEnum):
    READY = "ready"
    MISSING = "missing"
    BROKEN = "broken"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Finding:
    """Of one model. `advice` is a sentence that says what to do, `needed` and `free` are bytes (0:
    not known), `policy` says how it makes do with what is free ("": not at all),
    `seconds_per_step` of one panel was measured (0: nothing was drawn), `motion` names what makes
    its clips ("": nobody looked)."""

    name: str
    state: State
    advice: str
    needed: int = 0
    free: int = 0
    policy: str = ""
    seconds_per_step: float = 0.0
    motion: str = ""


def examine(
    model: Model, folder: Path, *, load: bool = True, draw: bool = False, free: int | None = None
) -> Finding:
    """Nothing is downloaded. `folder` is the catalogue's; `free` is measured when not given."""
    found = _examined(model, folder, load, draw, free)
    if found.state is State.MISSING:
        return found  # first things first
    told = f"{found.advice} {lacking(model, folder)}"
    return replace(found, advice=told.rstrip())


def _examined(model: Model, folder: Path, load: bool, draw: bool, free: int | None) -> Finding:
    """Of the model alone, without what may be beside it."""
    device = choose_device("auto")
    free = free_memory(device) if free is None else free
    files = list(_files(model, folder))
    if not files:
        return _missing(model, folder, _bring(model, folder), free)
    if model.lora and not _has_lora(model, folder):
        return _missing(model, folder, _bring_lora(model, folder), free)
    if model.family not in FAMILIES:
        return Finding(model.name, State.BROKEN, _bring(model, folder), free=free)
    needed, policy = _fitting(expected_needs(model, folder, files, device), free, device)
    if policy is None:
        return Finding(model.name, State.TOO_LARGE, _too_large(needed, free), needed, free)
    found = Finding(model.name, State.READY, "", needed, free, policy.words)
    if not load:
        return replace(found, advice=f"It is there; it was not loaded. {_plan(found)}")
    return _try(model, folder, found, draw)


def _missing(model: Model, folder: Path, advice: str, free: int) -> Finding:
    """Whether it would fit is worth knowing before it is fetched."""
    found = Finding(model.name, State.MISSING, advice, free=free)
    if model.family not in FAMILIES:
        return found
    device = choose_device("auto")
    needed, policy = _fitting(expected_needs(model, folder, (), device), free, device)
    if policy is None:
        return replace(found, needed=needed, advice=f"{advice} {_too_large(needed, free)}")
    found = replace(found, needed=needed, policy=policy.words)
    return replace(found, advice=f"{advice} {_plan(found)}")


def _fitting(needs: Needs, free: int, device: torch.device) -> tuple[int, MemoryPolicy | None]:
    """What it would take, and how it makes do; None: not even at its most frugal."""
    policy = choose_policy(needs, free, device.type)
    return needs.of(policy or last_resort(device.type)), policy


def _plan(found: Finding) -> str:
    return (
        f"Drawing takes about {found.needed / GIB:.1f} of {found.free / GIB:.1f} GiB: "
        f"{found.policy}."
    )


def _try(model: Model, folder: Path, found: Finding, draw: bool) -> Finding:
    """Load it, and draw a step if asked to; what goes wrong is the finding."""
    began = time.perf_counter()
    try:
        network = load_model(model, folder)
        loaded = time.perf_counter() - began
        if not draw:
            return replace(found, advice=f"It loads in {loaded:.1f} s. {_plan(found)}")
        seconds = _step(network, model)
    except DiffusionError as exc:
        return replace(found, state=State.BROKEN, advice=str(exc))
    except (MemoryError, RuntimeError) as exc:
        if not is_out_of_memory(exc):
            raise
        return replace(found, state=State.TOO_LARGE, advice=_too_large(found.needed, found.free))
    finally:
        gc.collect()
    advice = (
        f"It loads in {loaded:.1f} s; one panel's step takes {seconds:.2g} s "
        f"(`seconds_per_step = {seconds:.2g}` in the catalogue makes estimates of it). "
        f"{_plan(found)}"
    )
    return replace(found, advice=advice, seconds_per_step=seconds)


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

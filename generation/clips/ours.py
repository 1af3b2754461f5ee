"""The way of the paper: a predicted path of meaning, drawn by an image network with motion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from generation.clips.baselines import Cut
from generation.clips.camera import CameraMove
from generation.clips.drafting import Plan
from generation.clips.errors import BackendMissing
from generation.clips.foresight import Foreseen, Foresight, seen, unforeseen
from generation.clips.latents import decode, encode_pixels, pictures_of, pixels
from generation.clips.modules import MotionModules, new_modules
from generation.clips.sampling import Begun, Conditions, denoise
from generation.clips.semantics import ImageEncoder, SemanticShape, even_times
from generation.clips.trust import KINDS
from generation.clips.tween import Between, Halfway, Watch, unwatched
from generation.diffusion.model import DiffusionModel
from generation.diffusion.solver import Solver
from generation.diffusion.text import common_chunks, encode_prompt, stretch
from generation.script.motions import WEIGHTS

ENCODER, FORESIGHT, MODULES = "image_encoder", "foresight", "modules"  # names of parts


@dataclass(frozen=True)
class MotionWeights:
    """All that is trained for motion, for one image model."""

    shape: SemanticShape
    encoder: ImageEncoder
    foresight: Foresight
    modules: MotionModules

    @staticmethod
    def new(shape: SemanticShape, model: DiffusionModel) -> MotionWeights:
        """Untrained: the frozen network's own frames, on a straight path.

        Raises:
            BackendMissing: the model is of a family whose video network isn't built yet, or it
                predicts something that drafts can't be compared with.
        """
        kind = model.scheduler.config.prediction_type
        if kind not in KINDS:
            raise BackendMissing(
                f"{model.name} predicts '{kind}'; motion needs one of {' or '.join(KINDS)}."
            )
        if model.family != "sd15":
            raise BackendMissing(
                f"{model.name} is of family '{model.family}'; motion needs one of 'sd15'."
            )
        modules = new_modules(model.unet, shape)
        return MotionWeights(shape, ImageEncoder(shape), Foresight(shape), modules)

    def parts(self) -> dict[str, nn.Module]:
        return {
            ENCODER: self.encoder,
            FORESIGHT: self.foresight,
            MODULES: self.modules,
        }

    def save(self, folder: Path) -> None:
        """Write weights in half precision, and the shape beside them."""
        save_parts(self.shape, self.parts(), folder)


def part_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.safetensors"


def save_parts(shape: SemanticShape, parts: Mapping[str, nn.Module], folder: Path) -> None:
    """Write weights in half precision, and the shape beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        file = part_file(folder, name)
        save_file({key: one.half().contiguous() for key, one in part.state_dict().items()}, file)
        file.chmod(0o644)  # written for the owner only
    told = json.dumps(shape.values(), indent=2)
    (folder / WEIGHTS).write_text(told + "\n", encoding="utf-8")


def load_motion(folder: Path, model: DiffusionModel) -> MotionWeights:
    """The motion weights of a model.

    Raises:
        BackendMissing: there are none in `folder`, or they belong to a network of another shape.
    """
    weights = MotionWeights.new(_stored_shape(folder), model)
    for name, part in weights.parts().items():
        _load_part(part, folder, name, model)
    return weights


def has_modules(folder: Path) -> bool:
    """Otherwise what is in it drafts frames, and draws none."""
    return part_file(folder, MODULES).is_file()


def load_drafts(folder: Path, model: DiffusionModel) -> Drafts:
    """What is foreseen for a model, without what draws after it.

    Raises:
        BackendMissing: as `load_motion`.
    """
    shape = _stored_shape(folder)
    drafts = Drafts(model.device, ImageEncoder(shape), Foresight(shape))
    _load_part(drafts.encoder, folder, ENCODER, model)
    _load_part(drafts.foresight, folder, FORESIGHT, model)
    return drafts


def _stored_shape(folder: Path) -> SemanticShape:
    if not (folder / WEIGHTS).is_file():
        raise BackendMissing(
            f"there are no motion weights in {folder}; `inkthread toon train` makes them."
        )
    return SemanticShape.of(json.loads((folder / WEIGHTS).read_text(encoding="utf-8")))


def _load_part(part: nn.Module, folder: Path, name: str, model: DiffusionModel) -> None:
    try:
        stored = load_file(part_file(folder, name))
    except OSError as exc:
        raise BackendMissing(
            f"{part_file(folder, name)} can't be read: {exc}; `inkthread toon train` makes it."
        ) from exc
    try:
        part.load_state_dict({key: one.float() for key, one in stored.items()})
    except RuntimeError as exc:
        raise BackendMissing(
            f"the motion weights in {folder} were trained for another network than "
            f"{model.name}'s; train them again."
        ) from exc
    exact = name in (ENCODER, FORESIGHT)  # small, and half a place off in half precision
    part.to(model.device, torch.float32 if exact else model.dtype)
    part.eval().requires_grad_(False)


@dataclass(frozen=True)
class Motion:
    """Sets panels in motion. Without `modules` or `path` that part is left out, to be measured;
    with `path` "straight" it is a line of tokens and a cross-fade that is drawn after. `drafted` is
    the share of timesteps that are left out because drafts are that good already."""

    model: DiffusionModel
    weights: MotionWeights
    modules: bool = True
    path: str = "predicted"
    drafted: float = 0.0

    @torch.no_grad()
    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        panels = pixels([request.first, request.last]).to(self.model.device)
        drafts, foreseen = self._foreseen(panels, request)
        drafted = encode_pixels(self.model.vae, drafts).to(self.model.dtype)
        begins = 0 if foreseen is None else int(self.drafted * request.steps)
        given = Conditions(drafted, self._text(request), foreseen, begins)
        solver = Solver(
            self.model.scheduler, request.steps, self.model.device, range(request.frames)
        )
        modules = self.weights.modules if self.modules else None

        def look() -> list[Image.Image]:
            assert solver.clean is not None  # whoever looks is told of a step first
            return self.model.colours.pictures(solver.clean.cpu())

        def told(step: int, steps: int, latents: Tensor) -> None:
            kept = Begun(step, latents, solver.state())
            watch(step, steps, Halfway(look, kept.packed))

        latents = denoise(
            self.model.unet,
            modules,
            self.weights.modules,
            solver,
            given,
            request.seed,
            told,
            Begun.unpacked(request.begun, self.model.device) if request.begun else None,
        )
        doubt = None
        if modules is not None and foreseen is not None:
            doubt = modules.trust.doubt(foreseen.drafts, latents.shape[-2:])
        return decode(self.model.vae, latents, drafts, drafted, doubt)

    def _text(self, request: Between) -> Tensor:
        """What both panels say, the one fading into the other: `(frames, words, channels)`."""
        said = [encode_prompt(self.model, prompt) for prompt in request.prompts]
        first, last = (stretch(one, common_chunks(said)) for one in said)
        parts = torch.linspace(0, 1, request.frames).view(-1, 1, 1).to(first)
        return (1 - parts) * first + parts * last

    def _foreseen(self, panels: Tensor, request: Between) -> tuple[Tensor, Foreseen | None]:
        """Drafts as large as the panels `(2, 3, height, width)`, and what else is foreseen."""
        if self.path == "none":
            return pixels(Cut().frames(request, unwatched)).to(panels), None
        if self.path == "straight":
            known = seen(self.weights.encoder, panels[:1], panels[1:])
            foreseen, plan = unforeseen(known, even_times(request.frames).to(panels))
        else:
            parts = self.weights.encoder, self.weights.foresight
            foreseen, plan = _foresee(*parts, panels, request.frames)
        return plan.between(panels[:1], panels[1:]), foreseen.of(self.model.dtype)


@dataclass(frozen=True)
class Drafts:
    """What is foreseen, and nothing drawn: at once, and blurred where something is new. Without
    `aligned` the camera counts as standing still, to be measured."""

    device: torch.device
    encoder: ImageEncoder
    foresight: Foresight
    aligned: bool = True

    @torch.no_grad()
    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        panels = pixels([request.first, request.last]).to(self.device)
        camera = None if self.aligned else CameraMove(torch.zeros(1, 3).to(panels))
        _, plan = _foresee(self.encoder, self.foresight, panels, request.frames, camera)
        made = plan.between(panels[:1], panels[1:])
        watch(1, 1)
        return pictures_of(made)


def _foresee(
    encoder: ImageEncoder,
    foresight: Foresight,
    panels: Tensor,
    frames: int,
    camera: CameraMove | None = None,
) -> tuple[Foreseen, Plan]:
    known = seen(encoder, panels[:1], panels[1:])
    return foresight.foresee(known, even_times(frames).to(panels), camera)


def open_ours(folder: Path, model: DiffusionModel, drafted: float = 0.0) -> Motion | Drafts:
    """What sets panels in motion with the weights in `folder`: modules where they are trained.

    Raises:
        BackendMissing: as `load_motion`.
    """
    if has_modules(folder):
        return Motion(model, load_motion(folder, model), drafted=drafted)
    return load_drafts(folder, model)

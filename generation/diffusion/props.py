"""What a run is given besides its plan: pictures that show its characters, pictures to start from.

A panel that starts from a picture is held at that picture, under as much of its noise as belongs to
the timestep, until its share of the drawing begins; then it goes on like the others. So the panels
it looks at are drawn as ever, and all step together (Meng et al., SDEdit, arXiv 2108.01073).
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from generation.consistency.subjects import Subjects
from generation.diffusion.adapter import Adapter
from generation.diffusion.errors import PictureUnreadable, PlanUnsupported
from generation.diffusion.model import DiffusionModel
from generation.diffusion.noise import start_noise
from generation.diffusion.pictures import encode, to_pixels
from generation.diffusion.references import References
from generation.diffusion.solver import Solver
from generation.script.plan import PlannedPanel, RenderPlan


@dataclass(frozen=True)
class Start:
    """`clean` latents of the old picture and the panel's `noise`, both `(channels, height, width)`;
    `first` is the timestep from which it is drawn."""

    clean: Tensor
    noise: Tensor
    first: int


@dataclass(frozen=True)
class Props:
    """`starts` are by stack position, `notes` say what was missing, `fingerprint` names what
    decides pixels; it is empty where there is nothing."""

    references: References | None = None
    starts: Mapping[int, Start] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fingerprint: str = ""

    def held(self, latents: Tensor, solver: Solver, step: int, panels: Sequence[int]) -> Tensor:
        """Latents `(panels, channels, height, width)` of these stack positions, with those that
        aren't drawn yet as they are at this timestep of the solver."""
        waiting = {
            row: self.starts[at]
            for row, at in enumerate(panels)
            if at in self.starts and step <= self.starts[at].first
        }
        if not waiting:
            return latents
        latents = latents.clone()
        for row, start in waiting.items():
            latents[row] = solver.noised(start.clean, start.noise, step)
        return latents

    @contextmanager
    def in_view(
        self,
        panels: Callable[[], Sequence[int]],
        subjects: Subjects | None,
        latents: tuple[int, int],
    ) -> Iterator[None]:
        """The network looks at the reference pictures inside this context. `panels` are those of
        the forward pass under way, `latents` their height and width."""
        references = self.references
        if references is None:
            yield
        elif subjects is not None:
            with references.installed(panels, subjects.masks):
                yield
        else:
            with references.installed(panels, references.expected_in(latents)):
                yield


def gather(
    model: DiffusionModel,
    plan: RenderPlan,
    pictures: Mapping[str, bytes],
    adapter: Callable[[], Adapter] | None,
) -> Props:
    """Prepare what the plan names. `pictures` are files by key; `adapter` loads the model's adapter
    where it has one.

    What is missing is noted, and the story drawn without.

    Raises:
        PictureUnreadable: one of them is no picture.
        PlanUnsupported: a panel's strength is no share.
        ModelMissing, ModelUnsupported: the adapter can't be loaded.
    """
    opened = {key: _opened(key, pictures[key]) for key in plan.pictures if key in pictures}
    references, notes = _references(model, plan, opened, adapter)
    starts = {
        at: _start(model, plan, at, opened[panel.start])
        for at, panel in enumerate(plan.panels)
        if panel.start in opened and _checked(panel).strength < 1
    }
    for at, panel in enumerate(plan.panels):
        if panel.start and panel.start not in opened:
            notes = (*notes, f"Panel {panel.number or at + 1} is drawn anew: its old one is gone.")
    used = hashlib.sha256()
    for key in sorted(opened):
        used.update(pictures[key])
    scale = references.scale if references else 0.0
    fingerprint = f"{used.hexdigest()} at {scale}" if opened else ""
    return Props(references, starts, notes, fingerprint)


def _references(
    model: DiffusionModel,
    plan: RenderPlan,
    opened: Mapping[str, Image.Image],
    adapter: Callable[[], Adapter] | None,
) -> tuple[References | None, tuple[str, ...]]:
    """And what there is to say about them."""
    shown = {
        one.name: one.reference for panel in plan.panels for one in panel.subjects if one.reference
    }
    if not shown:
        return None, ()
    if adapter is None:
        names = ", ".join(shown)
        return None, (f"{model.name} can't look at pictures, so not at those of {names}.",)
    lost = [name for name, key in shown.items() if key not in opened]
    notes = (f"The reference picture of {', '.join(lost)} is gone.",) if lost else ()
    if len(lost) == len(shown):
        return None, notes
    return References(adapter(), model, plan, opened), notes


def _start(model: DiffusionModel, plan: RenderPlan, at: int, picture: Image.Image) -> Start:
    fitted = ImageOps.fit(picture, (plan.width, plan.height), Image.Resampling.LANCZOS)
    clean = encode(model.vae, to_pixels(fitted)[None])[0].to(model.device, model.dtype)
    seeds = [panel.seed for panel in plan.panels]
    noise = start_noise(seeds, clean.shape, plan.shared_noise, plan.seed)[at]
    drawn = max(1, int(plan.steps * plan.panels[at].strength))
    return Start(clean, noise.to(clean), plan.steps - drawn)


def _checked(panel: PlannedPanel) -> PlannedPanel:
    if not 0 < panel.strength <= 1:
        raise PlanUnsupported(
            f"the strength is a share of the drawing, over 0 and up to 1, not {panel.strength}"
        )
    return panel


def _opened(key: str, data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data))
        return picture.convert("RGB")
    except (UnidentifiedImageError, OSError) as exc:
        raise PictureUnreadable(key) from exc

"""The artist's second trade: clips of panels that are drawn already.

Frames are drawn and the film is cut and encoded in one go, in the artist's process: it has the turn
anyway, and hears between two frames that it is to stop, so that pictures need not wait for it. The
press, which letters pages meanwhile, isn't kept from it.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from generation.clips.assemble import ClipPanel, Cutter, Wishes
from generation.clips.backends import open_motion, open_without_model
from generation.clips.developing import developing
from generation.clips.errors import BackendMissing
from generation.clips.fit import mp4_within
from generation.clips.stepwise import Step, stepwise
from generation.clips.tape import Tape
from generation.clips.tween import Between, Stopped, Tweener, tween
from generation.diffusion.model import DiffusionModel
from generation.pages.compose import page_alt_text
from generation.script.graph import timesteps
from generation.script.motions import WITHOUT_MODEL, read_motion_models
from generation.script.plan import ClipPlan, RenderPlan
from generation.studio.events import (
    Cancelled,
    Checkpoint,
    ClipMade,
    Event,
    Order,
    Preview,
    Progress,
    Started,
)
from generation.studio.failures import PictureLost
from generation.studio.memory import peak_memory
from generation.studio.wire import Drawn

PREVIEW_QUALITY = 80  # JPEG

log = logging.getLogger(__name__)


@dataclass
class FilmMaker:
    """Makes one clip at a time. `network` gives the image model of a name, loaded."""

    models_file: Path
    motion_file: Path
    network: Callable[[str], DiffusionModel]
    preview_interval: float
    checkpoint_interval: float
    cutter: Cutter = field(default_factory=Cutter)

    def make(self, order: Order, stopped: Callable[[], bool]) -> Iterator[Event | Drawn]:
        """All events of the order of a clip. `stopped` is asked between two steps or frames.

        Raises:
            PictureLost: one of its panels isn't there.
            ClipError, CatalogueError, DiffusionError: it can't be made.
        """
        began = time.perf_counter()
        shoot = Shoot(order, self._tweener(_clip(order.plan).motion), stopped)
        loaded = time.perf_counter()
        yield Started(shoot.step, shoot.steps)
        first = shoot.step
        try:
            yield from self._draw(shoot)
            drawn = time.perf_counter()
            film = self._cut(shoot)
        except Stopped:
            yield Checkpoint(shoot.step, shoot.tape.checkpoint())
            yield Cancelled(shoot.step)
            return
        yield ClipMade(film, page_alt_text(list(order.plan.panels)))
        yield Drawn(
            seconds={
                "load": loaded - began,
                "frames": drawn - loaded,
                "film": time.perf_counter() - drawn,
            },
            peak_memory=peak_memory(),
            micro_batch=_clip(order.plan).frames,
            steps_drawn=shoot.steps - first,
        )

    def _draw(self, shoot: Shoot) -> Iterator[Event]:
        """Progress, previews and checkpoints until all frames are drawn."""
        shown, saved = float("-inf"), time.monotonic()
        while not shoot.done:
            began = time.monotonic()
            for step in shoot.transition():
                now = time.monotonic()
                yield Progress(shoot.step, shoot.steps, now - began)
                if step.halfway is not None and now - shown >= self.preview_interval:
                    yield Preview(shoot.step, _jpeg(shoot.preview(step.halfway.look())))
                    shown = time.monotonic()
                if step.halfway is not None and now - saved >= self.checkpoint_interval:
                    yield Checkpoint(shoot.step, shoot.tape.checkpoint())
                    saved = now
                began = time.monotonic()
            now = time.monotonic()
            if now - saved >= self.checkpoint_interval and not shoot.done:
                yield Checkpoint(shoot.step, shoot.tape.checkpoint())
                saved = now
            if now - shown >= self.preview_interval or shoot.done:
                yield Preview(shoot.step, _jpeg(shoot.preview()))
                shown = now

    def _cut(self, shoot: Shoot) -> bytes:
        """Raises:
        Stopped
        """
        plan, clip = shoot.plan, _clip(shoot.plan)
        panels = [
            ClipPanel(picture, panel.lettering if clip.burnt_in else (), panel.characters)
            for picture, panel in zip(shoot.pictures, plan.panels, strict=True)
        ]
        wishes = Wishes(clip.fps, clip.burnt_in, plan.title, plan.credits)
        film = self.cutter.assemble(panels, shoot.transitions(), wishes)
        written = mp4_within(film, clip.limit, each_frame=shoot.go_on)
        log.info("a clip of %.1f s as %s, try %d", film.seconds, written.quality, written.tries)
        return written.data

    def _tweener(self, name: str) -> Tweener:
        if name in WITHOUT_MODEL:
            return open_without_model(name)
        entries = read_motion_models(self.motion_file)
        if name not in entries:
            raise BackendMissing(f"there is no motion '{name}' in {self.motion_file}.")
        return open_motion(entries[name], self.motion_file, self.models_file, self.network)


class Shoot:
    """The frames of one clip: those that are drawn, and the way to the next."""

    def __init__(self, order: Order, tweener: Tweener, stopped: Callable[[], bool]) -> None:
        """Raises:
        PictureLost
        """
        self.plan = order.plan
        self.tape = Tape.of(order.plan, order.checkpoint)
        self.pictures = [_picture(order, key) for key in _clip(order.plan).pictures]
        self.steps = timesteps(order.plan)
        self.step = len(self.tape.transitions) * _clip(order.plan).steps + self.tape.begun_step
        self._tweener = tweener
        self._stopped = stopped

    @property
    def done(self) -> bool:
        return len(self.tape.transitions) == len(self.pictures) - 1

    def go_on(self) -> None:
        """Raises:
        Stopped: nobody wants it any more, or others come first.
        """
        if self._stopped():
            raise Stopped

    def transition(self) -> Generator[Step]:
        """Draw the next one; each step is yielded.

        Raises:
            Stopped
        """
        self.go_on()
        request, clip = self._request(), _clip(self.plan)
        before = len(self.tape.transitions) * clip.steps
        work = stepwise(lambda watch: tween(self._tweener, request, watch))
        while True:
            try:
                step = next(work)
            except StopIteration as ended:
                self.tape = self.tape.longer(ended.value)
                self.step = before + clip.steps
                return
            # What was asked for and what is made may differ: Wan's solver makes one more, say.
            made = min(clip.steps, round(clip.steps * step.step / step.steps))
            self.step = before + made
            if step.halfway is not None and made < clip.steps:
                self.tape = self.tape.halfway(made, step.halfway.keep())
            yield step
            if step.step == step.steps:
                continue  # what is left is short, and would be lost
            try:
                self.go_on()
            except Stopped:
                work.close()
                self.step = before + self.tape.begun_step
                raise

    def transitions(self) -> list[list[Image.Image]]:
        """Those that are drawn, each with both of its panels."""
        return [
            self.tape.frames(at, self.pictures[at], self.pictures[at + 1])
            for at in range(len(self.tape.transitions))
        ]

    def preview(self, frames: Sequence[Image.Image] = ()) -> Image.Image:
        """`frames` are those of the transition that is being drawn."""
        rows = self.transitions()
        if frames:
            at = len(rows)
            rows.append([self.pictures[at], *frames[1:-1], self.pictures[at + 1]])
        return developing(rows, self.pictures)

    def _request(self) -> Between:
        at, clip = len(self.tape.transitions), _clip(self.plan)
        first, last = self.plan.panels[at : at + 2]
        return Between(
            self.pictures[at],
            self.pictures[at + 1],
            (first.prompt, last.prompt),
            clip.frames,
            clip.steps,
            last.seed,
            self.tape.begun,
        )


def _clip(plan: RenderPlan) -> ClipPlan:
    assert plan.clip is not None  # only such plans come here
    return plan.clip


def _picture(order: Order, key: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(order.pictures[key])).convert("RGB")
    except (KeyError, OSError, UnidentifiedImageError) as exc:
        raise PictureLost(key) from exc


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=PREVIEW_QUALITY)
    return buffer.getvalue()

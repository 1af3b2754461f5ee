"""The artist: draws a plan as a stream of events. Lives in a worker process, where torch is.

It holds one model warm: the one it drew with last.
"""

import gc
import io
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from PIL import Image

from generation.consistency.install import NoSuchLayers
from generation.consistency.masks import PanelMasks
from generation.diffusion.errors import CheckpointMismatch
from generation.diffusion.lockstep import LockStep
from generation.diffusion.memory import Developing, advance
from generation.diffusion.preview import cell_of, fitted, grid
from generation.drift.check import DriftCheck, Judged
from generation.pages.export import to_png
from generation.pages.whereabouts import Box
from generation.script.catalogue import read_models
from generation.script.plan import PlannedPanel
from generation.studio.easel import Easel
from generation.studio.events import (
    Cancelled,
    Checkpoint,
    Event,
    Order,
    PanelDrawn,
    Preview,
    Progress,
    Started,
)
from generation.studio.failures import UnknownModel, failure
from generation.studio.memory import peak_memory
from generation.studio.wire import Drawn

if TYPE_CHECKING:
    from generation.studio.filming import FilmMaker

PREVIEW_QUALITY = 80  # JPEG; a preview is looked at for three seconds


log = logging.getLogger(__name__)


class Artist:
    """Draws one order at a time."""

    def __init__(
        self,
        models_file: Path,
        motion_file: Path | None = None,
        *,
        preview_interval: float,
        checkpoint_interval: float,
    ) -> None:
        """`motion_file`: what sets clips in motion; otherwise beside the models."""
        self._models_file = models_file
        self._motion_file = motion_file or models_file.parent / "motion.toml"
        self._preview_interval = preview_interval
        self._checkpoint_interval = checkpoint_interval
        self._warm: Easel | None = None
        self._begun: list[LockStep] = []  # not ended; all but the last rest

    def warm_up(self, name: str) -> None:
        """Load that model before it is asked for; when that fails, it fails again when it is."""
        try:
            self.easel(name)
        except Exception:
            log.exception("the model %s can't be loaded", name)

    def draw(self, order: Order, stopped: Callable[[], bool]) -> Iterator[Event | Drawn | None]:
        """All events up to the last picture, and None where there is nothing to tell and others may
        have their turn. `stopped` is asked before each step.

        Errors don't leave: they are logged, and the last event is `Failed`.
        """
        try:
            carry_out = self._draw if order.plan.clip is None else self._film_maker.make
            yield from carry_out(order, stopped)
        except Exception as exc:
            failed = failure(exc, "drawing", NoSuchLayers)
            # What is refused explains itself; anything else is for the developers.
            log.warning("render %d: %s", order.render, exc, exc_info=failed.retryable)
            yield failed

    def _draw(self, order: Order, stopped: Callable[[], bool]) -> Iterator[Event | Drawn | None]:
        began = time.perf_counter()
        easel = self.easel(order.plan.model)
        load = time.perf_counter() - began
        for run in self._begun:
            run.rest()
        with easel.run(order) as run, self._under_way(run):
            first = _resume(run, order)
            yield Started(first, run.steps)
            yield from self._steps(run, stopped)
            developing = Developing(run)
            check = easel.check(order, run)
            yield from self._pictures(run, developing, check, stopped)
            if stopped():
                yield Cancelled(run.step)
                return
            spent = Counter(run.seconds)
            spent.update(check.seconds if check else {})
            yield Drawn(
                seconds={"load": load, **spent},
                peak_memory=peak_memory(),
                micro_batch=run.frugality.micro_batch,
                steps_drawn=run.steps - first,
                notes=(*run.notes, *developing.notes, *(check.notes if check else ())),
            )

    @contextmanager
    def _under_way(self, run: LockStep) -> Iterator[None]:
        self._begun.append(run)
        try:
            yield
        finally:
            self._begun.remove(run)

    @cached_property
    def _film_maker(self) -> "FilmMaker":
        # imported here: most artists never make a film, and FFmpeg's libraries are large
        from generation.studio.filming import FilmMaker

        return FilmMaker(
            self._models_file,
            self._motion_file,
            lambda name: self.easel(name).network,
            self._preview_interval,
            self._checkpoint_interval,
        )

    def _steps(self, run: LockStep, stopped: Callable[[], bool]) -> Iterator[Event]:
        """The first preview comes after the first step, the first checkpoint after an interval."""
        shown = float("-inf")
        saved = time.monotonic()
        while not run.done and not stopped():
            began = time.monotonic()
            advance(run)
            now = time.monotonic()
            yield Progress(run.step, run.steps, now - began)
            if now - saved >= self._checkpoint_interval:
                yield Checkpoint(run.step, run.checkpoint())
                saved = now
            if not run.done and now - shown >= self._preview_interval:
                yield Preview(run.step, _jpeg(run.preview()))
                shown = time.monotonic()

    def _pictures(
        self,
        run: LockStep,
        developing: Developing,
        check: DriftCheck | None,
        stopped: Callable[[], bool],
    ) -> Iterator[Event | None]:
        """Of every stack position, then the last preview, which is made of them: it is looked at
        while the pages are lettered."""
        pictures: list[Image.Image] = []
        while len(pictures) < len(run.plan.panels) and not stopped():
            pictures.append(developing.picture(len(pictures)))
            yield None
        if stopped():
            return
        judged = [Judged(picture) for picture in pictures]
        again = check.begin(pictures) if check else None
        if check and again:
            with again, self._under_way(again):
                while not again.done and not stopped():
                    advance(again)
                    yield None
                if stopped():
                    return
                judged = check.choose(pictures, again)
        yield from _drawn(run, judged)

    def easel(self, name: str) -> Easel:
        """That model: the one at hand, or loaded in its place.

        Raises:
            CatalogueError: the catalogue can't be read.
            UnknownModel: it has no such model.
            DiffusionError: the model can't be loaded.
        """
        models = read_models(self._models_file)
        if name not in models:
            raise UnknownModel(f"There is no model {name!r} here, only {', '.join(models)}.")
        if self._warm is None or self._warm.entry != models[name]:
            self._warm = None  # make room before the next one comes
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()  # or it would count as taken when the next is laid out
            self._warm = Easel(models[name], self._models_file.parent)
        return self._warm


def set_threads(threads: int) -> None:
    """Limit torch to that many threads; 0 leaves its choice, one per core."""
    if threads:
        torch.set_num_threads(threads)


def _resume(run: LockStep, order: Order) -> int:
    """The step from which drawing goes on. A checkpoint that doesn't fit (of another version, say)
    costs time, not the story."""
    if order.checkpoint is not None:
        try:
            run.restore(order.checkpoint)
        except CheckpointMismatch as exc:
            log.warning("render %d is drawn from the beginning: %s", order.render, exc)
    return run.step


def _drawn(run: LockStep, judged: Sequence[Judged]) -> Iterator[Event]:
    masks = run.masks
    for position, (panel, one) in enumerate(zip(run.plan.panels, judged, strict=True)):
        known = masks and one.seed is None  # or they are of another drawing
        places = _places(masks[position], panel) if known else {}
        yield PanelDrawn(position, to_png(one.picture, places), one.seed)
    panels = zip(run.plan.panels, judged, strict=True)
    shown = [one.picture for panel, one in panels if panel.number is not None]
    if shown:
        cell = cell_of(len(shown))
        yield Preview(run.step, _jpeg(grid([fitted(one, cell) for one in shown])))


def _places(masks: PanelMasks, panel: PlannedPanel) -> dict[str, Box]:
    """Where the subjects of a panel are, as far as they were seen."""
    boxes = {one.name: masks.box(at) for at, one in enumerate(panel.subjects)}
    return {name: Box(*box) for name, box in boxes.items() if box is not None}


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=PREVIEW_QUALITY)
    return buffer.getvalue()

"""A model at work, with all that belongs to it; each part is loaded when it is first needed."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from generation.diffusion.adapter import Adapter, load_adapter
from generation.diffusion.loading import load_model
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.props import gather
from generation.drift.check import DriftCheck
from generation.drift.eyes import Eye, load_eye
from generation.script.catalogue import Model
from generation.script.plan import RenderPlan
from generation.studio.events import Order


class Easel:
    """Of one entry of the catalogue in `folder`."""

    def __init__(self, entry: Model, folder: Path) -> None:
        """Raises:
        DiffusionError: the model can't be loaded.
        """
        self.entry = entry
        self._folder = folder
        self.network: DiffusionModel = load_model(entry, folder)

    def run(self, order: Order, plan: RenderPlan | None = None) -> LockStep:
        """A run of the order's plan, or of another one with the same pictures.

        Raises:
            DiffusionError: the plan can't be drawn, a picture can't be read, the adapter or the
                likeness encoder can't be loaded.
        """
        plan = plan or order.plan
        adapter = (lambda: self._adapter) if self.entry.ip_adapter else None
        props = gather(self.network, plan, order.pictures, adapter)
        return LockStep(self.network, plan, props)

    def check(self, order: Order, run: LockStep) -> DriftCheck | None:
        """Of the pictures of the order's run, which is done; None where the entry names no encoder.

        Raises:
            DiffusionError: the encoder can't be loaded.
        """
        if self._eye is None:
            return None

        def redraw(plan: RenderPlan, places: Sequence[int]) -> LockStep:
            again = self.run(order, plan)
            again.take_over(run, places)
            return again

        return DriftCheck(
            order.plan,
            self._eye,
            self.entry.likeness_least,
            redraw,
        )

    @cached_property
    def _adapter(self) -> Adapter:
        return load_adapter(self.entry, self._folder, self.network.unet)

    @cached_property
    def _eye(self) -> Eye | None:
        return load_eye(self.entry, self._folder)

"""The lock-step sampler: all panels of a story go down the noise levels together.

Inside one timestep the panels that others look at go through the network first and fill the bank
with their keys and values, then the others follow in micro-batches and read from it; then the bank
is emptied and the solver steps the whole stack. See `generation.consistency` for the attention.

A plan may instead have the panels that others look at drawn ahead, in a wave of their own; once
finished they fill the bank, which then stays for the whole of the next wave.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Self

import torch
from PIL import Image
from torch import Tensor

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.masks import PanelMasks
from generation.consistency.separation import WHOLE, Separation
from generation.diffusion.arrangement import arrange, told_shortage
from generation.diffusion.beginning import check, story_noise
from generation.diffusion.checkpoint import Frugality, Snapshot, pack, unpack
from generation.diffusion.conditioning import encode_panels
from generation.diffusion.errors import CheckpointMismatch
from generation.diffusion.model import DiffusionModel
from generation.diffusion.passing import Passing
from generation.diffusion.pictures import decode
from generation.diffusion.preview import grid
from generation.diffusion.props import Props
from generation.diffusion.waves import Waves
from generation.script.plan import RenderPlan


class LockStep:
    """One run of a plan.

        with LockStep(model, plan) as run:
            while not run.done:
                run.advance()
            pictures = run.pictures()

    To cancel, leave the context between two steps. The network is changed only inside `advance`,
    so runs on one model may take turns. `step` of `steps` timesteps are done, over all waves,
    `latents` of shape `(panels, channels, height, width)` are as they are then, `seconds` are by
    phase.
    """

    def __init__(
        self,
        model: DiffusionModel,
        plan: RenderPlan,
        props: Props | None = None,
        separation: Separation = WHOLE,
    ) -> None:
        """Encodes the texts and draws the start noise. `props` are the pictures it is given,
        `separation` what masks are used for where the plan has them.

        Raises:
            PlanUnsupported: the model can't draw the plan's size or steps, or the rate is no share.
            GraphError: the plan's references can't be drawn (see `generation.script.graph`).
        """
        check(model, plan)
        self.model = model
        self.plan = plan
        self._props = props or Props()
        self._separation = separation
        self.seconds = {"text": 0.0, "denoise": 0.0, "decode": 0.0}
        whole = f"{plan.to_json()}\n{model.fingerprint()}{self._props.fingerprint}"
        self._fingerprint = hashlib.sha256(whole.encode()).hexdigest()
        self._waves = Waves(model, plan)
        noise = story_noise(model, plan).to(model.device, model.dtype)
        self.latents = self._waves.solver.start(noise)
        size = (self.latents.shape[2], self.latents.shape[3])
        self._passing = Passing(model, plan, self._props, size)
        with self._timed("text"):
            self._texts = encode_panels(model, plan)
        self._peak_bank = 0
        most = model.policy.micro_batch or plan.micro_batch
        self._arrange(Frugality(min(plan.micro_batch, most)))

    def _arrange(self, frugality: Frugality) -> None:
        height, width = self.latents.shape[2:]
        latents = (height, width)
        self._arrangement = arrange(
            self.model, self.plan, self._texts, latents, frugality, self._separation
        )

    def shrink(self) -> bool:
        """Need less memory from the next step on. False: there is nothing left to give."""
        smaller = self._arrangement.smaller
        if smaller is None:
            return False
        masks = self._mask_state()
        self._peak_bank = self.peak_bank_bytes
        self._arrange(smaller)
        self._restore_masks(masks)
        return True

    @property
    def frugality(self) -> Frugality:
        """How it is drawn: as the plan says, or in smaller forward passes after `shrink`."""
        return self._arrangement.frugality

    @property
    def notes(self) -> tuple[str, ...]:
        """What was missing and what a lack of memory changed, for the record."""
        shortage = told_shortage(self.plan, self.frugality)
        return (*self._props.notes, *self.model.policy.notes, *shortage)

    @property
    def _attention(self) -> ConsistentSelfAttention:
        return self._arrangement.attention

    def rest(self) -> None:
        """Let go of what the next step can work out again, while another run has its turn."""
        self._attention.bank.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of everything large but the latents."""
        self._attention.bank.clear()
        self._arrangement.conditions.clear()
        self._texts.clear()

    @property
    def step(self) -> int:
        return self._waves.step

    @property
    def steps(self) -> int:
        return self._waves.steps

    @property
    def done(self) -> bool:
        return self._waves.done

    @property
    def passes(self) -> tuple[tuple[int, ...], ...]:
        """Stack positions that go through the network together, in order, at every timestep of
        their wave."""
        return tuple(scope.panels for scope in self._attention.passes)

    @property
    def peak_bank_bytes(self) -> int:
        """The most memory the bank has held."""
        return max(self._peak_bank, self._attention.bank.peak_bytes)

    @property
    def masks(self) -> list[PanelMasks]:
        """Where each panel's subjects are, as far as is known; none in a plan without masks."""
        subjects = self._attention.subjects
        return [] if subjects is None else [subjects.masks(at) for at in range(len(self.latents))]

    def advance(self) -> None:
        """One timestep of all panels of the wave under way. After an error the run is as before."""
        waves = self._waves
        with self._timed("denoise"), torch.inference_mode():
            waves.settle()
            rows = torch.tensor(waves.panels, device=self.model.device)
            latents = self.latents[rows]
            latents = self._props.held(latents, waves.solver, waves.place, waves.panels)
            scaled = waves.solver.network_input(latents, waves.place)
            self._look_at_finished()
            keep = waves.number > 0 and not waves.ending
            with self._attention.timestep(self.step, keep=keep):
                now = waves.solver.timesteps[waves.place]
                prediction = self._passing.predict(self._arrangement, waves.panels, scaled, now)
            advanced = waves.solver.advance(prediction, latents, waves.place)
            self.latents = self.latents.index_copy(0, rows, advanced)
            waves.made()
            if self._attention.subjects is not None:
                self._attention.subjects.settle()

    def _look_at_finished(self) -> None:
        """Fill the bank from the panels of earlier waves, which are as they will stay."""
        waves, attention = self._waves, self._attention
        if waves.number == 0 or not attention.bank.empty:
            return
        finished = sum(waves.groups[: waves.number], ())
        solver = waves.finished_solver()
        latents = solver.network_input(self.latents, waves.length - 1)
        # the wave's first step, so that a run that is resumed shows the same tokens
        with attention.timestep(waves.first, keep=True):
            self._passing.show(self._arrangement, finished, latents, solver.timesteps[-1])

    def take_over(self, finished: "LockStep", places: Sequence[int]) -> None:
        """Draw the last wave only: the panels of those before, which are the first of the stack,
        are as at these places in the stack of a run that is done.

        Nothing is taken over where others are in those waves too, or there is one wave: in lock
        step, panels look at others that are as noisy as they are.
        """
        if sum(self._waves.groups[:-1], ()) != tuple(range(len(places))):
            return
        with torch.inference_mode():
            drawn = [finished.latents[list(places)], self.latents[len(places) :]]
            self.latents = torch.cat(drawn)
        known = finished._attention.subjects
        if known is not None and self._attention.subjects is not None:
            self._attention.subjects.take_over(known, places)
        self._waves.go_to_last()

    def checkpoint(self) -> bytes:
        """All that is needed to go on after this step, to the same pixels."""
        solver = self._waves.solver.state()
        snapshot = Snapshot(self.step, self.latents, solver, self._mask_state(), self.frugality)
        return pack(snapshot, self._fingerprint)

    def restore(self, checkpoint: bytes) -> None:
        """Go on from a checkpoint of the same plan and model.

        Raises:
            CheckpointMismatch: it is another's, or damaged. The run is as before.
        """
        snapshot = unpack(checkpoint, self._fingerprint)
        if snapshot.latents.shape != self.latents.shape:
            raise CheckpointMismatch("the checkpoint's latents have another shape")
        device = self.model.device
        self.latents = snapshot.latents.to(device)
        state = {name: tensor.to(device) for name, tensor in snapshot.solver.items()}
        self._waves.go_to(snapshot.step, state)
        self._attention.bank.clear()
        if snapshot.frugality != self.frugality:
            self._arrange(snapshot.frugality)
        self._restore_masks(snapshot.masks)

    def preview(self) -> Image.Image:
        """A small sheet of the panels, as the solver expects them to become.

        Panels of waves to come are left out; hidden ones are shown as long as there are no others.
        """
        begun = sum(self._waves.groups[: self._waves.number + 1], ())
        shown = [at for at in sorted(begun) if self.plan.panels[at].number is not None]
        expected = self.latents.clone()
        if self._waves.solver.clean is not None and not self.done:
            expected[list(self._waves.panels)] = self._waves.solver.clean
        chosen = expected[shown or list(self._waves.panels)]
        return grid(self.model.colours.pictures(chosen.cpu()))

    def picture(self, position: int) -> Image.Image:
        """The finished picture of one stack position."""
        with self._timed("decode"):
            return decode(self.model.vae, self.latents[position])

    def pictures(self) -> list[Image.Image]:
        """All finished pictures, hidden sheet panels too, by stack position."""
        return [self.picture(position) for position in range(len(self.plan.panels))]

    def _mask_state(self) -> dict[str, Tensor]:
        subjects = self._attention.subjects
        return {} if subjects is None else subjects.state()

    def _restore_masks(self, state: Mapping[str, Tensor]) -> None:
        if self._attention.subjects is not None:
            self._attention.subjects.restore(state)

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] += perf_counter() - began

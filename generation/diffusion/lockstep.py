"""The lock-step sampler: all panels of a story go down the noise levels together.

Inside one timestep the panels that others look at go through the network first and fill the bank
with their keys and values, then the others follow in micro-batches and read from it; then the bank
is emptied and the solver steps the whole stack. See `generation.consistency` for the attention.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Self

import torch
from PIL import Image
from torch import Tensor

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.install import installed, self_attention_layers
from generation.consistency.listening import cross_attention_layers, listening
from generation.consistency.masks import PanelMasks
from generation.consistency.schedule import Group
from generation.diffusion.arrangement import arrange, told_shortage
from generation.diffusion.checkpoint import Frugality, Snapshot, pack, unpack
from generation.diffusion.conditioning import encode_panels, is_guided
from generation.diffusion.errors import CheckpointMismatch, PlanUnsupported
from generation.diffusion.guidance import guide
from generation.diffusion.model import DiffusionModel
from generation.diffusion.noise import start_noise
from generation.diffusion.pictures import decode
from generation.diffusion.preview import grid
from generation.diffusion.solver import Solver, most_steps
from generation.script.plan import RenderPlan

PREVIEW_CELL = 192  # pixels of a panel's longer side: four panels fill a phone's width


class LockStep:
    """One run of a plan.

        with LockStep(model, plan) as run:
            while not run.done:
                run.advance()
            pictures = run.pictures()

    To cancel, leave the context between two steps. The network is changed only inside `advance`,
    so runs on one model may take turns. `step` of `steps` timesteps are done, `latents` of shape
    `(panels, channels, height, width)` are as they are then, `seconds` are by phase.
    """

    def __init__(self, model: DiffusionModel, plan: RenderPlan) -> None:
        """Encodes the texts and draws the start noise.

        Raises:
            PlanUnsupported: the model can't draw the plan's size or steps, or the rate is no share.
            GraphError: the plan's references can't be drawn (see `generation.script.graph`).
        """
        _check(model, plan)
        self.model = model
        self.plan = plan
        self.seconds = {"text": 0.0, "denoise": 0.0, "decode": 0.0}
        self.step = 0
        whole = f"{plan.to_json()}\n{model.fingerprint()}"
        self._fingerprint = hashlib.sha256(whole.encode()).hexdigest()
        panel_seeds = [panel.seed for panel in plan.panels]
        self._solver = Solver(model.scheduler, plan.steps, model.device, panel_seeds)
        self.latents = self._start()
        self._layers = self_attention_layers(model.unet, model.blocks)
        self._listened = cross_attention_layers(model.unet) if plan.masks else {}
        with self._timed("text"):
            self._texts = encode_panels(model, plan)
        self._peak_bank = 0
        self._arrange(Frugality(plan.micro_batch))

    def _arrange(self, frugality: Frugality) -> None:
        height, width = self.latents.shape[2:]
        latents = (height, width)
        self._arrangement = arrange(self.model, self.plan, self._texts, latents, frugality)

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
        """What a lack of memory changed, for the record."""
        return told_shortage(self.plan, self.frugality)

    @property
    def _attention(self) -> ConsistentSelfAttention:
        return self._arrangement.attention

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of everything large but the latents."""
        self._attention.bank.clear()
        self._arrangement.conditions.clear()
        self._texts.clear()

    @property
    def steps(self) -> int:
        return len(self._solver.timesteps)

    @property
    def done(self) -> bool:
        return self.step >= self.steps

    @property
    def passes(self) -> tuple[tuple[int, ...], ...]:
        """Stack positions that go through the network together, in order, at every timestep."""
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
        """One timestep of all panels. After an error the run is as before it."""
        with self._timed("denoise"), torch.inference_mode():
            scaled = self._solver.network_input(self.latents, self.step)
            prediction = torch.empty_like(self.latents)
            with self._consistent():
                for number, members in enumerate(self.passes):
                    rows = torch.tensor(members, device=prediction.device)
                    prediction[rows] = self._predict(number, scaled[rows])
            self.latents = self._solver.advance(prediction, self.latents, self.step)
            self.step += 1
            if self._attention.subjects is not None:
                self._attention.subjects.settle()

    @contextmanager
    def _consistent(self) -> Iterator[None]:
        """The network as it is within a timestep."""
        attention = self._attention
        with ExitStack() as changes:
            changes.enter_context(installed(self._layers, attention))
            if attention.subjects is not None:
                ears = listening(self._listened, attention.subjects, self._under_way)
                changes.enter_context(ears)
            changes.enter_context(attention.timestep(self.step))
            yield

    def _under_way(self) -> Group:
        """The panels of the forward pass that is being made."""
        scope = self._attention.current
        return () if scope is None else scope.panels

    def _predict(self, number: int, latents: Tensor) -> Tensor:
        """The network's guided prediction for one forward pass, `(panels, channels, h, w)`."""
        self._attention.enter(number)
        told = self._arrangement.conditions[number]
        halves = len(told.tokens) // len(latents)
        prediction: Tensor = self.model.unet(
            latents.repeat(halves, 1, 1, 1),
            self._solver.timesteps[self.step],
            encoder_hidden_states=told.tokens,
            added_cond_kwargs=told.added,
            return_dict=False,
        )[0]
        if not is_guided(self.plan):
            return prediction
        return guide(prediction, self.plan.guidance, self.model.guidance_rescale)

    def checkpoint(self) -> bytes:
        """All that is needed to go on after this step, to the same pixels."""
        snapshot = Snapshot(
            self.step, self.latents, self._solver.state(), self._mask_state(), self.frugality
        )
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
        self.step = snapshot.step
        state = {name: tensor.to(device) for name, tensor in snapshot.solver.items()}
        self._solver.restore(snapshot.step, state)
        if snapshot.frugality != self.frugality:
            self._arrange(snapshot.frugality)
        self._restore_masks(snapshot.masks)

    def preview(self) -> Image.Image:
        """A small sheet of the shown panels, as the solver expects them to become."""
        clean = self._solver.clean
        latents = self.latents if clean is None or self.done else clean
        shown = [place for place, panel in enumerate(self.plan.panels) if panel.number is not None]
        return grid(self.model.colours.pictures(latents[shown].cpu()), PREVIEW_CELL)

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

    def _start(self) -> Tensor:
        unit = self.model.pixels_per_latent
        shape = (
            self.model.unet.config.in_channels,
            self.plan.height // unit,
            self.plan.width // unit,
        )
        seeds = [panel.seed for panel in self.plan.panels]
        noise = start_noise(seeds, shape, self.plan.shared_noise, self.plan.seed)
        return self._solver.start(noise.to(self.model.device, self.model.dtype))

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] += perf_counter() - began


def _check(model: DiffusionModel, plan: RenderPlan) -> None:
    unit = model.pixels_per_latent
    if not plan.panels:
        raise PlanUnsupported("the plan has no panels")
    if plan.width % unit or plan.height % unit:
        size = f"{plan.width} x {plan.height}"
        raise PlanUnsupported(f"{model.name} draws multiples of {unit} pixels, not {size}")
    most = most_steps(model.scheduler)
    if not 1 <= plan.steps <= most:
        raise PlanUnsupported(f"{model.name} draws in 1 to {most} steps, not {plan.steps}")
    if not 0 < plan.rate <= 1:
        raise PlanUnsupported(f"the rate is a share of tokens, over 0 and up to 1, not {plan.rate}")

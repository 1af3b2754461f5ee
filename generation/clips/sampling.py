"""Denoises the frames between two panels, whose own latents stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load, save
from torch import Tensor

from generation.clips.foresight import Foreseen
from generation.clips.modules import MotionModules, words_alone
from generation.clips.semantics import even_times
from generation.clips.trust import Noised
from generation.diffusion.solver import Solver
from generation.toon.sharing import Sharing, group_attention

COMMON = 0.5  # share of the noise that all frames have in common: less flicker


@dataclass(frozen=True)
class Conditions:
    """What the frames of one clip are drawn from: latents `(frames, channels, height, width)` of
    what is `drafted` of them, with both ends as they are; `text` `(frames, words, channels)`; what
    is `foreseen` of them, or None. The first `drafted_steps` timesteps are left out: then drafts
    are begun from instead of noise alone (Meng et al. 2021, arXiv 2108.01073).
    """

    drafted: Tensor
    text: Tensor
    foreseen: Foreseen | None
    drafted_steps: int = 0


@dataclass(frozen=True)
class Begun:
    """A clip after `step` timesteps: its latents, and what its solver remembers."""

    step: int
    latents: Tensor
    solver: Mapping[str, Tensor]

    def packed(self) -> bytes:
        tensors = {f"solver {name}": one for name, one in self.solver.items()}
        tensors |= {"latents": self.latents, "step": torch.tensor(self.step)}
        blob: bytes = save({name: one.cpu().contiguous() for name, one in tensors.items()})
        return blob

    @staticmethod
    def unpacked(blob: bytes, device: torch.device) -> Begun:
        tensors = {name: one.to(device) for name, one in load(blob).items()}
        step, latents = int(tensors.pop("step")), tensors.pop("latents")
        solver = {name.removeprefix("solver "): one for name, one in tensors.items()}
        return Begun(step, latents, solver)


Told = Callable[[int, int, Tensor], None]  # the step that is done, how many there are, latents


@contextmanager
def video_network(
    unet: UNet2DConditionModel,
    modules: MotionModules | None,
    times: Tensor,
    words: int,
    foreseen: Foreseen | None = None,
) -> Iterator[None]:
    """Inside the block the image network draws clips with frames at `times`, each of which looks at
    both ends (consistent self-attention) and at what is `foreseen` of it, if it is given to
    `modules`; the network is the same as before afterwards."""
    with ExitStack() as stack:
        stack.enter_context(words_alone(unet, words))
        attention = stack.enter_context(group_attention(unet))
        stack.enter_context(attention.among(looking_at_ends(len(times))))
        if modules is not None:
            stack.enter_context(modules.installed(unet, times, foreseen))
        yield


def looking_at_ends(frames: int) -> Sharing:
    """Every frame looks at all of the first and the last; those look only at themselves (tokens
    that are there two or three times are attended to as if they were there once)."""
    references = torch.tensor([[0, frames - 1]] * frames)
    references[0] = 0
    references[-1] = frames - 1
    return Sharing(references, 1.0, torch.Generator().manual_seed(0))


def clip_noise(clips: int, like: Tensor, generator: torch.Generator) -> Tensor:
    """Noise `(clips * frames, ...)` shaped as `like`, partly the same in all frames of a clip."""
    frames = len(like) // clips
    own = torch.randn(like.shape, generator=generator)
    common = torch.randn((clips, *like.shape[1:]), generator=generator)
    shared = common.repeat_interleave(frames, dim=0)
    noise: Tensor = COMMON**0.5 * shared + (1 - COMMON) ** 0.5 * own
    return noise


def pinned_times(timesteps: Tensor, frames: int) -> Tensor:
    """Timesteps `(clips,)` for every frame `(clips * frames,)`: the ends are clean already."""
    times = timesteps.repeat_interleave(frames)
    places = torch.arange(len(times), device=times.device) % frames
    return times.masked_fill((places == 0) | (places == frames - 1), 0)


@torch.no_grad()
def denoise(
    unet: UNet2DConditionModel,
    modules: MotionModules | None,
    projection: MotionModules | None,
    solver: Solver,
    given: Conditions,
    seed: int,
    told: Told,
    begun: Begun | None = None,
) -> Tensor:
    """Latents of all frames, the ends those that were given. `projection` brings the tokens
    into the text's space; it is `modules` but where their parts are measured one by one. `begun`:
    from there on, to the same latents."""
    frames, words, _ = given.text.shape
    kind = solver.scheduler.config.prediction_type
    context = given.text
    if given.foreseen is not None and projection is not None:
        context = projection.beside(given.text, given.foreseen)
    noise = clip_noise(1, given.drafted, torch.Generator().manual_seed(seed)).to(given.drafted)
    first, latents = _begun(solver, given, noise, begun)
    with video_network(unet, modules, even_times(frames), words, given.foreseen):
        for step, timestep in enumerate(solver.timesteps[first:], first):
            scaled = _pinned(solver.network_input(latents, step), given.drafted)
            times = pinned_times(timestep[None], frames)
            prediction = unet(scaled, times, encoder_hidden_states=context).sample
            if modules is not None and given.foreseen is not None:
                noised = Noised(scaled, solver.signal(step).expand(frames))
                known = given.drafted, given.foreseen.drafts
                prediction = modules.trust(prediction, noised, kind, *known)
            latents = _pinned(solver.advance(prediction, latents, step), given.drafted)
            told(step + 1, len(solver.timesteps), latents)
    return latents


def _begun(
    solver: Solver, given: Conditions, noise: Tensor, begun: Begun | None
) -> tuple[int, Tensor]:
    """The number of the first step that is left, and the latents before it."""
    if begun is not None:
        solver.restore(begun.step, begun.solver)
        return begun.step, begun.latents
    step = given.drafted_steps
    if step == 0:
        return 0, _pinned(solver.start(noise), given.drafted)
    solver.begin(step)
    pairs = zip(given.drafted, noise, strict=True)
    noised = torch.stack([solver.noised(clean, one, step) for clean, one in pairs])
    return step, _pinned(noised, given.drafted)


def _pinned(latents: Tensor, known: Tensor) -> Tensor:
    return torch.cat([known[:1], latents[1:-1], known[-1:]])

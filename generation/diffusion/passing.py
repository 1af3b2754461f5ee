"""The forward passes of a timestep: panels through the network, looking at each other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.install import installed, self_attention_layers
from generation.consistency.listening import cross_attention_layers, listening
from generation.consistency.schedule import Group
from generation.diffusion.arrangement import Arrangement
from generation.diffusion.conditioning import is_guided
from generation.diffusion.guidance import guide
from generation.diffusion.model import DiffusionModel
from generation.diffusion.props import Props
from generation.script.plan import RenderPlan


class Passing:
    """Of one run. The network is changed only inside `predict` and `show`, which are called within
    a timestep of the arrangement's attention."""

    def __init__(
        self, model: DiffusionModel, plan: RenderPlan, props: Props, size: tuple[int, int]
    ) -> None:
        """`size` is the latents' height and width."""
        self._model = model
        self._plan = plan
        self._props = props
        self._size = size
        self._layers = self_attention_layers(model.unet, model.blocks)
        self._listened = cross_attention_layers(model.unet) if plan.masks else {}

    def predict(
        self, arrangement: Arrangement, panels: Group, latents: Tensor, timestep: Tensor
    ) -> Tensor:
        """The network's guided prediction for these panels' latents, of the same shape; where their
        subjects are is heard on the way."""
        attention = arrangement.attention
        prediction = torch.empty_like(latents)
        with ExitStack() as changes:
            changes.enter_context(self._looking(attention))
            if attention.subjects is not None:
                ears = listening(self._listened, attention.subjects, _under_way(attention))
                changes.enter_context(ears)
            for number, members in _passes_of(arrangement, panels):
                places = torch.tensor([panels.index(at) for at in members], device=latents.device)
                prediction[places] = self._pass(arrangement, number, latents[places], timestep)
        return prediction

    def show(
        self, arrangement: Arrangement, panels: Group, latents: Tensor, timestep: Tensor
    ) -> None:
        """Fill the bank from panels that others look at; `latents` are of the whole stack."""
        with self._looking(arrangement.attention):
            for number, members in _passes_of(arrangement, panels):
                if arrangement.attention.passes[number].shown:
                    rows = torch.tensor(members, device=latents.device)
                    self._pass(arrangement, number, latents[rows], timestep)

    @contextmanager
    def _looking(self, attention: ConsistentSelfAttention) -> Iterator[None]:
        """The network looks at pictures, and panels look at each other."""
        pictures = self._props.in_view(_under_way(attention), attention.subjects, self._size)
        with pictures, installed(self._layers, attention):
            yield

    def _pass(
        self, arrangement: Arrangement, number: int, latents: Tensor, timestep: Tensor
    ) -> Tensor:
        """The guided prediction of one forward pass, `(panels, channels, h, w)`."""
        arrangement.attention.enter(number)
        told = arrangement.conditions[number]
        halves = len(told.tokens) // len(latents)
        prediction: Tensor = self._model.unet(
            latents.repeat(halves, 1, 1, 1),
            timestep,
            encoder_hidden_states=told.tokens,
            added_cond_kwargs=told.added,
            return_dict=False,
        )[0]
        if not is_guided(self._plan):
            return prediction
        return guide(prediction, self._plan.guidance, self._model.guidance_rescale)


def _passes_of(arrangement: Arrangement, panels: Group) -> Iterator[tuple[int, Group]]:
    """The forward passes of these panels, with their numbers."""
    for number, scope in enumerate(arrangement.attention.passes):
        if scope.panels[0] in panels:
            yield number, scope.panels


def _under_way(attention: ConsistentSelfAttention) -> Callable[[], Group]:
    """Tells the panels of the forward pass that is being made."""
    return lambda: () if attention.current is None else attention.current.panels

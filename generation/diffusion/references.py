"""Reference pictures in a run: each character looks as in its own picture, where it is drawn.

Cross-attention gets a second part for every subject that has a picture: its queries attend to the
picture's tokens, and what they find is added where the subject is, and nowhere else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from diffusers.models.attention_processor import Attention
from PIL import Image
from torch import Tensor

from generation.consistency.masks import PanelMasks, grid_of
from generation.consistency.processor import Processor, attend
from generation.diffusion.adapter import Adapter
from generation.diffusion.model import DiffusionModel
from generation.script.plan import PlannedPanel, RenderPlan

MasksOf = Callable[[int, int], PanelMasks]  # of a panel, at a layer with so many tokens


@dataclass(frozen=True)
class Told:
    """What a picture says to one layer: keys and values `(2, tokens, channels)`, without a picture
    and with it."""

    keys: Tensor
    values: Tensor


class References:
    """The pictures of a plan's characters, as its network understands them."""

    def __init__(
        self,
        adapter: Adapter,
        model: DiffusionModel,
        plan: RenderPlan,
        pictures: Mapping[str, Image.Image],
    ) -> None:
        """Looks at every picture once. `pictures` by key; subjects whose picture isn't among them
        have none."""
        self.scale = adapter.scale
        self.layers = {
            name: module
            for name, module in model.unet.named_modules()
            if isinstance(module, Attention) and name in adapter.keys
        }
        wanted = {key for panel in plan.panels for key in _shown(panel, pictures).values()}
        self._told = {key: _told(adapter, model, pictures[key]) for key in sorted(wanted)}
        self.subjects = [_shown(panel, pictures) for panel in plan.panels]
        self._panels = plan.panels

    def said(self, panel: int, layer: str) -> list[tuple[int, Told]]:
        """The subjects of a panel that have a picture, with what it says."""
        return [(at, self._told[key][layer]) for at, key in self.subjects[panel].items()]

    def expected_in(self, latents: tuple[int, int]) -> MasksOf:
        """Where subjects are as far as the plan knows, for runs that don't listen for them.
        `latents` is their height and width."""

        def masks(panel: int, tokens: int) -> PanelMasks:
            strips = torch.tensor([one.strip for one in self._panels[panel].subjects])
            return PanelMasks.expected(strips.double().view(-1, 2), *grid_of(tokens, *latents))

        return masks

    @contextmanager
    def installed(self, panels: Callable[[], Sequence[int]], masks: MasksOf) -> Iterator[None]:
        """The network looks at the pictures inside this context and is as before after it.

        `panels` are those of the forward pass under way.
        """
        originals = {name: layer.processor for name, layer in self.layers.items()}
        try:
            for name, layer in self.layers.items():
                looking = ReferenceProcessor(name, self, originals[name], panels, masks)
                layer.set_processor(looking)
            yield
        finally:
            for name, layer in self.layers.items():
                layer.set_processor(originals[name])


class ReferenceProcessor:
    """Attention processor of one cross-attention layer.

    A pass whose panels have no pictures is left to `original`.
    """

    def __init__(
        self,
        layer: str,
        references: References,
        original: Processor,
        panels: Callable[[], Sequence[int]],
        masks: MasksOf,
    ) -> None:
        self.layer = layer
        self.references = references
        self.original = original
        self._panels = panels
        self._masks = masks

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        *args: object,
        **kwargs: object,
    ) -> Tensor:
        """`hidden_states` is `(halves * panels, tokens, channels)`, unconditional half first."""
        panels = self._panels()
        said = [self.references.said(panel, self.layer) for panel in panels]
        if not any(said):
            return self.original(attn, hidden_states, encoder_hidden_states, *args, **kwargs)
        query = attn.to_q(hidden_states)
        keys, values = attn.to_k(encoder_hidden_states), attn.to_v(encoder_hidden_states)
        out = attend(query, keys, values, attn.heads)
        # (halves * panels, ...) -> (halves, panels, ...)
        by_half = (-1, len(panels), *query.shape[1:])
        query, added = query.view(by_half), out.view(by_half)
        for row, (panel, subjects) in enumerate(zip(panels, said, strict=True)):
            for subject, told in subjects:
                sides = slice(2 - len(query), None)  # unguided, only what the picture says counts
                seen = attend(query[:, row], told.keys[sides], told.values[sides], attn.heads)
                where = self._masks(panel, query.shape[2]).regions.flatten() == subject
                weight = self.references.scale * where.to(seen).unsqueeze(1)
                added[:, row] += weight * seen
        projected: Tensor = attn.to_out[1](attn.to_out[0](out))
        return projected


def _shown(panel: PlannedPanel, pictures: Mapping[str, Image.Image]) -> dict[int, str]:
    """Keys of the pictures of its subjects that are there, by the subject's place."""
    return {
        at: subject.reference
        for at, subject in enumerate(panel.subjects)
        if subject.reference in pictures
    }


def _told(adapter: Adapter, model: DiffusionModel, picture: Image.Image) -> dict[str, Told]:
    tokens = adapter.tokens(picture)
    with torch.inference_mode():
        return {
            name: Told(
                adapter.keys[name](tokens).to(model.device, model.dtype),
                adapter.values[name](tokens).to(model.device, model.dtype),
            )
            for name in adapter.keys
        }

"""Listen to cross-attention: which words of its prompt does each place of a panel attend to?

Queries and keys are overheard where the layer's own projections make them, so the layer computes
what it always did, to the bit, whatever processor it has.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch import Tensor, nn

from generation.consistency.subjects import Subjects

_UP_OR_DOWN = re.compile(r"(down|up)_blocks\.(\d+)\.")
FINEST = 1  # level of the feature maps from which words are told apart; finer ones are noise


def cross_attention_layers(unet: UNet2DConditionModel) -> dict[str, Attention]:
    """The layers to listen to: all that aren't at the latents' full resolution, or, where every
    layer is, all of them."""
    layers = {
        name: module
        for name, module in unet.named_modules()
        if isinstance(module, Attention) and name.endswith("attn2")
    }
    levels = len(unet.config.down_block_types)
    coarse = {name: one for name, one in layers.items() if _level(name, levels) >= FINEST}
    return coarse or layers


@contextmanager
def listening(
    layers: Mapping[str, Attention], subjects: Subjects, panels: Callable[[], Sequence[int]]
) -> Iterator[None]:
    """Inside this context, `subjects` hears all layers. `panels` tells whose forward pass it is."""
    with ExitStack() as hooks:
        for layer in layers.values():
            ear = _Ear(layer, subjects, panels)
            for part, hook in ((layer.to_q, ear.query), (layer.to_k, ear.keys)):
                hooks.callback(part.register_forward_hook(hook).remove)
        yield


def word_maps(query: Tensor, keys: Tensor, heads: int, owners: Tensor) -> Tensor:
    """How much each place attends to each subject's words, `(panels, subjects, tokens)`: the mean
    over heads, and over words, so that a long description weighs no more than a short one.

    `query` is `(panels, tokens, channels)`, `keys` `(panels, text tokens, channels)`, `owners`
    `(panels, text tokens, subjects)` what of each subject's words a text token is. It is attention
    whose values tell whose the words are, so fast kernels serve here too.
    """
    # (panels, tokens, channels) -> (panels, heads, tokens, channels / heads)
    query, keys = (one.view(*one.shape[:2], heads, -1).transpose(1, 2) for one in (query, keys))
    unused = query.shape[-1] - owners.shape[-1]  # fast kernels want values as wide as keys
    values = F.pad(owners, (0, max(0, unused))).unsqueeze(1).expand(-1, heads, -1, -1)
    told = F.scaled_dot_product_attention(query, keys, values)[..., : owners.shape[-1]]
    return told.mean(dim=1).transpose(1, 2)


class _Ear:
    """At one layer: queries come first, then the text's keys."""

    def __init__(
        self, layer: Attention, subjects: Subjects, panels: Callable[[], Sequence[int]]
    ) -> None:
        self._layer = layer
        self._subjects = subjects
        self._panels = panels
        self._query: Tensor | None = None

    def query(self, _: nn.Module, __: object, output: Tensor) -> None:
        self._query = output

    def keys(self, _: nn.Module, __: object, output: Tensor) -> None:
        query, self._query = self._query, None
        if query is None:
            return
        panels = self._panels()
        told = [self._subjects.panels[panel] for panel in panels]
        heard = [at for at, one in enumerate(told) if one.heard]
        if not heard:
            return
        first = len(query) - len(panels)  # the unconditional half comes first
        rows = torch.tensor(heard, device=query.device) + first
        owners = self._subjects.owners([panels[at] for at in heard], output)
        maps = word_maps(query[rows], output[rows], self._layer.heads, owners)
        for at, one in zip(heard, maps, strict=True):
            self._subjects.hear(panels[at], one[: len(told[at].words)])


def _level(name: str, levels: int) -> int:
    """How often the feature map of a layer was halved."""
    found = _UP_OR_DOWN.match(name)
    if found is None:
        return levels - 1  # the mid block
    at = int(found[2])
    return at if found[1] == "down" else levels - 1 - at

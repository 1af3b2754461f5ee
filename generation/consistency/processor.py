"""The attention processor: what diffusers calls once per layer.

Arithmetic and wiring are apart: `attend` is the formula's attention, `ConsistentProcessor` gathers
for each row, or part of a row, what it looks at.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from torch import Tensor

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.parts import Part
from generation.consistency.passes import ForwardPass

Processor = Callable[..., Tensor]


def attend(query: Tensor, keys: Tensor, values: Tensor, heads: int) -> Tensor:
    """Plain multi-head attention.

    `query` is `(batch, queries, channels)`, `keys` and `values` are `(batch, tokens, channels)`;
    the result has the shape of `query`. No mask, so fast kernels stay usable.
    """
    batch, queries, channels = query.shape
    # (batch, tokens, channels) -> (batch, heads, tokens, channels / heads)
    query, keys, values = (
        tensor.view(batch, -1, heads, channels // heads).transpose(1, 2)
        for tensor in (query, keys, values)
    )
    out = F.scaled_dot_product_attention(query, keys, values)
    return out.transpose(1, 2).reshape(batch, queries, channels)


class ConsistentProcessor:
    """Attention processor of one self-attention layer.

    `original` is the processor it stands in for; a pass in which nobody looks at anybody is left
    to it, so such a pass is the plain network to the bit.
    """

    def __init__(self, layer: str, state: ConsistentSelfAttention, original: Processor) -> None:
        self.layer = layer
        self.state = state
        self.original = original

    def __call__(
        self, attn: Attention, hidden_states: Tensor, *args: object, **kwargs: object
    ) -> Tensor:
        """`hidden_states` is `(halves * panels, tokens, channels)`, unconditional half first."""
        scope = self.state.current
        if scope is None or scope.alone:
            return self.original(attn, hidden_states, *args, **kwargs)
        query = attn.to_q(hidden_states)
        keys = attn.to_k(hidden_states)
        values = attn.to_v(hidden_states)
        lone = self.state.lone_halves * len(scope.panels)
        if scope.shown:
            self.state.show(self.layer, scope, keys[lone:], values[lone:])
        out = self._attend(scope, query[lone:], keys[lone:], values[lone:], attn.heads)
        if lone:
            out = torch.cat([attend(query[:lone], keys[:lone], values[:lone], attn.heads), out])
        projected: Tensor = attn.to_out[1](attn.to_out[0](out))
        return projected

    def _attend(
        self, scope: ForwardPass, query: Tensor, keys: Tensor, values: Tensor, heads: int
    ) -> Tensor:
        """One attention call per look of the pass."""
        if len(scope.looks) == 1:
            return self._look(scope, 0, query, keys, values, heads)
        batch, tokens, channels = query.shape
        by_half = (batch // len(scope.panels), len(scope.panels), tokens, channels)
        query, keys, values = (tensor.view(by_half) for tensor in (query, keys, values))
        out = torch.empty_like(query)
        for number, look in enumerate(scope.looks):
            mine = [
                tensor.index_select(1, look.rows).flatten(0, 1) for tensor in (query, keys, values)
            ]
            seen = self._look(scope, number, mine[0], mine[1], mine[2], heads)
            out.index_copy_(1, look.rows, seen.view(len(out), -1, tokens, channels))
        return out.flatten(0, 1)

    def _look(
        self,
        scope: ForwardPass,
        number: int,
        query: Tensor,
        keys: Tensor,
        values: Tensor,
        heads: int,
    ) -> Tensor:
        """Attention of rows over their own tokens and those of the slots they look at."""
        look = scope.looks[number]
        batch, tokens, channels = keys.shape
        parts = self.state.parts(scope, number, tokens)
        if parts is not None:
            return self._by_part(parts, len(look.rows), query, keys, values, heads)
        if look.last >= 0:
            seen_keys, seen_values = self.state.bank.read(self.layer, look.slots, look.last)
            # (halves, rows * slots, shown, channels) -> (batch, slots * shown, channels)
            keys = torch.cat([keys, seen_keys.view(batch, -1, channels)], dim=1)
            values = torch.cat([values, seen_values.view(batch, -1, channels)], dim=1)
        return attend(query, keys, values, heads)

    def _by_part(
        self,
        parts: Sequence[Part],
        rows: int,
        query: Tensor,
        keys: Tensor,
        values: Tensor,
        heads: int,
    ) -> Tensor:
        """One plain attention call for each part: gathered, not masked."""
        out = torch.empty_like(query)
        queries, all_keys, all_values, results = (
            one.view(-1, rows, *one.shape[1:]).unbind(1) for one in (query, keys, values, out)
        )
        for part in parts:
            own_keys, own_values = all_keys[part.row], all_values[part.row]
            if part.own is not None:
                own_keys, own_values = (
                    one.index_select(1, part.own) for one in (own_keys, own_values)
                )
            if part.last >= 0:
                seen = self.state.bank.read(self.layer, part.slots, part.last)
                # (halves, slots, shown, channels) -> (halves, slots * shown, channels)
                own_keys = torch.cat([own_keys, seen[0].flatten(1, 2)], dim=1)
                own_values = torch.cat([own_values, seen[1].flatten(1, 2)], dim=1)
            mine = queries[part.row].index_select(1, part.places)
            seen_by_part = attend(mine, own_keys, own_values, heads)
            results[part.row].index_copy_(1, part.places, seen_by_part)
        return out

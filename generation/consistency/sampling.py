"""Which tokens of a panel the others may look at: a fixed-size random sample.

The paper draws a new sample at every step and layer. Here each sample has its own seed, made from
counters, so it is the same whatever else is drawn in the same batch, before or after a restart.
"""

import hashlib

import torch
from torch import Tensor


def counter_seed(*counters: int | str) -> int:
    """A seed for `torch.Generator` from a path of counters; different paths, unrelated seeds."""
    path = "/".join(str(counter) for counter in counters)
    digest = hashlib.blake2b(path.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1  # 63 bits: torch reads seeds as signed


def sample_size(tokens: int, rate: float) -> int:
    """How many of `tokens` are shown. The size is fixed, so that panels batch into one call."""
    return min(tokens, max(1, round(rate * tokens)))


def sample_tokens(
    seed: int, step: int, tokens: int, panel: int, rate: float, weights: Tensor | None = None
) -> Tensor:
    """Positions of the shown tokens of one panel, ascending, without repeats.

    Args:
        seed: the story's seed.
        step: index of the timestep, from 0.
        tokens: length of the layer's sequence (height times width of its feature map). Layers of
            one resolution show the same places, as in the released code.
        panel: a number that names the panel wherever it stands in the stack (its own seed), so
            that it shows the same places when it is drawn again in other company.
        rate: share of the tokens, over 0 and up to 1.
        weights: of the draw, `(tokens,)`, all over 0: a token is likelier shown the more it weighs.
            None weighs all alike.

    Returns:
        int64 of shape `(sample_size(tokens, rate),)`, on the CPU.
    """
    generator = torch.Generator("cpu").manual_seed(
        counter_seed("tokens", seed, step, tokens, panel)
    )
    size = sample_size(tokens, rate)
    if weights is None:
        return torch.randperm(tokens, generator=generator)[:size].sort().values
    # Drawn one after the other in proportion to weight, all at once: Efraimidis and Spirakis,
    # Weighted random sampling with a reservoir, 2006. Each has a random key, the first keys win.
    waiting = torch.empty(tokens, dtype=torch.float64).exponential_(generator=generator)
    return (waiting / weights.double()).topk(size, largest=False).indices.sort().values

"""The bank: keys and values of the shown tokens of one timestep.

The released code keeps the hidden states of every step and layer and projects them again for each
panel that looks at them. In lock step one timestep is enough, and the projection is done once.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


class Bank:
    """Keys and values per layer, of shape `(halves, slots, shown tokens, channels)`.

    `halves` is 2 under classifier-free guidance: the unconditional half of the batch looks only at
    unconditional tokens, the conditional half only at conditional ones; it is 1 where the
    unconditional half looks at nobody. A slot belongs to a panel that others look at; slots are
    filled in the order of the forward passes, and again when nobody needs any more what is in them.

    `bytes` is what is held now, `peak_bytes` the most that was ever held.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.bytes = 0
        self.peak_bytes = 0
        self._keys: dict[str, Tensor] = {}
        self._values: dict[str, Tensor] = {}
        self._filled: dict[str, set[int]] = {}

    @property
    def empty(self) -> bool:
        return not self._keys

    def write(self, layer: str, slots: Sequence[int], keys: Tensor, values: Tensor) -> None:
        """Fill these slots. Shapes `(halves, len(slots), shown tokens, channels)`."""
        if layer not in self._keys:
            self._allocate(layer, keys)
        for place, slot in enumerate(slots):
            self._keys[layer][:, slot] = keys[:, place]
            self._values[layer][:, slot] = values[:, place]
        self._filled.setdefault(layer, set()).update(slots)

    def read(self, layer: str, slots: Tensor, last: int) -> tuple[Tensor, Tensor]:
        """Keys and values of `slots`, each `(halves, len(slots), shown tokens, channels)`.

        `last` is the highest of the slots.

        Raises:
            LookupError: that slot was not written in this timestep.
        """
        if last not in self._filled.get(layer, ()):
            raise LookupError(f"{layer} looks at slot {last}, which this timestep has not filled")
        return (
            self._keys[layer].index_select(1, slots),
            self._values[layer].index_select(1, slots),
        )

    def clear(self) -> None:
        """Forget the timestep."""
        self._keys.clear()
        self._values.clear()
        self._filled.clear()
        self.bytes = 0

    def _allocate(self, layer: str, keys: Tensor) -> None:
        halves, _, tokens, channels = keys.shape
        self._keys[layer] = keys.new_empty(halves, self.slots, tokens, channels)
        self._values[layer] = torch.empty_like(self._keys[layer])
        self.bytes += 2 * self._keys[layer].nbytes
        self.peak_bytes = max(self.peak_bytes, self.bytes)

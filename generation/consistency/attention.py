"""The state of consistent self-attention over a run: who looks at what in the pass under way."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from generation.consistency.bank import Bank
from generation.consistency.parts import Part, part_places
from generation.consistency.passes import (
    ForwardPass,
    plan_pass,
    slot_numbers,
    slots_seen,
)
from generation.consistency.sampling import sample_tokens
from generation.consistency.schedule import Group
from generation.consistency.separation import WHOLE, Separation
from generation.consistency.subjects import Subjects


class ConsistentSelfAttention:
    """Who looks at whom, over one run: the reference graph, the bank, the pass under way.

    Use: `with attention.timestep(step):` around a timestep, inside it `attention.enter(number)`
    before each forward pass, in the order of `passes`.
    """

    def __init__(
        self,
        references: Sequence[Sequence[int]],
        passes: Sequence[Group],
        *,
        seed: int,
        panel_seeds: Sequence[int],
        rate: float,
        subjects: Subjects | None = None,
        separation: Separation = WHOLE,
        lone_halves: int = 0,
        lasting: bool = False,
        device: torch.device | str = "cpu",
    ) -> None:
        """
        Args:
            references: for each panel of the stack the panels it looks at besides itself.
            passes: what `schedule.forward_passes` made of them.
            seed, panel_seeds, rate: see `sampling.sample_tokens`.
            subjects: keep each panel's characters apart; None looks at whole panels.
            separation: what the masks are used for.
            lone_halves: 1 if the unconditional half of guidance looks at nobody.
            lasting: the bank is kept over several timesteps.
        """
        self.subjects = subjects
        self.lone_halves = lone_halves
        self._separation = separation
        self._device = torch.device(device)
        self.passes, slots = self._planned(references, passes, lasting)
        self.bank = Bank(slots)
        self._seed = seed
        self._panel_seeds = panel_seeds
        self._rate = rate
        self._step = 0
        self._shown: dict[tuple[int, int], Tensor] = {}
        self._parts: dict[tuple[int, int], list[Part]] = {}
        self.current: ForwardPass | None = None

    def _planned(
        self, references: Sequence[Sequence[int]], passes: Sequence[Group], lasting: bool
    ) -> tuple[tuple[ForwardPass, ...], int]:
        """The forward passes, and how many slots of the bank they need."""
        names = None if self.subjects is None else [one.names for one in self.subjects.panels]
        counts = [0] * len(references) if names is None else [len(of) for of in names]
        by_subject = self._separation.bank or self._separation.queries
        seen = slots_seen(references, names if by_subject else None)
        numbers = slot_numbers(seen, passes, lasting)
        planned = (plan_pass(members, seen, counts, numbers, self._device) for members in passes)
        return tuple(planned), 1 + max(numbers.values(), default=-1)

    @contextmanager
    def timestep(self, step: int, *, keep: bool = False) -> Iterator[None]:
        """One timestep; the bank is empty after it, unless it went well and is to be kept."""
        self._step = step
        if self.subjects is not None:
            self.subjects.begin()
        kept = False
        try:
            yield
            kept = keep
        finally:
            if not kept:
                self.bank.clear()
            self._forget()
            self.current = None

    def enter(self, number: int) -> ForwardPass:
        """The next forward pass is `passes[number]`."""
        self._forget()
        self.current = self.passes[number]
        return self.current

    def show(self, layer: str, scope: ForwardPass, keys: Tensor, values: Tensor) -> None:
        """Put the shown tokens of this pass into the bank. Shapes `(batch, tokens, channels)`."""
        batch, tokens, channels = keys.shape
        halves = batch // len(scope.panels)
        positions = self._positions(scope, halves, tokens)
        keys, values = (
            tensor.reshape(batch * tokens, channels)
            .index_select(0, positions)
            .view(halves, len(scope.shown), -1, channels)
            for tensor in (keys, values)
        )
        self.bank.write(layer, scope.slots, keys, values)

    def _positions(self, scope: ForwardPass, halves: int, tokens: int) -> Tensor:
        """Where the shown tokens are in the flattened batch `(halves * panels * tokens)`.

        All layers of one resolution ask for the same, so it is kept until the next pass.
        """
        if (halves, tokens) not in self._shown:
            samples = [
                self._sample(scope.panels[row], subject, tokens) + row * tokens
                for row, subject in scope.shown
            ]
            half = torch.cat(samples)
            offsets = torch.arange(halves).view(-1, 1) * (len(scope.panels) * tokens)
            self._shown[halves, tokens] = (offsets + half).flatten().to(self._device)
        return self._shown[halves, tokens]

    def _sample(self, panel: int, subject: int | None, tokens: int) -> Tensor:
        """The tokens of a slot, on the CPU."""
        weights = None
        if subject is not None and self.subjects is not None and self._separation.bank:
            weights = self.subjects.masks(panel, tokens).weights(subject).flatten()
        seed = self._panel_seeds[panel]
        return sample_tokens(self._seed, self._step, tokens, seed, self._rate, weights)

    def parts(self, scope: ForwardPass, number: int, tokens: int) -> list[Part] | None:
        """The places of `scope.looks[number]` by what they may look at; None where everything may
        look at everything. Kept until the next pass."""
        look = scope.looks[number]
        if look.parted is None or self.subjects is None:
            return None
        if look.lone and tokens < self._separation.lone:
            return None
        if (number, tokens) not in self._parts:
            self._parts[number, tokens] = [
                part.to(self._device)
                for row, slots in enumerate(look.parted)
                for part in part_places(
                    self.subjects.masks(scope.panels[int(look.rows[row])], tokens),
                    row,
                    slots,
                    self._separation,
                )
            ]
        return self._parts[number, tokens]

    def _forget(self) -> None:
        """What holds for one pass only."""
        self._shown.clear()
        self._parts.clear()

"""Who looks at what in each forward pass, worked out once for a run.

A slot is what can be looked at: a panel whole, or one of its subjects. Without subject masks only
whole panels are; with them, a panel's subject looks at the same subject of another panel, and at
the whole of a panel that shows none of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.consistency.schedule import Group

WHOLE: None = None  # not one subject, but the panel as it is
Slot = tuple[int, int | None]  # a panel, and the place of one of its subjects


@dataclass(frozen=True)
class Seen:
    """A slot that a panel looks at, and which of its own subjects does; `WHOLE`: every place."""

    slot: Slot
    by: int | None


@dataclass(frozen=True)
class Look:
    """Rows of a forward pass that look at the same number of slots, so they share one call.

    `rows` are their places in the pass, `slots` the bank's slots they look at, row by row, `last`
    the highest of these. Looking at nobody is a look with no slots and -1 as the last.
    `parted` are the rows' slots with who looks at them, where rows have subjects, whose places look
    and the others don't; None where everything may look at everything. `lone`: each row has one.
    """

    rows: Tensor
    slots: Tensor
    last: int
    parted: tuple[tuple[tuple[int, int | None], ...], ...] | None = None
    lone: bool = False


@dataclass(frozen=True)
class ForwardPass:
    """Panels that go through the network in one call.

    `shown` are a row and a subject (or `WHOLE`) for each slot that others look at, `slots` the
    bank's that they fill.
    """

    panels: Group
    looks: tuple[Look, ...]
    shown: tuple[tuple[int, int | None], ...]
    slots: tuple[int, ...]

    @property
    def alone(self) -> bool:
        """Nobody here looks at others or is looked at."""
        return not self.shown and all(look.last < 0 for look in self.looks)


def slots_seen(
    references: Sequence[Sequence[int]], names: Sequence[Sequence[str]] | None = None
) -> list[tuple[Seen, ...]]:
    """What each panel looks at besides itself.

    `names` are the subjects of each panel; None looks at whole panels.
    """
    if names is None:
        return [tuple(Seen((panel, WHOLE), WHOLE) for panel in row) for row in references]
    return [
        tuple(seen for panel in row for seen in _subjects_seen(names[at], panel, names[panel]))
        for at, row in enumerate(references)
    ]


def _subjects_seen(own: Sequence[str], panel: int, theirs: Sequence[str]) -> list[Seen]:
    both = [Seen((panel, theirs.index(name)), by) for by, name in enumerate(own) if name in theirs]
    return both or [Seen((panel, WHOLE), WHOLE)]


def most_seen(seen: Sequence[Seen], subjects: int) -> int:
    """How many slots a place of a panel looks at, at most: those of its own subject."""
    whole = sum(one.by is WHOLE for one in seen)
    return whole + max((sum(one.by == by for one in seen) for by in range(subjects)), default=0)


def slot_numbers(
    seen: Sequence[Sequence[Seen]], passes: Sequence[Group], lasting: bool = False
) -> dict[Slot, int]:
    """The bank's slots in the order in which the passes fill them. One that nobody looks at any
    more is filled again, so a story that looks back over a window needs no more of them however
    long it is; unless they are `lasting`: kept beyond the timestep."""
    order = [panel for members in passes for panel in members]
    when = {panel: number for number, members in enumerate(passes) for panel in members}
    until: dict[Slot, int] = {}
    for at, row in enumerate(seen):
        for one in row:
            until[one.slot] = max(until.get(one.slot, 0), when[at])
    numbers: dict[Slot, int] = {}
    taken: list[int] = []  # until which pass, by number
    for slot in sorted(until, key=lambda slot: (order.index(slot[0]), slot[1] or 0)):
        begins = when[slot[0]]
        done = (at for at, ends in enumerate(taken) if ends < begins and not lasting)
        number = next(done, len(taken))
        taken[number : number + 1] = [until[slot]]
        numbers[slot] = number
    return numbers


def plan_pass(
    members: Group,
    seen: Sequence[Sequence[Seen]],
    subjects: Sequence[int],
    numbers: dict[Slot, int],
    device: torch.device,
) -> ForwardPass:
    """`subjects` is how many each panel of the stack has; 0 everywhere without subject masks."""
    alike: dict[tuple[int, int], list[int]] = {}
    for row, panel in enumerate(members):
        parted = min(subjects[panel], 2) if seen[panel] else 0  # alone or among others
        alike.setdefault((len(seen[panel]), parted), []).append(row)
    looks = []
    for (_, parted), rows in alike.items():
        told = [[(numbers[one.slot], one.by) for one in seen[members[row]]] for row in rows]
        slots = [slot for row in told for slot, _ in row]
        looks.append(
            Look(
                rows=torch.tensor(rows, device=device),
                slots=torch.tensor(slots, dtype=torch.int64, device=device),
                last=max(slots, default=-1),
                parted=tuple(tuple(row) for row in told) if parted else None,
                lone=parted == 1,
            )
        )
    shown = [
        (number, row, subject)
        for row, panel in enumerate(members)
        for (of, subject), number in numbers.items()
        if of == panel
    ]
    shown.sort()
    filled = tuple(number for number, _, _ in shown)
    return ForwardPass(members, tuple(looks), tuple(one[1:] for one in shown), filled)

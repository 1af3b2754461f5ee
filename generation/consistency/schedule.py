"""In which order, and in which company, the panels go through the network inside one timestep.

A panel can be computed when everything it looks at is in the bank, or is computed in the same
forward pass. Pure rules on numbers: no tensors, no network.
"""

from collections.abc import Sequence

Group = tuple[int, ...]


def forward_passes(
    references: Sequence[Sequence[int]],
    groups: Sequence[Group],
    micro_batch: int,
    kinds: Sequence[int] | None = None,
) -> tuple[Group, ...]:
    """Cut the stack into forward passes, panels that others wait for first.

    Args:
        references: for each panel the panels it looks at.
        groups: the strongly connected parts of that graph; their members look at each other and
            share a pass, even where a group is larger than `micro_batch`.
        micro_batch: how many panels a pass takes at most.
        kinds: panels of different kinds never share a pass, unless one group holds them (prompts
            of different lengths can't be stacked). All the same when None.

    Raises:
        ValueError: a group looks at panels that are in no group or come after themselves.
    """
    looked_at = {panel for row in references for panel in row}
    kind = kinds or [0] * len(references)
    waiting = list(groups)
    done: set[int] = set()
    passes: list[Group] = []
    while waiting:
        ready = [group for group in waiting if _needs(references, group) <= done]
        if not ready:
            raise ValueError(f"panels {sorted(sum(waiting, ()))} wait for each other")
        ready.sort(key=looked_at.isdisjoint)  # stable: keeps the story's order
        chosen = [ready[0]]
        size = len(ready[0])
        for group in ready[1:]:
            alike = {kind[panel] for panel in group} == {kind[panel] for panel in ready[0]}
            if alike and size + len(group) <= micro_batch:
                chosen.append(group)
                size += len(group)
        passes.append(sum(chosen, ()))
        done.update(passes[-1])
        waiting = [group for group in waiting if group not in chosen]
    return tuple(passes)


def _needs(references: Sequence[Sequence[int]], group: Group) -> set[int]:
    """Panels outside the group that must be in the bank before it."""
    return {panel for member in group for panel in references[member]} - set(group)

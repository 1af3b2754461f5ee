"""The reference graph of a plan: who looks at whom, and the order of drawing that follows."""

from collections.abc import Sequence
from dataclasses import replace
from graphlib import TopologicalSorter

from generation.script.errors import GraphError
from generation.script.plan import RenderPlan

GROUP_LIMIT = 4  # panels that look at each other go through the network in one batch, unsplit


def batches(plan: RenderPlan) -> tuple[tuple[int, ...], ...]:
    """Stack positions in groups that are drawn together, each group after all it looks at.

    A group is a strongly connected part of the graph: panels that look at each other, directly or
    through others. Most groups are single panels. Panels that don't wait for each other come in
    the order of the stack.

    Raises:
        GraphError: a reference leaves the stack, a panel looks at itself, or more than
            `GROUP_LIMIT` panels look at each other.
    """
    groups = _groups(_references(plan))
    for group in groups:
        if len(group) > GROUP_LIMIT:
            raise GraphError(
                f"panels {_listed(group)} look at each other; at most {GROUP_LIMIT} may"
            )
    return groups


def waves(plan: RenderPlan) -> tuple[tuple[int, ...], ...]:
    """Stack positions in the waves they are drawn in.

    In lock step all panels are one wave. Where the panels that others look at are drawn ahead,
    each wave is finished before the next one begins: a panel is in the wave after the last of
    those it looks at, panels that look at each other are in one.

    Raises:
        GraphError: as `batches`.
    """
    if not plan.ahead:
        return (tuple(range(len(plan.panels))),)
    wave: dict[int, int] = {}
    for group in batches(plan):
        before = {to for at in group for to in plan.panels[at].references} - set(group)
        wave.update(dict.fromkeys(group, max((wave[to] + 1 for to in before), default=0)))
    return tuple(
        tuple(at for at in sorted(wave) if wave[at] == number)
        for number in range(max(wave.values(), default=-1) + 1)
    )


def timesteps(plan: RenderPlan) -> int:
    """Of a whole run: each wave makes all of the plan's steps, and each transition those of its
    clip.

    Raises:
        GraphError: as `batches`.
    """
    if plan.clip is not None:
        return plan.clip.steps * (len(plan.panels) - 1)
    return plan.steps * len(waves(plan))


def make_causal(plan: RenderPlan) -> RenderPlan:
    """The same plan, in which each panel looks only at panels drawn before it.

    For machines on which a mutual group doesn't fit: every group falls apart into single panels.
    Within a group hidden sheets come first, since they show a character best, then the story's
    order. References between groups stay.

    Raises:
        GraphError: a reference leaves the stack, or a panel looks at itself.
    """
    rank: dict[int, int] = {}
    for group in _groups(_references(plan)):
        hidden_first = sorted(group, key=lambda at: (plan.panels[at].number is not None, at))
        rank.update((at, len(rank) + place) for place, at in enumerate(hidden_first))
    panels = tuple(
        replace(panel, references=tuple(to for to in panel.references if rank[to] < rank[at]))
        for at, panel in enumerate(plan.panels)
    )
    if panels == plan.panels:
        return plan
    note = "Panels look only at panels drawn before them, since a group did not fit in memory."
    return replace(plan, panels=panels, notes=(*plan.notes, note))


def _references(plan: RenderPlan) -> list[tuple[int, ...]]:
    for at, panel in enumerate(plan.panels):
        for to in panel.references:
            if not 0 <= to < len(plan.panels) or to == at:
                raise GraphError(f"panel {at} can't look at panel {to}")
    return [panel.references for panel in plan.panels]


def _groups(references: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Strongly connected components, each sorted, in a stable topological order."""
    member = _components(references)
    groups: dict[int, list[int]] = {}
    for at, component in enumerate(member):
        groups.setdefault(component, []).append(at)
    waits = {
        component: {member[to] for at in group for to in references[at]} - {component}
        for component, group in groups.items()
    }
    order = TopologicalSorter(waits)
    order.prepare()
    result: list[tuple[int, ...]] = []
    while order.is_active():
        ready = sorted(order.get_ready(), key=lambda component: groups[component][0])
        result += [tuple(groups[component]) for component in ready]
        order.done(*ready)
    return tuple(result)


def _components(references: Sequence[tuple[int, ...]]) -> list[int]:
    """For each panel the smallest panel of its strongly connected component.

    Two panels are in one component when each reaches the other. Stacks have at most some hundred
    panels, so reachability by bit sets is both the plainest and quick enough.
    """
    reach = [1 << at | sum(1 << to for to in set(refs)) for at, refs in enumerate(references)]
    for through in range(len(reach)):
        for at in range(len(reach)):
            if reach[at] >> through & 1:
                reach[at] |= reach[through]
    return [
        next(to for to in range(len(reach)) if reach[at] >> to & 1 and reach[to] >> at & 1)
        for at in range(len(reach))
    ]


def _listed(group: tuple[int, ...]) -> str:
    return ", ".join(str(at) for at in group)

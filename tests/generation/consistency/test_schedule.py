"""Who goes through the network with whom, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.consistency.schedule import forward_passes

Graph = list[tuple[int, ...]]


@st.composite
def causal_graphs(draw: st.DrawFn) -> Graph:
    """Each panel looks at some of those before it."""
    panels = draw(st.integers(1, 12))
    return [
        tuple(sorted(draw(st.sets(st.integers(0, panel - 1), max_size=4)))) if panel else ()
        for panel in range(panels)
    ]


@given(causal_graphs(), st.integers(1, 6), st.data())
def test_everybody_is_drawn_once_after_those_they_look_at(
    graph: Graph, micro_batch: int, data: st.DataObject
) -> None:
    kinds = [data.draw(st.integers(1, 2)) for _ in graph]
    groups = [(panel,) for panel in range(len(graph))]
    passes = forward_passes(graph, groups, micro_batch, kinds)
    order = [panel for members in passes for panel in members]
    assert sorted(order) == list(range(len(graph)))
    done: set[int] = set()
    for members in passes:
        assert len(members) <= micro_batch
        assert len({kinds[panel] for panel in members}) == 1
        assert all(done.issuperset(graph[panel]) for panel in members)
        done.update(members)


def test_panels_that_others_look_at_go_first() -> None:
    graph = [(), (2,), (1,), (1, 2), (1, 2)]
    assert forward_passes(graph, [(0,), (1, 2), (3,), (4,)], 2) == ((1, 2), (0, 3), (4,))


def test_who_looks_at_nobody_fills_the_first_pass_up() -> None:
    graph = [(), (2,), (1,), (1, 2), (1, 2)]
    assert forward_passes(graph, [(0,), (1, 2), (3,), (4,)], 4) == ((1, 2, 0), (3, 4))


def test_a_group_is_never_split() -> None:
    graph = [(1, 2), (0, 2), (0, 1), (0,)]
    assert forward_passes(graph, [(0, 1, 2), (3,)], 1) == ((0, 1, 2), (3,))


def test_panels_of_different_kinds_go_apart() -> None:
    assert forward_passes([()] * 3, [(0,), (1,), (2,)], 4, [1, 2, 1]) == ((0, 2), (1,))


def test_groups_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        forward_passes([(1,), (0,)], [(0,), (1,)], 4)

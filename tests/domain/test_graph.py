from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.domain.graph import (
    blocker_fault,
    dead_causes,
    dependents,
    downstream,
    path_between,
    topological_order,
)

Graph = dict[str, tuple[str, ...]]


@st.composite
def _edits(draw: st.DrawFn) -> list[tuple[str, tuple[str, ...]]]:
    """Attempts to give tasks their blockers: again for known ones, and with names that do not exist."""
    names = [f"T{n}" for n in range(1, draw(st.integers(1, 9)) + 1)]
    wanted = st.lists(st.sampled_from([*names, "T99"]), max_size=4).map(tuple)
    added: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in names]
    return added + draw(st.lists(st.tuples(st.sampled_from(names), wanted), max_size=25))


@st.composite
def _graphs(draw: st.DrawFn) -> Graph:
    """Acyclic by construction: each task is blocked by some of those before it."""
    graph: Graph = {}
    for n in range(draw(st.integers(0, 12))):
        blockers = draw(st.lists(st.sampled_from(list(graph)), unique=True, max_size=3)) if graph else []
        graph[f"T{n}"] = tuple(blockers)
    names = draw(st.permutations(list(graph)))
    return {name: graph[name] for name in names}


def _reaches(graph: Graph, start: str, goal: str) -> bool:
    """By the definition, one step at a time."""
    frontier, seen = {start}, {start}
    while frontier:
        frontier = {b for name in frontier for b in graph.get(name, ())} - seen
        seen |= frontier
    return goal in seen


@given(_edits())
def test_what_passes_the_check_keeps_the_graph_sound(edits: list[tuple[str, tuple[str, ...]]]) -> None:
    graph: Graph = {}
    for name, wanted in edits:
        if name not in graph:
            graph[name] = ()
        elif (fault := blocker_fault(graph, name, wanted)) is None:
            graph[name] = wanted
        else:
            sound = set(wanted) <= set(graph) and len(set(wanted)) == len(wanted)
            assert fault
            assert not sound or any(_reaches(graph, blocker, name) for blocker in wanted)
        order = topological_order(graph)  # raises on a cycle
        assert sorted(order) == sorted(graph)
        assert all(b in graph for blockers in graph.values() for b in blockers)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (("T1",), "T1 cannot block itself: leave it out"),
        (("T9",), "there is no task T9"),
        (("T2", "T2"), "named twice"),
        (("T3",), "T1 blocked by T3 would close a cycle (T1 ← T3 ← T2 ← T1): drop T3"),
    ],
)
def test_each_fault_says_what_to_do(wanted: tuple[str, ...], words: str) -> None:
    graph: Graph = {"T1": (), "T2": ("T1",), "T3": ("T2",)}
    assert words in (blocker_fault(graph, "T1", wanted) or "")


@given(_graphs())
def test_order_puts_each_task_after_its_blockers(graph: Graph) -> None:
    place = {name: i for i, name in enumerate(topological_order(graph))}
    assert all(place[b] < place[name] for name, blockers in graph.items() for b in blockers)


def test_order_refuses_a_cycle_and_ignores_strangers() -> None:
    assert topological_order({"T1": ("T9",), "T2": ("T1",)}) == ["T1", "T2"]
    with pytest.raises(ValueError, match="cycle among"):
        topological_order({"T1": ("T2",), "T2": ("T1",), "T3": ()})


@given(_graphs(), st.data())
def test_paths_and_reach_agree_with_the_definition(graph: Graph, data: st.DataObject) -> None:
    if not graph:
        return
    start, goal = (data.draw(st.sampled_from(sorted(graph))) for _ in range(2))
    chain = path_between(graph, start, goal)
    assert bool(chain) == _reaches(graph, start, goal)
    if chain:
        assert (chain[0], chain[-1]) == (start, goal)
        assert all(later in graph[earlier] for earlier, later in pairwise(chain))
    assert downstream(graph, goal) == {name for name in graph if name != goal and _reaches(graph, name, goal)}
    assert dependents(graph)[goal] == [name for name in graph if goal in graph[name]]


@given(_graphs(), st.data())
def test_dead_are_those_that_reach_something_gone(graph: Graph, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(graph)))) if graph else set()
    causes = dead_causes(graph, gone)
    assert set(causes) == {
        name for name in graph if any(_reaches(graph, b, dead) for b in graph[name] for dead in gone)
    }
    for name, blamed in causes.items():
        assert set(blamed) <= set(graph[name])
        assert all(b in gone or b in causes for b in blamed)

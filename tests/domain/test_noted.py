"""What is kept of tasks, agents and works by kind, and noted of their changes, is what a look at all of them would find."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain.events import Fact, Recorded
from hephaestus_tui.domain.noted import FOUND_FAULTS, Noted
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.domain.work import WorkStatus

Histories = Callable[[str], st.SearchStrategy[list[list[Fact]]]]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_it_finds_what_a_look_at_all_of_them_finds(histories: Histories, data: st.DataObject) -> None:
    state, seq = RunState(), 0
    for group in data.draw(histories("r")):
        before = state.snapshot()
        counts = [noted.changes for noted in _noted(state)]
        for fact in group:
            seq += 1
            apply(state, Recorded(seq, float(seq), fact))
        for was, now, changes in zip(_noted(before), _noted(state), counts, strict=True):
            differing = {key for key in was.keys() | now.keys() if was.get(key) is not now.get(key)}
            assert differing <= set(now.since(changes))
        _kinds_are_right(state)
        _kinds_are_right(state.snapshot())


def _noted(state: RunState) -> list[Noted[object]]:
    return [value for name in state.__slots__ if isinstance(value := getattr(state, name), Noted)]


def _kinds_are_right(state: RunState) -> None:
    for status in TaskStatus:
        assert set(state.tasks.of(status)) == {t.id for t in state.tasks.values() if t.status is status}
    assert set(state.tasks.of(FOUND_FAULTS)) == {t.id for t in state.tasks.values() if t.found_faults}
    for standing in AgentStatus:
        assert set(state.agents.of(standing)) == {a.task_id for a in state.agents.values() if a.status is standing}
        assert state.agents.count(standing) == len(state.agents.of(standing))
    for made in WorkStatus:
        assert set(state.works.of(made)) == {w.task_id for w in state.works.values() if w.status is made}
    decided = {d.task_id for d in state.record.values()}
    assert state.made == {t: tuple(d for d in state.record.values() if d.task_id == t) for t in decided}


def test_what_is_taken_away_is_noted_and_asked_for_once() -> None:
    noted = Noted({"T1": 1})
    assert not list(noted.since(0))
    noted["T2"] = 2
    seen = noted.changes
    noted["T3"] = noted["T2"] = 3
    assert noted.pop("T1") == 1
    assert noted.pop("T1", None) is None
    assert list(noted.since(seen)) == ["T1", "T2", "T3"]
    with pytest.raises(KeyError):
        noted.pop("T1")


def test_it_cannot_be_changed_unnoted() -> None:
    with pytest.raises(TypeError, match="items and pop only"):
        Noted[int]().update({"T1": 1})

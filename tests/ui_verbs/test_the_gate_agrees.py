"""What a dialog shows before is what the gate does after, and what it refuses beforehand the gate would refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Merge, SettleBlocker, SettleBound, Split
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Proposal
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.graph import topological_order
from hephaestus_tui.domain.merging import is_amended, moved_blockers, whole
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.splitting import MOST
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft
from hephaestus_tui.engine import reshaping, settling
from hephaestus_tui.engine.plan import Plan
from hephaestus_tui.ui.screens.bound import HIGHEST
from hephaestus_tui.ui.screens.merge_preview import fault_of_merge
from hephaestus_tui.ui.screens.stranded_lines import stranded_by

ADA = Actor(ActorKind.HUMAN, "Ada")
DRAFT = TaskDraft(
    title="Cache it", description="Keep the answers.", rationale="It is slow.", phase=Phase.BUILDING,
    role="backend_developer", done_criteria=("it is fast",),
)  # fmt: skip


def recorded(state: RunState, *facts: e.Fact) -> RunState:
    after = state.snapshot()
    for fact in facts:
        apply(after, e.Recorded(after.seq + 1, 0.0, fact))
    return after


def proposed(task_id: str, blocked_by: tuple[str, ...] = ()) -> e.TaskProposed:
    draft = replace(DRAFT, title=f"Idea {task_id}", blocked_by=blocked_by)
    proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=Origin(), waits=False, proposed_at=0.0)
    return e.TaskProposed(proposal=proposal)


@st.composite
def _runs(draw: st.DrawFn) -> RunState:
    """Proposals and tasks in every state, each blocked by some of those before it, in any order of their ids."""
    size = draw(st.integers(2, 6))
    ids = draw(st.permutations([f"T{n}" for n in range(1, size + 1)]))
    state = RunState(run_id="r1")
    for place, task_id in enumerate(ids):
        blockers = draw(st.lists(st.sampled_from(ids[:place]), unique=True, max_size=3)) if place else []
        state = recorded(state, proposed(task_id, tuple(blockers)))
    for number, task_id in enumerate(ids):
        state = _moved_on(
            state, task_id, number + 1, draw(st.sampled_from(["", "", "ready", "begun", "done", "failed"]))
        )
    return state


def _moved_on(state: RunState, task_id: str, number: int, fate: str) -> RunState:
    if not fate:
        return state
    draft = state.proposals[task_id].draft
    task = Task(id=task_id, draft=draft, origin=Origin(), decision_id=number, created_at=0.0)
    state.proposals.pop(task_id)
    state.tasks[task_id] = task
    if fate == "ready":
        return state
    state = recorded(state, e.TaskStarted(task_id=task_id, agent_id="A", role="r", model="m", attempt=1))
    if fate == "done":
        return recorded(state, e.TaskCompleted(task_id=task_id, summary="", evidence=()))
    return recorded(state, e.TaskFailed(task_id=task_id, reason="no")) if fate == "failed" else state


def _planned(state: RunState, command: Merge) -> Plan | None:
    try:
        return reshaping.merge(state, command, 0.0)
    except HephaestusError:
        return None


@settings(max_examples=150, deadline=None)
@given(_runs())
def test_a_merge_is_what_its_preview_says_or_is_refused_by_both(state: RunState) -> None:
    for task_id in list(state.proposals):
        for into in state.blockers:
            plan = _planned(state, Merge(task_id=task_id, version=1, into=into, actor=ADA))
            fault = fault_of_merge(state, task_id, into)
            assert (plan is None) == bool(fault), (task_id, into, fault)
            if plan is None:
                continue
            after = recorded(state, *plan.facts)
            topological_order(after.blockers)  # raises on a circle
            if is_amended(state, into):
                assert after.draft(into) == whole(state, task_id, into)
            for follower, blockers in moved_blockers(state, task_id, into).items():
                if follower != into:
                    assert after.blockers[follower] == blockers


def test_a_split_may_have_as_many_parts_as_the_box_says() -> None:
    state = recorded(RunState(run_id="r1"), proposed("T1"))
    command = Split(task_id="T1", version=1, parts=(DRAFT,) * MOST, chained=True, actor=ADA)
    after = recorded(state, *reshaping.split(state, command, 0.0).facts)
    assert after.blockers[f"T{MOST}"] == (f"T{MOST - 1}",)


def test_a_bound_may_be_raised_as_far_as_the_box_says(tale: Any) -> None:
    command = SettleBound(bound="children", limit=HIGHEST, actor=ADA)
    assert recorded(tale.state(), *settling.settle_bound(tale.state(), command, 0.0).facts).bounds == {
        "children": HIGHEST
    }


@pytest.mark.parametrize("kept_before", [False, True])
@pytest.mark.parametrize("choice", list(Choice))
def test_what_is_chosen_befalls_all_that_are_listed(tale: Any, choice: Choice, kept_before: bool) -> None:
    blocker = tale.failed("Read")
    write = tale.task("Write", blocker)
    check = tale.propose("Check", write)
    ship = tale.propose("Ship", blocker)
    if kept_before:
        tale.record(e.BlockerSettled(blocker=blocker, choice=Choice.KEEP, dependents=(write,), actor=ADA))
    state = tale.state()
    assert [each.task_id for each in stranded_by(state, blocker)] == [write, check, ship]
    command = SettleBlocker(blocker=blocker, choice=choice, actor=ADA)
    after = recorded(state, *settling.settle_blocker(state, command, 0.0).facts)
    assert after.gone() == {}
    left = stranded_by(after, blocker)
    assert [each.task_id for each in left] == ([write, check, ship] if choice is Choice.KEEP else [])
    if choice is Choice.CANCEL:
        assert not after.proposals
        assert after.tasks[write].status.ended

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.events import Fact, Recorded, TaskCompleted, TaskFailed, TaskProposed
from hephaestus_tui.domain.graph import downstream, topological_order
from hephaestus_tui.domain.reducer import apply, replay
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskStatus

Histories = Callable[[str], st.SearchStrategy[list[list[Fact]]]]

_enough = settings(max_examples=80, deadline=None)


_STRANDING = (AttentionKind.FAILED, AttentionKind.BLOCKER_GONE)


def _journal(groups: list[list[Fact]]) -> list[Recorded]:
    facts = [fact for group in groups for fact in group]
    return [Recorded(seq, float(seq), fact) for seq, fact in enumerate(facts, start=1)]


@_enough
@given(data=st.data())
def test_a_run_keeps_its_rules_at_every_fact(histories: Histories, data: st.DataObject) -> None:
    state = RunState()
    for recorded in _journal(data.draw(histories("r"))):
        apply(state, recorded)
        _no_task_without_a_decision(state)
        _statuses_follow_the_blockers(state)
        _inbox_has_all_that_waits(state)


def _no_task_without_a_decision(state: RunState) -> None:
    accepting = {t for t, d in state.decisions.items() if d.verdict is not Verdict.REJECT}
    assert set(state.tasks) == accepting
    assert set(state.rejected) == set(state.decisions) - accepting
    assert not state.proposals.keys() & state.decisions.keys()
    assert set(state.blockers) == {*state.tasks, *state.proposals, *state.rejected}
    assert {number(task_id) for task_id in state.blockers} == set(range(1, len(state.blockers) + 1))
    assert state.next_id() not in state.blockers


def _statuses_follow_the_blockers(state: RunState) -> None:
    topological_order(state.blockers)
    dead = state.dead()
    for task in state.tasks.values():
        assert task.draft.blocked_by == state.blockers[task.id]
        free = all(b in state.tasks and state.tasks[b].status is TaskStatus.COMPLETED for b in state.blockers[task.id])
        if task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED):
            assert task.status is (TaskStatus.PENDING if free else TaskStatus.BLOCKED)
        assert not (task.id in dead and free)
        agent = state.agents.get(task.id)
        if task.status is TaskStatus.IN_PROGRESS:
            assert agent
            assert agent.status is not AgentStatus.ENDED
        elif agent:
            assert agent.status is AgentStatus.ENDED
    ready = state.ready()
    assert set(ready) == {
        t.id for t in state.tasks.values() if t.status is TaskStatus.PENDING and t.id not in state.on_hold
    }
    ranks = [(state.tasks[t].draft.priority.rank, number(t)) for t in ready]
    assert ranks == sorted(ranks)


def _inbox_has_all_that_waits(state: RunState) -> None:
    items = attention(state)
    ranks = {i.task_id: draft.priority.rank for i in items if (draft := state.draft(i.task_id))}
    order = [(not i.stands, -i.holds_up, ranks[i.task_id], i.since) for i in items]
    assert order == sorted(order)
    found = {kind: {i.task_id for i in items if i.kind is kind} for kind in AttentionKind}
    assert found[AttentionKind.PROPOSAL] == state.proposals.keys() - state.queries.keys()
    stuck = found[AttentionKind.STALLED] | found[AttentionKind.INTERRUPTED]
    asked = {q.id for q in state.questions.values() if q.task_id not in stuck}
    reported = {report.id for report in open_reports(state)}
    assert reported == state.reports.keys() - state.report_answers.keys()
    assert {i.question_id for i in items if i.question_id} == asked | reported
    failed = {t.id for t in state.tasks.values() if t.status is TaskStatus.FAILED}
    gone = state.gone()
    assert found[AttentionKind.FAILED] == {t for t in failed if t in gone or t not in state.kept}
    assert found[AttentionKind.BLOCKER_GONE] == gone.keys() - failed
    concerned = [t for i in items if i.kind in _STRANDING for t in i.concerned]
    kept = {(b, t) for b, waiting in state.kept.items() for t in waiting}
    stranded = {
        t for t, causes in state.dead().items() for b in causes
        if (b in state.rejected or (b in state.tasks and state.tasks[b].status.ended)) and (b, t) not in kept
    }  # fmt: skip
    assert set(concerned) == stranded
    over = {t.id for t in state.tasks.values() if t.status.ended} | set(state.rejected)
    for item in items:
        if item.kind is AttentionKind.FAILED:
            assert item.holds_up == len(downstream(state.blockers, item.task_id) - over)


@_enough
@given(data=st.data())
def test_a_fact_told_twice_changes_nothing(histories: Histories, data: st.DataObject) -> None:
    journal = _journal(data.draw(histories("r")))
    state = replay(journal)
    for recorded in journal:
        apply(state, recorded)
    assert state == replay(journal)


@_enough
@given(data=st.data())
def test_a_snapshot_is_not_touched_by_later_facts(histories: Histories, data: st.DataObject) -> None:
    journal = _journal(data.draw(histories("r")))
    cut = data.draw(st.integers(0, len(journal)))
    state = replay(journal[:cut])
    snapshot = state.snapshot()
    kept = deepcopy(snapshot)
    for recorded in journal[cut:]:
        apply(state, recorded)
    assert snapshot == kept
    assert state == replay(journal)


@_enough
@given(data=st.data())
def test_children_and_depth_follow_the_origins(histories: Histories, data: st.DataObject) -> None:
    journal = _journal(data.draw(histories("r")))
    state = replay(journal)
    spawned: dict[str, list[str]] = {task_id: [] for task_id in state.blockers}
    for recorded in journal:
        if isinstance(recorded.fact, TaskProposed):
            proposal = recorded.fact.proposal
            parent = proposal.origin.task_id
            if parent and proposal.task_id not in spawned[parent]:
                spawned[parent].append(proposal.task_id)
    for task_id, children in spawned.items():
        assert state.children(task_id) == tuple(children)
        for child in children:
            if child in state.tasks:
                assert state.depth(child) == state.depth(task_id) + 1


@_enough
@given(data=st.data())
def test_ends_are_told_with_their_reasons(histories: Histories, data: st.DataObject) -> None:
    journal = _journal(data.draw(histories("r")))
    state = replay(journal)
    last: dict[str, Fact] = {}
    for recorded in journal:
        if isinstance(recorded.fact, TaskCompleted | TaskFailed):
            last[recorded.fact.task_id] = recorded.fact
    for task in state.tasks.values():
        if task.status is TaskStatus.COMPLETED:
            end = last[task.id]
            assert isinstance(end, TaskCompleted)
            assert (task.summary, task.evidence, task.reason) == (end.summary, end.evidence, None)
        if task.status is TaskStatus.FAILED:
            end = last[task.id]
            assert isinstance(end, TaskFailed)
            assert (task.reason, state.failed_limits.get(task.id)) == (end.reason, end.limit)

"""The order of the inbox: what agents stand still for, then what holds up most, then what has waited longest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.domain.attention import Attention, AttentionKind, attention, holds
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.events import (
    AgentInterrupted,
    AgentResumed,
    AgentStalled,
    BlockersDropped,
    BoundReached,
    Fact,
    ProposalDecided,
    Question,
    QuestionAsked,
    QuestionKind,
    Recorded,
    RunPaused,
    RunStarted,
    RunUnpaused,
    TaskCancelled,
    TaskFailed,
    TaskProposed,
    TaskStarted,
)
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft

ADA = Actor(ActorKind.HUMAN, "Ada")


def _proposed(task_id: str, *blockers: str, at: float = 0.0, waits: bool = False) -> TaskProposed:
    draft = TaskDraft(
        title=f"do {task_id}", description="d", rationale="r", phase=Phase.BUILDING, role="x", blocked_by=blockers
    )
    return TaskProposed(
        proposal=Proposal(task_id=task_id, version=1, draft=draft, origin=Origin(), waits=waits, proposed_at=at)
    )


def _decided(task_id: str, *blockers: str, verdict: Verdict = Verdict.ACCEPT) -> list[Fact]:
    proposed = _proposed(task_id, *blockers)
    draft = proposed.proposal.draft
    number = int(task_id[1:])
    decision = Decision(
        id=number, task_id=task_id, version=1, verdict=verdict, actor=ADA, decided_at=1.0, waited=0.0, final=draft
    )
    if verdict is Verdict.REJECT:
        return [proposed, ProposalDecided(decision=replace(decision, final=None), task=None)]
    task = Task(id=task_id, draft=draft, origin=Origin(), decision_id=number, created_at=1.0)
    return [proposed, ProposalDecided(decision=decision, task=task)]


def _begun(task_id: str) -> list[Fact]:
    work = TaskStarted(task_id=task_id, agent_id=f"A{task_id}", role="x", model="m", attempt=1)
    return [*_decided(task_id), work]


def _run(*facts: Fact) -> RunState:
    start = RunStarted(run_id="r", goal="g", project="/p", model="m", policy=Policy.ASK, roles=("x",))
    return replay(Recorded(seq, float(seq), fact) for seq, fact in enumerate([start, *facts], start=1))


def _lines(items: list[Attention]) -> list[tuple[AttentionKind, str, int]]:
    return [(i.kind, i.task_id, i.holds_up) for i in items]


def test_a_quiet_run_has_an_empty_inbox() -> None:
    assert attention(_run(*_begun("T1"), *_decided("T2", "T1"))) == []


def test_what_an_agent_stands_still_for_comes_first_then_what_holds_up_more_then_the_older() -> None:
    state = _run(
        _proposed("T1", at=9.0),
        _proposed("T2", at=5.0),
        _proposed("T3", at=7.0, waits=True),
        *_decided("T4", "T1"),
        *_decided("T5", "T4"),
    )
    assert _lines(attention(state)) == [
        (AttentionKind.PROPOSAL, "T3", 1),
        (AttentionKind.PROPOSAL, "T1", 2),
        (AttentionKind.PROPOSAL, "T2", 0),
    ]


def _asks(task_id: str) -> QuestionAsked:
    return QuestionAsked(
        question=Question(
            id="Q1", kind=QuestionKind.PERMISSION, task_id=task_id, text="rm -r build", options=(), turn=0, index=0,
            asked_at=3.0,
        )
    )  # fmt: skip


def test_a_question_comes_before_a_failure_that_holds_up_much() -> None:
    state = _run(
        *_begun("T1"), *_begun("T2"), *_decided("T3", "T2"), *_decided("T4", "T2"), _asks("T1"),
        TaskFailed(task_id="T2", reason="no"),
    )  # fmt: skip
    assert _lines(attention(state))[:2] == [(AttentionKind.PERMISSION, "T1", 1), (AttentionKind.FAILED, "T2", 2)]


@pytest.mark.parametrize("stop", [AgentInterrupted(task_id="T1"), AgentStalled(task_id="T1", reason="no key")])
def test_an_agent_that_must_be_resumed_is_listed_once_and_its_question_afterwards(stop: Fact) -> None:
    facts = [*_begun("T1"), _asks("T1"), stop]
    (item,) = attention(_run(*facts))
    assert item.kind in (AttentionKind.INTERRUPTED, AttentionKind.STALLED)
    (item,) = attention(_run(*facts, AgentResumed(task_id="T1", actor=ADA)))
    assert item.kind is AttentionKind.PERMISSION


def test_an_agent_that_stands_still_counts_itself() -> None:
    state = _run(
        *_begun("T1"), *_begun("T2"), *_decided("T3", "T2"), _asks("T1"),
        AgentStalled(task_id="T2", reason="no key"),
    )  # fmt: skip
    items = attention(state)
    assert _lines(items) == [(AttentionKind.STALLED, "T2", 2), (AttentionKind.PERMISSION, "T1", 1)]
    assert [(i.text, i.question_id) for i in items] == [("no key", None), ("rm -r build", "Q1")]


def test_a_failure_and_a_blocker_that_is_gone_are_one_item_each_with_what_they_strand() -> None:
    state = _run(
        *_begun("T1"), *_decided("T2", "T1"), *_decided("T3", "T2"), *_decided("T4", "T1"),
        *_decided("T5", "T1", verdict=Verdict.REJECT), *_decided("T6", "T5"),
        TaskFailed(task_id="T1", reason="50 turns", limit="turns"),
        TaskCancelled(task_id="T4", reason="not needed", actor=ADA),
    )  # fmt: skip
    items = attention(state)
    assert _lines(items) == [(AttentionKind.FAILED, "T1", 3), (AttentionKind.BLOCKER_GONE, "T5", 1)]
    assert [item.concerned for item in items] == [("T2",), ("T6",)]
    assert [item.text for item in items] == ["50 turns", "T5 will not complete, and T6 waits for it"]


def test_what_an_item_holds_up_is_named_and_what_is_over_is_not() -> None:
    state = _run(
        _proposed("T1"), *_decided("T2", "T1"), *_decided("T3", "T2"), *_decided("T4", "T1"), _proposed("T10", "T3"),
        TaskCancelled(task_id="T4", reason="no", actor=ADA),
    )  # fmt: skip
    first, *_ = attention(state)
    assert (first.task_id, holds(state, first), first.holds_up) == ("T1", ("T2", "T3", "T10"), 3)
    assert holds(state, first, 2) == ("T2", "T3"), "the nearest"


def test_what_no_longer_waits_is_not_held_up() -> None:
    state = _run(
        _proposed("T1"), *_decided("T2", "T1"), BlockersDropped(task_id="T2", dropped=("T1",), actor=ADA),
    )  # fmt: skip
    (item,) = attention(state)
    assert (holds(state, item), item.holds_up) == ((), 0)


def test_a_limit_of_the_run_is_an_item_until_the_run_goes_on() -> None:
    facts = [*_begun("T1"), *_begun("T2"), RunPaused(actor=ADA, limit="limits.run_tokens = 10")]
    state = _run(*facts)
    (item,) = attention(state)
    assert (item.kind, holds(state, item), item.since) == (AttentionKind.BUDGET, ("T1", "T2"), float(state.seq))
    assert "limits.run_tokens = 10" in item.text
    assert attention(_run(*facts, RunUnpaused(actor=ADA))) == []
    assert attention(_run(*_begun("T1"), RunPaused(actor=ADA))) == [], "a person who paused it knows that"


def test_many_who_reach_bounds_are_one_item_and_room_in_the_queue_comes_by_itself() -> None:
    reached = [BoundReached(bound="pending", task_id=t, limit=2) for t in ("T1", "T2")]
    facts = [*_begun("T1"), *_begun("T2"), _proposed("T3"), _proposed("T4"), *reached]
    (item,) = [i for i in attention(_run(*facts)) if i.kind is AttentionKind.BOUND]
    assert (item.task_id, item.concerned, holds(_run(*facts), item)) == ("T1", ("T2",), ())
    decision = Decision(
        id=9, task_id="T4", version=1, verdict=Verdict.REJECT, actor=ADA, decided_at=1.0, waited=0.0, reason="no"
    )
    after = attention(_run(*facts, ProposalDecided(decision=decision, task=None)))
    assert AttentionKind.BOUND not in [i.kind for i in after]


def test_a_chain_of_thousands_is_counted_at_once() -> None:
    state = _run(*(_proposed(f"T{n}", *([f"T{n - 1}"] if n > 1 else [])) for n in range(1, 3_001)))
    items = attention(state)
    assert [i.holds_up for i in items] == list(range(2_999, -1, -1))

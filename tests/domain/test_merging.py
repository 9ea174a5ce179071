"""A merged target says what both said; a merge that would close a circle is named before it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.merging import followers, merge_fault, merged, moved_blockers, whole
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft

DRAFT = TaskDraft(
    title="Cache it", description="Keep the answers.", rationale="It is slow.", phase=Phase.BUILDING,
    role="backend_developer", done_criteria=("it is fast", "tests pass"),
)  # fmt: skip


def run_of(**blocked_by: tuple[str, ...]) -> RunState:
    """Proposals by name, each with its blockers."""
    state = RunState()
    for task_id, blockers in blocked_by.items():
        draft = replace(DRAFT, blocked_by=blockers)
        proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=Origin(), waits=False, proposed_at=0.0)
        apply(state, e.Recorded(state.seq + 1, 0.0, e.TaskProposed(proposal=proposal)))
    return state


def reject(state: RunState, task_id: str) -> None:
    decision = Decision(
        id=1, task_id=task_id, version=1, verdict=Verdict.REJECT, actor=Actor(ActorKind.HUMAN, "Ada"), decided_at=0.0,
        waited=0.0, reason="no",
    )  # fmt: skip
    apply(state, e.Recorded(state.seq + 1, 0.0, e.ProposalDecided(decision=decision, task=None)))


def test_the_target_takes_over_words_and_criteria_and_keeps_the_rest() -> None:
    target = replace(
        DRAFT, title="Look", description="Look it up.", role="tech_lead", rationale="Why.", done_criteria=("tests pass",)
    )  # fmt: skip
    result = merged(target, "T7", replace(DRAFT, blocked_by=("T2",)))
    assert result == replace(
        target,
        description="Look it up.\n\nAlso (T7: Cache it): Keep the answers.\n\nIt is slow.",
        done_criteria=("tests pass", "it is fast"),
    )


def test_a_rationale_that_both_have_is_not_told_twice() -> None:
    assert merged(DRAFT, "T7", DRAFT).description == f"{DRAFT.description}\n\nAlso (T7: Cache it): Keep the answers."


def test_what_was_taken_over_before_is_not_taken_over_twice() -> None:
    once = merged(DRAFT, "T7", replace(DRAFT, title="Other"))
    assert merged(once, "T7", replace(DRAFT, title="Other")) == once


def test_nothing_is_cut() -> None:
    long = replace(DRAFT, description="x" * 19_990, done_criteria=tuple(f"criterion {n}" for n in range(29)))
    with pytest.raises(BadDraft) as caught:
        merged(long, "T7", DRAFT)
    assert caught.value.faults.keys() == {"description", "done_criteria"}
    assert "with T7 merged into it" in str(caught.value)


def test_who_waited_for_the_merged_waits_for_the_target() -> None:
    state = run_of(T1=(), T2=(), T3=("T2", "T1"), T4=("T1", "T2"), T5=("T3",), T6=("T2",))
    reject(state, "T6")
    assert followers(state, "T2") == ("T3", "T4")
    assert moved_blockers(state, "T2", "T1") == {"T3": ("T1",), "T4": ("T1",)}
    assert merge_fault(state, "T2", "T1") is None


def test_a_target_that_waited_for_the_merged_waits_for_nothing_of_its_own() -> None:
    state = run_of(T1=(), T2=("T1",), T3=("T1",))
    assert merge_fault(state, "T1", "T2") is None
    assert moved_blockers(state, "T1", "T2") == {"T2": (), "T3": ("T2",)}


def test_a_circle_is_told_with_its_chain() -> None:
    state = run_of(T1=(), T2=("T1",), T3=("T2",), T4=("T3",))
    fault = merge_fault(state, "T1", "T4")
    assert fault is not None
    assert "T2 waits for T1; merged, it would wait for T4, which waits for T3, which waits for T2: a circle" in fault


def test_the_target_waits_for_what_the_merged_one_waited_for() -> None:
    state = run_of(T1=(), T2=("T1",), T3=())
    assert whole(state, "T2", "T3").blocked_by == ("T1",)
    assert whole(state, "T2", "T1").blocked_by == ()


def test_a_target_that_would_wait_for_itself_is_told_with_its_chain() -> None:
    state = run_of(T1=(), T2=("T1",), T3=("T2",))
    fault = merge_fault(state, "T3", "T1")
    assert fault is not None
    assert "T3 waits for T2, which waits for T1; merged, T1 would wait for itself" in fault


@pytest.mark.parametrize(("into", "words"), [("T1", "into itself"), ("T9", "no T9"), ("T2", "T2 was rejected")])
def test_what_is_no_target_is_refused(into: str, words: str) -> None:
    state = run_of(T1=(), T2=())
    reject(state, "T2")
    assert words in (merge_fault(state, "T1", into) or "")

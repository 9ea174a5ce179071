"""Every fact that changes what a supervisor knows is told in words, and the ending says what still waits for whom."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from hephaestus_tui.cli.narrate import ending, narrate
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import THE_RUN, Budget, Place, Scope, Unit
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice, Decision, Proposal, Query, Verdict
from hephaestus_tui.domain.leave import Grant
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft
from hephaestus_tui.domain.words import When

ADA = Actor(ActorKind.HUMAN, "ada")
DRAFT = TaskDraft(title="Mend it", description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
PROPOSAL = Proposal(
    task_id="T2", version=2, draft=DRAFT, origin=Origin(task_id="T1"), waits=False, proposed_at=0.0, note="so and so"
)
FIRST = Proposal(task_id="T2", version=1, draft=DRAFT, origin=Origin(task_id="T1"), waits=False, proposed_at=0.0)
QUERY = Query(id="q", task_id="T2", version=1, text="Why?", actor=ADA, asked_at=0.0)
MERGED = Decision(
    id=2, task_id="T4", version=1, verdict=Verdict.REJECT, actor=ADA, decided_at=0.0, waited=0.0, reason="merged into T3",
    merged_into="T3",
)  # fmt: skip
RUN, OWN = Budget(THE_RUN, Unit.DOLLARS), Budget(Place(Scope.TASK, "T2"), Unit.TOKENS)
GRANT = Grant(id="L1", tool="run_command", effect=Effect.RUN, argv=("rm", "a b"), task_id=None, actor=ADA, given_at=0.0)
RULE = Rule(id="mine", verdict=Verdict.ACCEPT, everything=True)
GATE: dict[e.Fact, str] = {
    e.TaskProposed(proposal=FIRST): "T2 proposed (building): Mend it",
    e.TaskProposed(proposal=PROPOSAL): "T2 is version 2 now: Mend it (so and so)",
    e.ProposalDecided(decision=MERGED, task=None): "T4 merged into T3 by ada: merged into T3",
    e.DecisionUndone(decision_id=1, task_id="T2", actor=ADA, reason="too early", proposal=PROPOSAL): (
        "T2 waits again: ada took the decision back: too early"
    ),
    e.ProposalQueried(query=QUERY): "T2: ada asks its agent: Why?",
    e.QueryAnswered(query_id="q", task_id="T2", text="So."): "T2: its agent answers: So.",
    e.QueryAnswered(query_id="q", task_id="T2", text="It is gone.", failed=True): "T2: no answer: It is gone.",
    e.TaskAmended(task_id="T2", draft=DRAFT, actor=ADA, note="T4 was merged into it"): (
        "T2 changed by ada: T4 was merged into it"
    ),
    e.BlockerSettled(blocker="T2", choice=Choice.KEEP, dependents=("T3", "T4"), actor=ADA): (
        "T2 is gone: keep what waits for it (T3, T4), by ada"
    ),
    e.BlockersDropped(task_id="T3", dropped=("T2",), actor=ADA): "T3 no longer waits for T2, by ada",
    e.BlockerDefaultSet(choice=Choice.DROP, actor=ADA): (
        "when a blocker is gone, from now on: drop what waits for it, by ada"
    ),
    e.BlockerDefaultSet(choice=None, actor=ADA): "when a blocker is gone, from now on: ask each time, by ada",
    e.RuleSwitched(rule=RULE, on=True, actor=ADA): "rule mine switched on by ada",
    e.RuleSwitched(rule=RULE, on=False, actor=ADA): "rule mine switched off by ada",
    e.RulesStopped(actor=ADA): "all rules stopped by ada",
    e.AgentPaused(task_id="T2", actor=ADA): "T2 is held by ada",
    e.AgentResumed(task_id="T2", actor=ADA): "T2 is let go on by ada",
    e.AgentSteered(
        task_id="T2", text="Mind.", actor=ADA, when=When.QUEUED
    ): "T2 is told by ada, when it is done: Mind.",
    e.AgentStepped(task_id="T2", actor=ADA): "T2 takes a step, by ada",
    e.StepTaken(task_id="T2"): "T2 has taken its step",
    e.AgentCutOff(task_id="T2", actor=ADA): "T2 was interrupted by ada",
    e.WordsRevoked(task_id="T2", number=7, actor=ADA): "ada took back what was said to T2",
    e.TaskRetried(task_id="T2", actor=ADA, begins=9): "T2 begins again, by ada, in a fresh conversation",
    e.BoundReached(bound="depth", task_id="T2", limit=4): "T2 is told to propose no more: depth is 4",
    e.BoundSettled(bound="depth", limit=9, actor=ADA): "the bound depth is 9, by ada",
    e.BoundSettled(bound="depth", limit=None, actor=ADA): "the bound depth is left as it is, by ada",
    e.DuplicateScoreSet(score=60, actor=ADA): "likely duplicates are those from 60 of 100 up, by ada",
    e.BudgetWarned(budget=RUN, spent=4.0, limit=5.0): "80% of the budget of the run is spent: $4.00 of $5.00",
    e.BudgetReached(budget=RUN, task_id="T2", spent=5.5, limit=5.0): (
        "the budget of the run is used up: $5.50 of $5.00; raise it with `hephaestus budget`"
    ),
    e.BudgetReached(budget=OWN, task_id="T2", spent=0.0, limit=5.0, unpriced="a:b"): (
        "the price of a:b is not known, so the budget of 5 tokens for T2 cannot be kept; raise it with `hephaestus budget`"
    ),
    e.BudgetSet(budget=RUN, limit=9.0, actor=ADA): "the dollars of the run: $9.00 now, by ada",
    e.BudgetSet(budget=RUN, limit=0.0, actor=ADA): "the dollars of the run: without a limit now, by ada",
    e.BudgetSet(budget=OWN, limit=None, actor=ADA): "the tokens of T2: as the settings have it now, by ada",
    e.ModelChosen(model="a:b", task_id="T2", actor=ADA): "a:b answers for T2 from the next turn on, by ada",
    e.ModelChosen(model="", actor=ADA): "the model of the settings answers for the run from the next turn on, by ada",
    e.ModelSwitched(task_id="T2", turn=3, before="a:b", model="c:d", reason="it answered 401.", fallback=True): (
        "T2: a:b was given up, c:d takes over: it answered 401."
    ),
    e.QuestionAnswered(question_id="q", answer=e.ALLOW, actor=ADA, command="ls"): "ada changed the command: ls",
    e.LeaveGranted(grant=GRANT): "rm 'a b' asks no more for the run (L1), by ada",
    e.LeaveGranted(grant=replace(GRANT, tool="edit_file", effect=Effect.WRITE, argv=None, task_id="T2")): (
        "every edit_file asks no more for T2 (L1), by ada"
    ),
    e.LeaveTakenBack(grant_id="L1", actor=ADA): "what L1 allowed asks again, by ada",
    e.ModelSwitched(
        task_id="T2", turn=3, before="a:b", model="c:d", reason="chosen for its next turn", fallback=False
    ): ("T2: c:d takes over from a:b: chosen for its next turn"),
    e.UnpricedAllowed(actor=ADA): "models without a known price go on, by ada",
}


@pytest.mark.parametrize("fact", GATE, ids=lambda fact: fact.KIND)
def test_what_happens_at_the_gate_is_told(fact: e.Fact, capsys: pytest.CaptureFixture[str]) -> None:
    narrate(e.Recorded(1, 0.0, fact))
    assert capsys.readouterr().err == f"{GATE[fact]}\n"


def test_no_fact_of_the_gate_is_forgotten() -> None:
    gate = {
        "question.answered",
        "task.proposed",
        "task.amended",
        "task.blockers_dropped",
        "run.blocker_default",
        "run.duplicate_score",
        "task.retried",
    }
    states = {"agent.stalled", "agent.interrupted"}  # of no one's doing
    kinds = {kind.KIND for kind in get_args(e.Fact)}
    wanted = gate | {
        kind
        for kind in kinds
        if kind.partition(".")[0]
        in ("proposal", "decision", "blocker", "rule", "spawn", "budget", "model", "leave", "agent")
        and kind not in states
    }
    assert {fact.KIND for fact in GATE} == wanted


def test_words_of_others_are_one_line_and_command_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    narrate(e.Recorded(1, 0.0, e.QueryAnswered(query_id="q", task_id="T2", text="a\x1b[2J\nb")))
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b" not in said


def test_the_ending_says_all_that_waits() -> None:
    decision = Decision(
        id=1, task_id="T3", version=1, verdict=Verdict.ACCEPT, actor=ADA, decided_at=0.0, waited=0.0, final=DRAFT
    )
    rejection = Decision(
        id=2, task_id="T2", version=1, verdict=Verdict.REJECT, actor=ADA, decided_at=0.0, waited=0.0, reason="no"
    )
    blocked = TaskDraft(title="t", description="d", rationale="r", phase=Phase.BUILDING, role="r", blocked_by=("T2",))

    def proposal(task_id: str, draft: TaskDraft = DRAFT) -> e.TaskProposed:
        origin = Origin(task_id="T1")
        return e.TaskProposed(
            proposal=Proposal(task_id=task_id, version=1, draft=draft, origin=origin, waits=False, proposed_at=0.0)
        )

    task = Task(id="T3", draft=blocked, origin=Origin(task_id="T1"), decision_id=1, created_at=0.0)
    facts: list[e.Fact] = [
        proposal("T2"), proposal("T3", blocked), proposal("T4"),
        e.ProposalDecided(decision=decision, task=task),
        e.ProposalDecided(decision=rejection, task=None),
        e.ProposalQueried(query=Query(id="q", task_id="T4", version=1, text="?", actor=ADA, asked_at=0.0)),
        e.BoundReached(bound="depth", task_id="T1", limit=4),
    ]  # fmt: skip
    state = replay(e.Recorded(seq, 0.0, fact) for seq, fact in enumerate(facts, 1))
    state.run_id = "r"
    assert list(ending(state)) == [
        "Run r: 0 of 1 task completed; 1 proposal waiting (hephaestus proposals r); "
        "1 question about proposals not answered yet; T3 can never start (hephaestus inbox r); "
        "agents proposed no more at a bound: depth (hephaestus bound r BOUND)."
    ]

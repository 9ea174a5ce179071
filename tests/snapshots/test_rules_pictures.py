"""What a person sees of rules, of the banner while one is on, and of the record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Query, Verdict, draft_changes
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Discovery, Phase, Priority, Task, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
ADA = Actor(ActorKind.HUMAN, "Ada")
LOOKS = Rule(id="accept-small-looks", verdict=Verdict.ACCEPT, phases=(Phase.INVESTIGATION,), size=600)
TESTS = Rule(
    id="no-tests-apart", verdict=Verdict.REJECT, reason="tests are written with the code", phases=(Phase.VALIDATION,)
)


def draft(title: str, phase: Phase = Phase.INVESTIGATION, role: str = "tech_lead") -> TaskDraft:
    return TaskDraft(
        title=title,
        description="Only /auth/verify answers from the token cache; every other route runs two queries.",
        rationale="Each request pays three statements before it does anything of its own.",
        phase=phase,
        role=role,
        done_criteria=("it is measured",),
        discovery=Discovery.PERFORMANCE,
    )


def decide(stage: Any, task_id: TaskId, verdict: Verdict, actor: Actor = ADA, **changes: Any) -> None:
    proposal = stage.state().proposals[task_id]
    final = replace(proposal.draft, **changes)
    decision = Decision(
        id=len(stage.facts), task_id=task_id, version=1, verdict=verdict, actor=actor, decided_at=stage.at,
        waited=stage.at - proposal.proposed_at, final=final, changes=draft_changes(proposal.draft, final),
    )  # fmt: skip
    task = Task(id=task_id, draft=final, origin=proposal.origin, decision_id=decision.id, created_at=stage.at)
    stage.record(e.ProposalDecided(decision=decision, task=task))


@pytest.fixture
def decided(stage: Any) -> Any:
    """A rule accepted one of six proposals and a human answered the others; one of these answers was taken back."""
    stage.rules = (LOOKS, TESTS)
    stage.run("Let people see and end their own sessions")
    first = stage.start(stage.accept(stage.propose(draft("GET /users/{user_id}/sessions", Phase.BUILDING))))
    same, wrong, edited = (
        stage.propose(draft(title), by=first)
        for title in ("Can the token cache serve every route?", "Who else reads the sessions?", "Count the queries")
    )
    test = stage.propose(draft("Test the routes under load", Phase.VALIDATION, "qa_tester"), by=first)
    query = Query(id="q", task_id=edited, version=1, text="Of which request?", actor=ADA, asked_at=stage.at)
    stage.record(e.ProposalQueried(query=query))
    stage.record(e.QueryAnswered(query_id="q", task_id=edited, text="Of `GET /users/{user_id}`, the slowest of all."))
    stage.accept(same)
    stage.reject(wrong, "nobody: I have looked")
    decide(stage, edited, Verdict.EDIT, title="Count the queries of GET /users/{user_id}", priority=Priority.HIGH)
    stage.reject(test, "write it with the code")
    stands = replace(stage.state().rejected[test], version=2, by=ADA, proposed_at=stage.at)
    stage.record(
        e.DecisionUndone(
            decision_id=stage.state().decisions[test].id, task_id=test, actor=ADA, reason="", proposal=stands
        )
    )
    stage.record(e.RuleSwitched(rule=LOOKS, on=True, actor=ADA))
    decide(
        stage,
        stage.propose(draft("How large is a session?"), by=first),
        Verdict.ACCEPT,
        Actor(ActorKind.RULE, LOOKS.id),
    )
    return stage


@pytest.fixture
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The record tells the time of day, which is another in each place."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=str)
def test_rules_and_what_they_would_have_done(decided, looks_as_before, size) -> None:
    assert looks_as_before(size=size, keys=[("L", "ON  accept-small-looks"), ("j", "off no-tests-apart"), ("k", "T3")])


def test_the_question_before_a_rule_is_switched_on(decided, looks_as_before) -> None:
    decided.record(e.RulesStopped(actor=ADA))
    keys = [("L", "off accept-small-looks"), ("s", "switch it on")]
    assert looks_as_before(size=SMALL, keys=keys)


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=str)
def test_the_form_of_a_rule(decided, looks_as_before, size) -> None:
    typed = [("L", "ON  accept-small-looks"), ("n", "A new rule"), ("Q", "'Q' will not do")]
    assert looks_as_before(size=size, keys=typed)


@pytest.mark.parametrize(
    ("size", "settings"),
    [(SMALL, UiSettings(ascii=True)), (MIDDLE, UiSettings(theme="forge-light"))],
    ids=["80", "120"],
)
def test_while_a_rule_is_on_a_banner_says_so(decided, looks_as_before, size, settings) -> None:
    assert looks_as_before("RULES ON: accept-small-looks", size=size, settings=settings)


@pytest.mark.usefixtures("_utc")
@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=str)
def test_the_record_with_one_decision_unfolded(decided, looks_as_before, size) -> None:
    keys = [("D", "6 decisions and 1 question"), ("j", "T5"), ("j", "T4"), ("enter", "Proposed, and what became of it")]
    assert looks_as_before(size=size, keys=keys)


def test_the_record_with_its_rates(decided, looks_as_before) -> None:
    assert looks_as_before(size=SMALL, keys=[("D", "6 decisions and 1 question"), ("b", "claude-sonnet-4-5")])

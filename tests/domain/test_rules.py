"""A rule decides what its conditions say and no more; what it would have done is told as it would have been."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Near, Verdict
from hephaestus_tui.domain.rule import HOUR, Rule, rule_faults
from hephaestus_tui.domain.rules import ROW, deciding_rule, rule_use, suggestion, what_if, within_cap
from hephaestus_tui.domain.task import Discovery, Phase, Priority

ADA = Actor(ActorKind.HUMAN, "Ada")
BUGS = Rule(id="bugs", verdict=Verdict.ACCEPT, discoveries=(Discovery.BUG,), per_hour=2)
BY_RULE = Actor(ActorKind.RULE, "bugs")


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"phases": (Phase.BUILDING,)}, True),
        ({"phases": (Phase.VALIDATION, Phase.BUILDING)}, True),
        ({"phases": (Phase.VALIDATION,)}, False),
        ({"roles": ("tech_lead",), "discoveries": (Discovery.BUG,), "priorities": (Priority.NORMAL,)}, True),
        ({"roles": ("tech_lead",), "discoveries": (Discovery.SECURITY,)}, False),
        ({"roles": ("tech",)}, False),
        ({"priorities": (Priority.LOW,)}, False),
        ({"spawned_by": ("T1",)}, True),
        ({"spawned_by": ("T2", "T3")}, False),
        ({"depth": 2}, True),
        ({"depth": 1}, False),
        ({"size": 100}, True),
        ({"size": 99}, False),
        ({"duplicate": 85}, True),
        ({"duplicate": 86}, False),
    ],
)
def test_a_rule_matches_where_every_condition_is_met(past, conditions, matches) -> None:
    task_id = past.propose(depth=2, near=(Near("T1", 85), Near("T9", 60)))
    proposal = past.state.proposals[task_id]
    assert Rule(id="r", verdict=Verdict.ACCEPT, **conditions).matches(proposal) is matches


def test_what_is_like_nothing_meets_no_duplicate_score(past) -> None:
    proposal = past.state.proposals[past.propose()]
    assert not Rule(id="r", verdict=Verdict.REJECT, reason="seen", duplicate=50).matches(proposal)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "Bugs"}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "a\n"}, "id"),
        ({"id": "x" * 41}, "id"),
        ({"verdict": Verdict.EDIT}, "verdict"),
        ({"verdict": Verdict.REJECT}, "reason"),
        ({"verdict": Verdict.REJECT, "reason": " \n"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"spawned_by": ("T1", "t2")}, "spawned_by"),
        ({"spawned_by": ("T0",)}, "spawned_by"),
        ({"roles": ("",)}, "roles"),
        ({"depth": 0}, "depth"),
        ({"depth": 101}, "depth"),
        ({"size": 0}, "size"),
        ({"duplicate": 49}, "duplicate"),
        ({"duplicate": 101}, "duplicate"),
        ({"per_hour": -1}, "per_hour"),
        ({"per_hour": 10_001}, "per_hour"),
        ({"discoveries": ()}, "everything"),
        ({"everything": True}, "everything"),
    ],
)
def test_a_rule_that_cannot_be_meant_says_which_field_is_wrong(changes, field) -> None:
    assert list(rule_faults(replace(BUGS, **changes))) == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"id": "x" * 40},
        {"id": "-0-"},
        {"verdict": Verdict.REJECT, "reason": "no"},
        {"per_hour": 0},
        {"depth": 1, "size": 1, "duplicate": 50},
        {"spawned_by": ("T12",), "roles": ("a role that is not in this run",)},
        {"everything": True, "discoveries": ()},
    ],
)
def test_a_rule_that_can_be_meant_has_no_fault(changes) -> None:
    assert rule_faults(replace(BUGS, **changes)) == {}


def switched_on(past: Any, *rules: Rule) -> None:
    for rule in rules:
        past.tell(e.RuleSwitched(rule=rule, on=True, actor=ADA))


def test_the_rule_that_was_switched_on_first_decides(past) -> None:
    all_of_it = Rule(id="all", verdict=Verdict.REJECT, reason="no", everything=True)
    proposal = past.state.proposals[past.propose()]
    assert deciding_rule(past.state, proposal, past.now) is None
    switched_on(past, BUGS, all_of_it)
    assert deciding_rule(past.state, proposal, past.now) == BUGS
    other = past.state.proposals[past.propose(discovery=Discovery.SECURITY)]
    assert deciding_rule(past.state, other, past.now) == all_of_it
    past.tell(e.RulesStopped(actor=ADA))
    assert deciding_rule(past.state, proposal, past.now) is None


def test_no_rule_decides_what_was_amended_or_what_a_human_wrote(past) -> None:
    switched_on(past, Rule(id="all", verdict=Verdict.ACCEPT, everything=True))
    amended, changed, own = past.propose(), past.propose(), past.propose(by=None)
    past.amend(amended, title="another")
    past.amend(changed, by=ADA, title="another")
    for task_id in (amended, changed, own):
        assert deciding_rule(past.state, past.state.proposals[task_id], past.now) is None
    part = replace(past.state.proposals[past.propose()], by=ADA)  # of a proposal that was split
    assert deciding_rule(past.state, part, past.now) is None


def test_a_rule_decides_no_more_in_an_hour_than_its_cap_and_what_was_undone_counts(past) -> None:
    switched_on(past, BUGS)
    first, second, third = past.propose(), past.propose(), past.propose()
    waiting = past.state.proposals[third]
    past.accept(first, BY_RULE)
    at = past.now
    assert within_cap(BUGS, past.state, past.now)
    past.accept(second, BY_RULE)
    past.undo(second)
    past.accept(past.propose(), Actor(ActorKind.HUMAN, "bugs"))  # a person of that name is no rule
    assert not within_cap(BUGS, past.state, past.now)
    assert deciding_rule(past.state, waiting, past.now) is None
    assert deciding_rule(past.state, waiting, at + HOUR - 0.1) is None
    assert deciding_rule(past.state, waiting, at + HOUR) == BUGS
    assert within_cap(replace(BUGS, per_hour=0), past.state, past.now)
    use = rule_use(past.state, "bugs", at + HOUR)
    assert (use.hour, use.total) == (1, 2)


def test_what_a_rule_would_have_done_is_measured_against_what_the_human_did(past) -> None:
    accepted, rejected, edited, waiting, other, merged = (
        past.propose(), past.propose(), past.propose(), past.propose(), past.propose(discovery=Discovery.OTHER),
        past.propose(),
    )  # fmt: skip
    own = past.propose(by=None)
    past.accept(accepted)
    past.reject(rejected, reason="later")
    past.decide(edited, Verdict.EDIT, title="another")
    past.reject(other)
    past.decide(merged, Verdict.REJECT, reason="merged into T2", merged_into=accepted)
    past.accept(own)
    told = what_if(replace(BUGS, per_hour=0), past.state)
    assert told.looked_at == 6  # neither T1 nor the human's own task
    agrees = {case.proposal.task_id: case.agrees for case in told.decided}
    assert agrees == {accepted: True, rejected: False, edited: False, waiting: None, merged: False}
    assert [case.proposal.task_id for case in told.disagreements] == [rejected, edited, merged]
    reason = {case.proposal.task_id: case.decision and case.decision.reason for case in told.cases}
    assert (reason[rejected], reason[waiting]) == ("later", None)
    against = what_if(replace(BUGS, per_hour=0, verdict=Verdict.REJECT, reason="no"), past.state)
    assert [case.proposal.task_id for case in against.disagreements] == [accepted, edited, merged]


def test_a_rule_sees_a_proposal_as_it_was_first_made(past) -> None:
    amended, undone = past.propose(), past.propose()
    past.amend(amended, discovery=Discovery.SECURITY)
    past.accept(amended)
    past.accept(undone)
    past.undo(undone)
    told = what_if(BUGS, past.state)
    agrees = {case.proposal.task_id: (case.proposal.version, case.agrees) for case in told.cases}
    assert agrees == {amended: (1, False), undone: (1, None)}  # it was accepted only after it had changed


def test_a_decision_of_another_rule_is_nothing_to_compare_with(past) -> None:
    past.reject(past.propose(), Actor(ActorKind.RULE, "another"))
    (case,) = what_if(BUGS, past.state).cases
    assert (case.agrees, case.decision) == (None, None)


def test_what_a_rule_would_have_done_keeps_to_its_cap(past_of) -> None:
    past = past_of(step=1_000.0)
    ids = [past.propose() for _ in range(6)]
    told = what_if(BUGS, past.state)
    capped = {case.proposal.task_id: case.capped for case in told.cases}
    # two in the first hour; the third and fourth fall into it, the fifth is an hour after the first
    assert capped == dict(zip(ids, [False, False, True, True, False, False], strict=True))
    assert len(told.decided) == 4
    assert not any(case.capped for case in what_if(replace(BUGS, per_hour=0), past.state).cases)


# -- what may be offered


def test_like_decisions_in_a_row_come_to_a_rule_and_it_has_no_fault(past) -> None:
    for _ in range(ROW - 1):
        past.accept(past.propose(phase=Phase.INVESTIGATION))
    assert suggestion(past.state) is None
    past.accept(past.propose(phase=Phase.INVESTIGATION, role="qa_tester"))
    rule = suggestion(past.state)
    assert rule is not None
    assert (rule.id, rule.verdict, rule.phases, rule.discoveries, rule.roles) == (
        "accept-bug-investigation", Verdict.ACCEPT, (Phase.INVESTIGATION,), (Discovery.BUG,), (),
    )  # fmt: skip
    assert rule_faults(rule) == {}
    assert past.state.rules == {}


def test_where_discoveries_differ_the_role_makes_the_pattern(past) -> None:
    for discovery in list(Discovery)[:ROW]:
        past.reject(past.propose(discovery=discovery), reason=f"no {discovery}")
    rule = suggestion(past.state)
    assert rule is not None
    assert (rule.phases, rule.roles, rule.discoveries) == ((Phase.BUILDING,), ("tech_lead",), ())
    assert (rule.verdict, rule.reason) == (Verdict.REJECT, f"no {list(Discovery)[ROW - 1]}")
    assert rule_faults(rule) == {}


def test_a_discovery_that_says_nothing_gives_way_to_the_role(past) -> None:
    for _ in range(ROW):
        past.accept(past.propose(discovery=Discovery.OTHER))
    rule = suggestion(past.state)
    assert rule is not None
    assert (rule.roles, rule.discoveries) == (("tech_lead",), ())


def test_a_role_of_any_name_gives_an_id_that_will_do(past) -> None:
    for _ in range(ROW):
        past.accept(past.propose(role="Über_Ingenieur für Alles, was sonst liegen bleibt", discovery=Discovery.OTHER))
    rule = suggestion(past.state)
    assert rule is not None
    assert rule_faults(rule) == {}


@pytest.mark.parametrize(
    "break_row",
    [
        lambda past: past.reject(past.propose()),
        lambda past: past.decide(past.propose(), Verdict.EDIT, title="another"),
        lambda past: past.accept(past.propose(phase=Phase.VALIDATION)),
        lambda past: past.accept(past.propose(discovery=Discovery.OTHER, role="qa_tester")),
        lambda past: past.decide(past.propose(), Verdict.REJECT, reason="merged", merged_into="T1"),
    ],
)
def test_an_unlike_decision_breaks_the_row(past, break_row) -> None:
    for _ in range(2):
        past.accept(past.propose())
    break_row(past)
    for _ in range(ROW - 1):
        past.accept(past.propose())
    assert suggestion(past.state) is None


def test_an_amended_proposal_breaks_the_row(past) -> None:
    for _ in range(ROW - 1):
        past.accept(past.propose())
    last = past.propose()
    past.amend(last, title="another")
    past.accept(last)
    assert suggestion(past.state) is None


def test_rules_and_own_tasks_are_passed_over_and_what_was_undone_does_not_count(past) -> None:
    for _ in range(ROW - 1):
        past.accept(past.propose())
    past.reject(past.propose(), Actor(ActorKind.RULE, "x"))
    past.accept(past.propose(by=None, phase=Phase.VALIDATION))
    undone = past.propose()
    past.accept(undone)
    past.undo(undone)
    assert suggestion(past.state) is None
    past.accept(past.propose())
    assert suggestion(past.state) is not None

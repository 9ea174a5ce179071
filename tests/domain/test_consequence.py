"""What accepting a proposal leads to, held against a slow and simple reckoning of the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.consequence import Consequence, consequence
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.estimate import Estimate, Spread
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft, TaskId

ADA = Actor(ActorKind.HUMAN, "Ada")


class Told:
    """A state made fact by fact, ten seconds apart."""

    def __init__(self) -> None:
        self.state = RunState()
        self.at = 1_000.0

    def tell(self, fact: e.Fact, after: float = 10.0) -> None:
        self.at += after
        apply(self.state, e.Recorded(self.state.seq + 1, self.at, fact))

    def propose(self, *blockers: TaskId, phase: Phase = Phase.BUILDING, role: str = "dev", depth: int = 0) -> TaskId:
        task_id = self.state.next_id()
        draft = TaskDraft(title="t", description="d", rationale="r", phase=phase, role=role, blocked_by=blockers)
        origin = Origin(depth=depth)
        self.tell(
            e.TaskProposed(
                proposal=Proposal(
                    task_id=task_id, version=1, draft=draft, origin=origin, waits=False, proposed_at=self.at
                )
            )
        )
        return task_id

    def decide(self, task_id: TaskId, verdict: Verdict = Verdict.ACCEPT) -> TaskId:
        proposal = self.state.proposals[task_id]
        final = None if verdict is Verdict.REJECT else proposal.draft
        number = int(task_id[1:])
        decision = Decision(
            id=number,
            task_id=task_id,
            version=1,
            verdict=verdict,
            actor=ADA,
            decided_at=self.at,
            waited=1.0,
            final=final,
        )
        task = Task(id=task_id, draft=proposal.draft, origin=Origin(), decision_id=number, created_at=self.at)
        self.tell(e.ProposalDecided(decision=decision, task=task if final else None))
        return task_id

    def task(self, *blockers: TaskId, phase: Phase = Phase.BUILDING, role: str = "dev") -> TaskId:
        return self.decide(self.propose(*blockers, phase=phase, role=role))

    def complete(
        self, task_id: TaskId, tokens: int = 1_000, cost: float | None = 0.1, seconds: float = 60.0
    ) -> TaskId:  # fmt: skip
        self.tell(e.TaskStarted(task_id=task_id, agent_id="a", role="dev", model="m", attempt=1))
        self.tell(e.UsageRecorded(task_id=task_id, model="m", usage=Usage(input=tokens, cost=cost)), seconds / 2)
        self.tell(e.TaskCompleted(task_id=task_id, summary="done", evidence=()), seconds / 2)
        return task_id

    def consequence(self, task_id: TaskId) -> Consequence:
        return consequence(self.state, task_id)


@pytest.fixture
def told() -> Told:
    return Told()


def test_who_waits_for_it_directly_and_in_all_and_whom_it_frees(told: Told) -> None:
    done = told.complete(told.task())
    other = told.task()
    found = told.propose(done, depth=2)
    first, second = told.propose(found), told.task(found, other)
    behind = told.task(first, second)
    told.decide(told.propose(found), Verdict.REJECT)
    result = told.consequence(found)
    assert result.open_blockers == ()
    assert result.depth == 2
    assert result.waiting == (first, second)
    assert result.in_all == len({first, second, behind})
    assert result.frees == (first,)


def test_what_it_must_wait_for_is_whatever_has_not_completed(told: Told) -> None:
    done, at_work, proposed, rejected = told.complete(told.task()), told.task(), told.propose(), told.propose()
    told.decide(rejected, Verdict.REJECT)
    found = told.propose(done, at_work, proposed, rejected)
    assert told.consequence(found).open_blockers == (at_work, proposed, rejected)


def test_what_was_a_blocker_once_is_waited_for_no_longer(told: Told) -> None:
    found = told.propose()
    waiter = told.task(found)
    assert told.consequence(found).waiting == (waiter,)
    told.tell(e.BlockersDropped(task_id=waiter, dropped=(found,), actor=ADA))
    assert told.consequence(found).waiting == ()


def test_a_proposal_behind_the_longest_chain_makes_it_longer_and_one_beside_it_does_not(told: Told) -> None:
    first = told.task()
    second = told.task(first)
    beside, behind = told.propose(), told.propose(second)
    assert (told.consequence(beside).chain_before, told.consequence(beside).chain_after) == (2, 2)
    assert (told.consequence(behind).chain_before, told.consequence(behind).chain_after) == (2, 3)
    told.complete(first)
    assert (told.consequence(behind).chain_before, told.consequence(behind).chain_after) == (1, 2)


def test_a_proposal_that_a_task_waits_for_is_in_its_chain_already(told: Told) -> None:
    found = told.propose()
    told.task(found)
    assert (told.consequence(found).chain_before, told.consequence(found).chain_after) == (2, 2)


def test_no_task_has_ended_so_nothing_is_estimated(told: Told) -> None:
    told.task()
    assert told.consequence(told.propose()).estimate is None


def test_of_the_same_phase_and_role_first_and_else_of_the_phase(told: Told) -> None:
    told.complete(told.task(role="dev"), 1_000, 0.1, 60)
    told.complete(told.task(role="dev"), 3_000, 0.5, 120)
    told.complete(told.task(role="dev"), 9_000, 0.2, 600)
    told.complete(told.task(role="qa"), 50_000, 7.0, 60)
    told.complete(told.task(phase=Phase.VALIDATION), 70_000, 9.0, 60)
    assert told.consequence(told.propose(role="dev")).estimate == Estimate(
        phase=Phase.BUILDING, role="dev", rests_on=3,
        tokens=Spread(1_000, 3_000, 9_000), cost=Spread(0.1, 0.2, 0.5), seconds=Spread(60, 120, 600),
    )  # fmt: skip
    other = told.consequence(told.propose(role="lead")).estimate
    assert other
    assert (other.role, other.rests_on, other.tokens.high) == (None, 4, 50_000)
    assert told.consequence(told.propose(phase=Phase.INVESTIGATION)).estimate is None


def test_a_price_that_is_unknown_for_one_is_unknown_for_all(told: Told) -> None:
    told.complete(told.task(), cost=0.1)
    told.complete(told.task(), cost=None)
    guess = told.consequence(told.propose()).estimate
    assert guess
    assert guess.cost is None
    assert guess.tokens.median == 1_000


Edges = list[tuple[bool, set[int]]]


def edges(longest: int = 8) -> st.SearchStrategy[Edges]:
    return st.lists(
        st.tuples(st.booleans(), st.sets(st.integers(0, longest), max_size=3)), min_size=1, max_size=longest
    )


@given(edges())
def test_chains_are_as_long_as_the_longest_walk(graph: Edges) -> None:
    told = Told()
    for accepts, wanted in graph:
        blockers = tuple(f"T{n + 1}" for n in sorted(wanted) if n < len(told.state.blockers))
        task_id = told.propose(*blockers)
        if accepts:
            told.decide(task_id)
    found = told.propose(*(t for t in told.state.blockers if told.state.blockers[t]))

    def walk(task_id: TaskId) -> int:
        return 1 + max((walk(b) for b in told.state.blockers[task_id]), default=0)

    result = told.consequence(found)
    assert result.chain_before == max(map(walk, told.state.tasks), default=0)
    assert result.chain_after == max(map(walk, (*told.state.tasks, found)))


def test_ten_thousand_unfinished_tasks_in_a_row_take_no_second_and_no_stack(told: Told) -> None:
    last = told.task()
    for _ in range(10_000):
        last = told.task(last)
    found = told.propose(last)
    began = time.process_time()
    result = told.consequence(found)
    assert time.process_time() - began < 1.5
    assert result.chain_after == 10_002

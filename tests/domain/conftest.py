"""A run that is told fact by fact, for tests that ask what its past comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import (
    Actor,
    ActorKind,
    Decision,
    Near,
    Proposal,
    Query,
    Verdict,
    draft_changes,
)
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Origin, Phase, Priority, Task, TaskDraft, TaskId

ADA = Actor(ActorKind.HUMAN, "Ada")


class Past:
    """Every method tells facts at once, `step` seconds apart; T1 is the task of the agent that proposes."""

    def __init__(self, step: float = 1.0) -> None:
        self.state = RunState()
        self.now = 0.0
        self.step = step
        self.tell(
            e.RunStarted(
                run_id="r", goal="g", project="/p", model="m:one", policy=Policy.ASK, roles=("tech_lead", "qa_tester")
            )
        )
        self.first = self.work(self.propose(by=None), role="project_manager", model="m:one")

    def tell(self, fact: e.Fact) -> None:
        self.now += self.step
        apply(self.state, e.Recorded(self.state.seq + 1, self.now, fact))

    def propose(
        self, *, by: TaskId | None = "T1", depth: int = 1, near: tuple[Near, ...] = (), **fields: Any
    ) -> TaskId:  # fmt: skip
        task_id = self.state.next_id()
        draft = TaskDraft(
            title=f"the title of {task_id}", description="d" * 60, rationale="r" * 40, phase=Phase.BUILDING,
            role="tech_lead", discovery=Discovery.BUG, priority=Priority.NORMAL,
        )  # fmt: skip
        proposal = Proposal(
            task_id=task_id, version=1, draft=replace(draft, **fields),
            origin=Origin(task_id=by, turn=1, index=0, depth=depth) if by else Origin(), waits=False,
            proposed_at=self.now + self.step, near=near,
        )  # fmt: skip
        self.tell(e.TaskProposed(proposal=proposal))
        return task_id

    def amend(self, task_id: TaskId, *, by: Actor | None = None, **fields: Any) -> None:
        last = self.state.versions[task_id][-1]
        draft = replace(last.draft, **fields)
        new = replace(last, version=last.version + 1, draft=draft, by=by, proposed_at=self.now + self.step, near=())
        self.tell(e.TaskProposed(proposal=new))

    def decide(self, task_id: TaskId, verdict: Verdict, actor: Actor = ADA, *, reason: str = "", **fields: Any) -> int:
        """`fields` are what is changed in accepting; the id of the decision is given back."""
        proposal = self.state.proposals[task_id]
        merged_into = fields.pop("merged_into", None)
        final = None if verdict is Verdict.REJECT else replace(proposal.draft, **fields)
        number, at = len(self.state.record) + 1, self.now + self.step
        decision = Decision(
            id=number, task_id=task_id, version=proposal.version, verdict=verdict, actor=actor, decided_at=at,
            waited=at - proposal.proposed_at, reason=reason, final=final, merged_into=merged_into,
            changes=draft_changes(proposal.draft, final) if final else (),
        )  # fmt: skip
        task = None
        if final is not None:
            task = Task(id=task_id, draft=final, origin=proposal.origin, decision_id=number, created_at=at)
        self.tell(e.ProposalDecided(decision=decision, task=task))
        return number

    def accept(self, task_id: TaskId, actor: Actor = ADA) -> int:
        return self.decide(task_id, Verdict.ACCEPT, actor)

    def reject(self, task_id: TaskId, actor: Actor = ADA, reason: str = "not now") -> int:
        return self.decide(task_id, Verdict.REJECT, actor, reason=reason)

    def undo(self, task_id: TaskId) -> None:
        last = self.state.versions[task_id][-1]
        stands = replace(last, version=last.version + 1, by=ADA, proposed_at=self.now + self.step)
        decided = self.state.decisions[task_id].id
        self.tell(e.DecisionUndone(decision_id=decided, task_id=task_id, actor=ADA, reason="too soon", proposal=stands))

    def ask(self, task_id: TaskId, text: str) -> Query:
        version = self.state.proposals[task_id].version
        query = Query(
            id=f"q{self.state.seq}", task_id=task_id, version=version, text=text, actor=ADA,
            asked_at=self.now + self.step,
        )  # fmt: skip
        self.tell(e.ProposalQueried(query=query))
        return query

    def work(self, task_id: TaskId, *, role: str, model: str) -> TaskId:
        """Let a proposal be accepted and an agent begin."""
        self.accept(task_id)
        self.tell(e.TaskStarted(task_id=task_id, agent_id=f"A{task_id}", role=role, model=model, attempt=1))
        return task_id


@pytest.fixture
def past() -> Past:
    return Past()


@pytest.fixture
def past_of() -> type[Past]:
    return Past

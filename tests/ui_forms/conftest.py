from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict, draft_changes
from hephaestus_tui.domain.message import Message, Speaker, TextPart, Usage
from hephaestus_tui.domain.policy import Containment, Policy
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery, Evidence, Origin, Phase, Priority, Task, TaskDraft
from tests.at_the_screen import until

ROLES = ("backend_developer", "frontend_developer", "project_manager", "qa_tester", "tech_lead")
ANN = Actor(ActorKind.HUMAN, "ann")


class Story:
    """A run told fact by fact, a second apart; every state in these tests comes through the real reducer."""

    def __init__(self) -> None:
        self.state = RunState()
        self.now = 1_000_000.0
        self.tell(
            e.RunStarted(
                containment=Containment.SANDBOX,
                run_id="r1", goal="Serve the user routes quickly", project="/srv/shop", model="scripted:demo",
                policy=Policy.ASK, roles=ROLES,
            )
        )  # fmt: skip

    def tell(self, fact: e.Fact, *, after: float = 1.0) -> None:
        self.now += after
        apply(self.state, e.Recorded(self.state.seq + 1, self.now, fact))

    def draft(self, **changes: Any) -> TaskDraft:
        draft = TaskDraft(
            title="Cache the auth lookups of the user routes",
            description="Every route asks the user store for the token's owner.\nKeep the answer for a minute.",
            rationale="Twelve routes repeat the same query, and the profile shows it at 40 % of a request.",
            phase=Phase.BUILDING,
            role="backend_developer",
            done_criteria=("all tests pass", "a profile shows one query a request"),
            discovery=Discovery.PERFORMANCE,
            priority=Priority.HIGH,
        )
        return replace(draft, **changes)

    def propose(self, *, origin: Origin | None = None, waits: bool = False, **changes: Any) -> str:
        task_id = self.state.next_id()
        self.tell(
            e.TaskProposed(
                proposal=Proposal(
                    task_id=task_id, version=1, draft=self.draft(**changes), origin=origin or Origin(), waits=waits,
                    proposed_at=self.now + 1,
                )
            )
        )  # fmt: skip
        return task_id

    def decide(self, task_id: str, verdict: Verdict, *, reason: str = "", **changes: Any) -> None:
        proposal = self.state.proposals[task_id]
        final = None if verdict is Verdict.REJECT else replace(proposal.draft, **changes)
        decision = Decision(
            id=int(task_id[1:]), task_id=task_id, version=1, verdict=verdict, actor=ANN, decided_at=self.now + 1,
            waited=48.0, reason=reason, final=final, changes=draft_changes(proposal.draft, final) if final else (),
        )  # fmt: skip
        task: Task | None = None
        if final is not None:
            task = Task(id=task_id, draft=final, origin=proposal.origin, decision_id=decision.id, created_at=self.now)
        self.tell(e.ProposalDecided(decision=decision, task=task))

    def accepted(self, *, origin: Origin | None = None, **changes: Any) -> str:
        task_id = self.propose(origin=origin, **changes)
        self.decide(task_id, Verdict.ACCEPT)
        return task_id

    def started(self, *, origin: Origin | None = None, **changes: Any) -> str:
        task_id = self.accepted(origin=origin, **changes)
        self.tell(
            e.TaskStarted(
                task_id=task_id, agent_id=f"A{task_id[1:]}", role="backend_developer", model="scripted:demo", attempt=1
            )
        )
        return task_id

    def says(self, task_id: str, text: str) -> None:
        message = Message(ordinal=0, speaker=Speaker.ASSISTANT, parts=(TextPart(text),), at=self.now)
        self.tell(e.MessageAdded(task_id=task_id, message=message))

    def spends(self, task_id: str, **tokens: Any) -> None:
        self.tell(e.UsageRecorded(task_id=task_id, model="scripted:demo", usage=Usage(**tokens)))

    def completed(self, **changes: Any) -> str:
        task_id = self.started(**changes)
        self.tell(
            e.TaskCompleted(
                task_id=task_id,
                summary="Read every route: the token's owner is asked for twice.",
                evidence=(Evidence(criterion="all tests pass", evidence="ran them: 31 passed"),),
            )
        )
        return task_id

    def failed(self, **changes: Any) -> str:
        task_id = self.started(**changes)
        self.tell(e.TaskFailed(task_id=task_id, reason="the model was not reachable", limit=None))
        return task_id

    def asks(self, task_id: str, text: str, kind: e.QuestionKind, options: tuple[str, ...] = ()) -> e.Question:
        question = e.Question(
            id=f"q{self.state.seq}", kind=kind, task_id=task_id, text=text, options=options, turn=0, index=0,
            asked_at=self.now,
        )  # fmt: skip
        self.tell(e.QuestionAsked(question=question))
        return question


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture(scope="session")
def new_story() -> type[Story]:
    return Story


WaitFor = Callable[[Pilot[Any], Callable[[], bool], str], Awaitable[None]]


@pytest.fixture(scope="session")
def wait_for() -> WaitFor:
    """Wait until a condition holds; Pilot alone takes an app that awaits something for idle."""
    return until

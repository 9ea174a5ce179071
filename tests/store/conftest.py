"""A store on a real file, and the smallest facts with which a run can be told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.events import Fact, MessageAdded, ProposalDecided, RunStarted, TaskProposed, TaskStarted
from hephaestus_tui.domain.message import Message, Part, Speaker, TextPart
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import Origin, Phase, Task, TaskDraft
from hephaestus_tui.store.store import Store


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "project.db"


@pytest.fixture
async def store(db_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(db_path)
    yield opened
    await opened.close()


@pytest.fixture
def started() -> Callable[[str], Fact]:
    def fact(run_id: str) -> Fact:
        return RunStarted(run_id=run_id, goal="g", project="/p", model="m", policy=Policy.ASK, roles=("tech_lead",))

    return fact


@pytest.fixture
def proposed() -> Callable[..., TaskProposed]:
    def fact(task_id: str, *, title: str = "t", origin: Origin | None = None, version: int = 1) -> TaskProposed:
        draft = TaskDraft(title=title, description="d", rationale="r", phase=Phase.BUILDING, role="tech_lead")
        return TaskProposed(
            proposal=Proposal(
                task_id=task_id, version=version, draft=draft, origin=origin or Origin(), waits=False, proposed_at=1.0
            )
        )

    return fact


@pytest.fixture
def accepted(proposed: Callable[..., TaskProposed]) -> Callable[[str], list[Fact]]:
    """A task as a human's own: proposed and accepted in one go."""

    def facts(task_id: str) -> list[Fact]:
        proposal = proposed(task_id).proposal
        number = int(task_id[1:])
        decision = Decision(
            id=number, task_id=task_id, version=1, verdict=Verdict.ACCEPT, actor=Actor(ActorKind.HUMAN, "Ada"),
            decided_at=2.0, waited=1.0, final=proposal.draft,
        )  # fmt: skip
        task = Task(id=task_id, draft=proposal.draft, origin=Origin(), decision_id=number, created_at=2.0)
        return [TaskProposed(proposal=proposal), ProposalDecided(decision=decision, task=task)]

    return facts


@pytest.fixture
def begun(started: Callable[[str], Fact], accepted: Callable[[str], list[Fact]]) -> Callable[[str], list[Fact]]:
    """A run with one task, T1, that an agent has begun."""

    def facts(run_id: str) -> list[Fact]:
        work = TaskStarted(task_id="T1", agent_id="A1", role="tech_lead", model="m", attempt=1)
        return [started(run_id), *accepted("T1"), work]

    return facts


@pytest.fixture
def said() -> Callable[..., MessageAdded]:
    def fact(ordinal: int, text: str = "hello", *parts: Part, speaker: Speaker = Speaker.ASSISTANT) -> MessageAdded:
        message = Message(ordinal=ordinal, speaker=speaker, parts=parts or (TextPart(text),), at=1.0)
        return MessageAdded(task_id="T1", message=message)

    return fact

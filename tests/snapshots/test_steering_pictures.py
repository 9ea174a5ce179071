"""What a person sees when they say something to agents, stop a subtree, and begin a task anew with a note."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId
from hephaestus_tui.domain.words import When

SMALL, MIDDLE = (80, 24), (120, 40)
ADA = Actor(ActorKind.HUMAN, "Ada")


def draft(title: str) -> TaskDraft:
    return TaskDraft(
        title=title, description="Serve all routes from the token cache.", rationale="Each request pays for it.",
        phase=Phase.BUILDING, role="backend_developer", done_criteria=("all tests pass",),
    )  # fmt: skip


@pytest.fixture
def family(stage: Any) -> TaskId:
    """T1 at work, with T2 stepping, T3 at work, T4 failed and T5 proposed below it; T1 has words to read later."""
    stage.run("Let people see and end their own sessions")
    top: TaskId = stage.start(stage.accept(stage.propose(draft("GET /users/{user_id}/sessions"))))
    titles = ("Serve every route from the token cache", "A revoked token is refused at once", "Measure it under load")
    step, _, failed = (stage.start(stage.accept(stage.propose(draft(title), by=top))) for title in titles)
    stage.propose(draft("Tell in the manual when a token is refused"), by=top)
    stage.record(e.AgentPaused(task_id=step, actor=ADA))
    stage.record(e.AgentStepped(task_id=step, actor=ADA))
    stage.record(e.TaskFailed(task_id=failed, reason="the tests do not pass: 3 of 31 fail"))
    stage.record(e.AgentSteered(task_id=top, text="Then write the notes.", actor=ADA, when=When.QUEUED))
    return top


def go_to(task_id: TaskId) -> list[tuple[str, str]]:
    return [("slash", "find a task"), *((key, "") for key in task_id), ("enter", f" {task_id} ")]


def test_steer_at_80x24(family: TaskId, looks_as_before: Any) -> None:
    keys = [
        *go_to("T1"),
        ("s", "Steer T1"),
        ("tab", ""),
        ("right", "taken back"),
        ("tab", ""),
        ("right", "Read by T1, T2"),
    ]
    assert looks_as_before("Read by T1, T2", size=SMALL, keys=keys)


def test_stop_a_subtree_at_120x40(family: TaskId, looks_as_before: Any) -> None:
    keys = [*go_to("T1"), ("x", "Stop T1"), ("right", "3 tasks will be stopped")]
    assert looks_as_before("Left at the gate", size=MIDDLE, keys=keys)


def test_restart_with_a_note_at_80x24(family: TaskId, looks_as_before: Any) -> None:
    keys = [*go_to("T4"), ("X", "Restart T4"), ("tab", ""), ("right", "")]
    assert looks_as_before("a fresh one", size=SMALL, keys=keys)

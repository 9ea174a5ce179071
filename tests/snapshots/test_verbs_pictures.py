"""What a person sees when they ask back, undo, merge, split, and settle what waits in vain, bounds and duplicates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind, Near, Proposal
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
ADA = Actor(ActorKind.HUMAN, "Ada")


def draft(title: str, *blocked_by: TaskId, criteria: tuple[str, ...] = ("all tests pass",)) -> TaskDraft:
    return TaskDraft(
        title=title,
        description="Only /auth/verify answers from the token cache; every other route runs two queries and a write "
        "for each request. Serve all of them from it.",
        rationale="Each request pays three statements before it does anything of its own.",
        phase=Phase.BUILDING,
        role="backend_developer",
        blocked_by=blocked_by,
        done_criteria=criteria,
    )


@pytest.fixture
def worker(stage: Any) -> TaskId:
    """T1, on which an agent is at work."""
    stage.run("Let people see and end their own sessions")
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft("GET /users/{user_id}/sessions"))))
    return task_id


@pytest.fixture
def alike(stage: Any, worker: TaskId) -> list[TaskId]:
    """T2, a task; T3, a proposal much like it; T4, which waits for T3."""
    cache = stage.accept(stage.propose(draft("Serve every route from the token cache"), by=worker))
    stage.record(
        e.TaskProposed(
            proposal=Proposal(
                task_id="T3", version=1, waits=False, proposed_at=stage.at, near=(Near(cache, 87), Near(worker, 58)),
                draft=draft("Answer all routes from the cache of tokens", criteria=("all tests pass", "it is measured")),
                origin=Origin(task_id=worker, agent_id="A1", turn=2, index=3, depth=1),
            )
        )
    )  # fmt: skip
    after = stage.propose(draft("A revoked token is refused at once", "T3"), by=worker)
    return [cache, "T3", after]


@pytest.fixture
def stranded(stage: Any, worker: TaskId) -> TaskId:
    """T2 has failed, and T3 to T6 wait in vain."""
    failed: TaskId = stage.start(
        stage.accept(stage.propose(draft("Serve every route from the token cache"), by=worker))
    )
    stage.accept(stage.propose(draft("A revoked token is refused at once", failed), by=worker))
    stage.accept(stage.propose(draft("Tell in the manual when a token is refused", "T3"), by=worker))
    stage.propose(draft("Measure the routes under load", failed), by=worker)
    stage.propose(draft("Compare them with the last release", "T5", "T4"), by=worker)
    stage.record(e.TaskFailed(task_id=failed, reason="the tests do not pass: 3 of 31 fail"))
    return failed


def go_to(task_id: TaskId) -> list[tuple[str, str]]:
    """Select a task by its id."""
    return [("slash", "find a task"), *((key, "") for key in task_id), ("enter", f" {task_id} ")]


def test_ask_back_at_80x24(alike: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("at work, and answers", size=SMALL, keys=[*go_to("T3"), ("c", "Ask about T3")])


def test_undo_at_80x24(alike: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("take it back", size=SMALL, keys=[*go_to("T2"), ("u", "Take back the decision on T2?")])


def test_merge_choice_at_80x24(alike: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("87 % alike", size=SMALL, keys=[*go_to("T3"), ("M", "merge T3 into")])


def test_merge_preview_at_120x40(alike: list[TaskId], looks_as_before: Any) -> None:
    keys = [*go_to("T3"), ("M", "merge T3 into"), ("enter", "y merge it")]
    assert looks_as_before("Waiting for T2 instead of T3", size=MIDDLE, keys=keys)


def test_merge_in_a_circle_at_80x24(stage: Any, alike: list[TaskId], looks_as_before: Any) -> None:
    stage.propose(replace(draft("Tell it in the manual", "T4")), by="T1")
    keys = [
        *go_to("T3"),
        ("M", "merge T3 into"),
        ("T", ""),
        ("5", "would close a circle"),
        ("enter", "which waits for T4: a"),
    ]
    assert looks_as_before("choose another", size=SMALL, keys=keys)


def test_split_at_80x24(alike: list[TaskId], looks_as_before: Any) -> None:
    typed = [(key, "") for key in ("M", "o", "r", "e", "ctrl+t")]
    keys = [*go_to("T3"), ("S", "1 new proposal"), *typed]
    assert looks_as_before("part 2: description is empty", "before: on", size=SMALL, keys=keys)


def test_blocker_gone_at_80x24(stranded: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before(
        "4 wait in vain", size=SMALL, keys=[*go_to("T2"), ("d", "T2 will not complete"), ("t", "this run: on")]
    )


def test_blocker_gone_at_120x40(stranded: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("4 wait in vain", size=MIDDLE, keys=[*go_to("T6"), ("d", "T2 will not complete")])


def test_spawn_bound_at_80x24(stage: Any, alike: list[TaskId], looks_as_before: Any) -> None:
    for bound in ("children", "per_turn"):
        stage.record(e.BoundReached(bound=bound, task_id="T1", limit=3))
    assert looks_as_before("(1 of 2)", size=SMALL, keys=[("b", "A bound of proposing")])


def test_duplicate_threshold_at_80x24(alike: list[TaskId], looks_as_before: Any) -> None:
    assert looks_as_before("save 80 %", size=SMALL, keys=[("percent_sign", "From 80 % alike on")])

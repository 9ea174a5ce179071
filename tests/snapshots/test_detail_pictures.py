"""The detail of a task at work with a budget, of one whose work waits, and all sections of it folded."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import Budget, Place, Scope, Unit
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.task import Evidence, TaskId
from tests.made_work import Made
from tests.snapshots.test_pictures import draft

ADA = Actor(ActorKind.HUMAN, "Ada")
SMALL, MIDDLE = (80, 24), (120, 40)


@pytest.fixture
def spending(stage: Any) -> TaskId:
    stage.run("Let people see and end their own sessions")
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft("Serve every route from the token cache"))))
    for tokens in (4_000, 9_000, 24_000, 2_000, 16_000):
        stage.spend(task_id, tokens, 0.31)
    budget = Budget(Place(Scope.TASK, task_id), Unit.DOLLARS)
    stage.record(e.BudgetSet(budget=budget, limit=2.0, actor=ADA))
    return task_id


def test_at_work_with_a_budget(spending: TaskId, looks_as_before: Any) -> None:
    keys = [("3", "at work for"), ("right_square_bracket", "What to do"), ("left_square_bracket", "78%")]
    assert looks_as_before("tokens/s now", size=SMALL, keys=keys)


def test_sections_folded(spending: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("Done when", size=SMALL, keys=[("3", "at work for"), ("Z", "▸ Agent")])


def test_work_to_review(spending: TaskId, stage: Any, looks_as_before: Any) -> None:
    made = Made(spending, {"rollcall/tokens.py": ("a = 1\n", "a = 2\n"), "tests/test_tokens.py": (None, "b = 1\n")})
    stage.port.made[spending] = made
    stage.record(made.done())
    proof = Evidence(
        criterion="the cost of a request is measured", evidence="benchmarks/requests.py: 3 to 1 statements"
    )
    stage.record(e.TaskCompleted(task_id=spending, summary="Every route asks the cache.", evidence=(proof,)))
    assert looks_as_before("WORK waits for you", size=MIDDLE, keys=[("3", "rollcall/tokens.py")])

"""What a person sees of models: who answers in whose place, and the dialog that chooses another."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Speaker, TextPart
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
FIRST = "anthropic:claude-sonnet-4-5"


@pytest.fixture
def fallen(stage: Any) -> TaskId:
    """T1, whose agent goes on with another model than the one that was chosen."""
    stage.run("Let people see and end their own sessions")
    draft = TaskDraft(
        title="GET /users/{user_id}/sessions",
        description="Add the route, with a test for each of its answers.",
        rationale="Nobody can see where they are signed in.",
        phase=Phase.BUILDING,
        role="backend_developer",
        done_criteria=("all tests pass",),
    )
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft)))
    stage.say(task_id, TextPart("The goal of the run: let people see and end their own sessions"), speaker=Speaker.USER)
    stage.say(task_id, TextPart("I look at the routes that there are."))
    why = 'anthropic (api.anthropic.com) answered 529: "Overloaded". The provider has trouble: it can be tried again later.'
    stage.record(
        e.ModelSwitched(task_id=task_id, turn=2, before=FIRST, model="openai:gpt-5", reason=why, fallback=True)
    )  # fmt: skip
    stage.say(task_id, TextPart("There are four. None lists sessions, so I add one."))
    return task_id


def test_one_that_fell_back_at_120x40(fallen: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("takes over", "1 on another model", "in place of", size=MIDDLE, keys=[("3", "Agent")])


def test_choosing_a_model_at_80x24(fallen: TaskId, looks_as_before: Any) -> None:
    keys = [("h", "Which model answers for T1"), ("down", FIRST)]
    assert looks_as_before("in place of", size=SMALL, keys=keys)

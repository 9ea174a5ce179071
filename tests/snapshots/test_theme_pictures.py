"""One picture of each theme over a run with most states, so that a colour that does not belong is seen."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import ReasoningPart, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId

GOAL = "Let people see and end their own sessions"


def draft(title: str, phase: Phase, *blocked_by: TaskId) -> TaskDraft:
    return TaskDraft(
        title=title, description="Two queries for each request.", rationale="It was measured: 12 ms each.",
        phase=phase, role="backend_developer", blocked_by=blocked_by, done_criteria=("the tests pass",),
    )  # fmt: skip


@pytest.fixture
def most_states(stage: Any) -> None:
    stage.run(GOAL)
    look = stage.start(stage.accept(stage.propose(draft("Where does the time go?", Phase.INVESTIGATION))))
    stage.complete(look, "In two queries.")
    gone = stage.start(stage.accept(stage.propose(draft("Try the old driver", Phase.INVESTIGATION))))
    stage.record(e.TaskFailed(task_id=gone, reason="it does not build"))
    work = stage.start(stage.accept(stage.propose(draft("Serve routes from the cache", Phase.BUILDING, look))))
    stage.accept(stage.propose(draft("Measure it again", Phase.VALIDATION, work)))
    stage.accept(stage.propose(draft("Build on the old driver", Phase.BUILDING, gone)))
    stage.reject(stage.propose(draft("Rewrite it all", Phase.BUILDING), by=work), "no")
    stage.propose(draft("A revoked token is refused", Phase.VALIDATION, work), by=work)
    stage.say(
        work,
        ReasoningPart("I must see who may read what."),
        TextPart("I begin with **how routes are laid out**.\n\n- `app.py` mounts them\n- stores speak SQL"),
        ToolCallPart("c1", "read_file", '{"path": "rollcall/auth.py"}'),
        ToolCallPart("c2", "run_command", '{"command": "python3 -m unittest"}'),
    )
    for call_id, result, failed in (("c1", "def verify(token): ...", False), ("c2", "[exit code 1]\nFAILED", True)):
        stage.say(work, ToolResultPart(call_id, result, failed), speaker=Speaker.TOOL)
    stage.spend(work, 18_400, 0.0731)
    stage.ask(work, "Which of the two caches?", "the first", "the second")


@pytest.mark.parametrize(
    "name", ["colour-blind", "forge-dark", "forge-light", "high-contrast", "mono", "sixteen", "sixteen-light"]
)
def test_a_theme(most_states: None, looks_as_before: Any, name: str) -> None:
    assert looks_as_before("Which of the two", size=(120, 40), settings=UiSettings(theme=name))

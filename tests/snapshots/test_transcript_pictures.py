"""What the transcript looks like when a person looks closer: words that were found, and when each thing was said."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hephaestus_tui.domain.message import ReasoningPart, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.task import Phase, TaskDraft

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)


@pytest.fixture(autouse=True)
def _same_time(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def told(stage: Any) -> None:
    stage.run("Let people see and end their own sessions")
    draft = TaskDraft(
        title="GET /users/{user_id}/sessions", description="Add a route that lists the sessions of a user.",
        rationale="People cannot see where they are logged in.", phase=Phase.BUILDING, role="backend_developer",
    )  # fmt: skip
    task_id = stage.start(stage.accept(stage.propose(draft)))
    stage.say(task_id, TextPart("Add a route that lists the sessions of a user."), speaker=Speaker.USER)
    stage.say(
        task_id,
        ReasoningPart("The list of someone's devices is private: I must see who may read what."),
        TextPart("I begin by reading how routes ask for the **session** of a request.\n\n- `auth.py` verifies\n- stores speak SQL"),
        ToolCallPart("c1", "run_command", '{"command": "python3 -m pytest -q"}'),
        ToolCallPart("c2", "edit_file", '{"path": "a.py", "old": "ttl = 30\\nkeep()\\n", "new": "ttl = 60\\nkeep()\\n"}'),
    )  # fmt: skip
    stage.say(task_id, ToolResultPart("c1", RUN, is_error=True), speaker=Speaker.TOOL)
    stage.say(task_id, ToolResultPart("c2", "1 line replaced"), speaker=Speaker.TOOL)
    stage.say(
        task_id, TextPart("A session that has ended is still listed: the test is right, and the session store is not.")
    )


RUN = (
    "[exit code 1 after 2.4 s]\n"
    "\x1b[32m.\x1b[0m\x1b[32m.\x1b[0m\x1b[31mF\x1b[0m\n"
    "\x1b[1m\x1b[31mE   assert listed(session) is False\x1b[0m\n"
    "\x1b[33m1 warning\x1b[0m, \x1b[31m\x1b[1m1 failed\x1b[0m, \x1b[32m2 passed\x1b[0m of the session store\n"
)


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_found_words(size: tuple[int, int], told: None, looks_as_before: Any) -> None:
    asked = [("2", "store is not"), ("home", "brief"), ("T", "2025-06-15"), ("ctrl+f", "words to find")]
    typed = [("s", "s"), ("e", "se"), ("s", "ses"), ("s", "sess")]
    assert looks_as_before(
        size=size, keys=[*asked, *typed, ("enter", "1 of 6"), ("}", "2 of 6"), ("}", "3 of 6"), ("}", "4 of 6")]
    )


def test_a_whole_output(told: None, looks_as_before: Any) -> None:
    pointing = [("right_square_bracket", "›")] * 3
    keys = [("2", "store is not"), ("home", "brief"), *pointing, ("ctrl+o", "lines")]
    assert looks_as_before(size=SMALL, keys=keys)

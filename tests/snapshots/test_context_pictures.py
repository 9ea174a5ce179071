"""A transcript that was compacted, and how full its agent's context is."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.context import Cause
from hephaestus_tui.domain.message import Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.task import Phase, TaskDraft

MODEL = "anthropic:claude-sonnet-4-5"
SUMMARY = """Done: read routes/users.py and token_cache.py; GET /users/{id}/sessions answers 200 (pytest: 12 passed).
Decided: sessions are listed newest first, since the page shows them so.
Open: DELETE of a session; its tests."""


@pytest.fixture
def compacted(stage: Any) -> None:
    stage.run("Let people see and end their own sessions")
    draft = TaskDraft(
        title="End a session", description="DELETE /users/{id}/sessions/{id}.", rationale="People ask for it.",
        phase=Phase.BUILDING, role="backend_developer",
    )  # fmt: skip
    task_id = stage.start(stage.accept(stage.propose(draft)))
    stage.say(task_id, TextPart("You work on the service."), speaker=Speaker.SYSTEM)
    stage.say(task_id, TextPart("Your task is T1: End a session"), speaker=Speaker.USER)
    stage.say(task_id, TextPart("The routes first."), ToolCallPart("c1", "read_file", '{"path": "routes/users.py"}'))
    stage.say(task_id, ToolResultPart("c1", "1\tclass Users:\n2\t    ..."), speaker=Speaker.TOOL)
    stage.record(
        e.ContextMeasured(task_id=task_id, model=MODEL, tokens=161_200, estimate=150_000, window=200_000)
    )  # fmt: skip
    stage.record(
        e.ContextCompacted(
            task_id=task_id, turn=4, upto=3, summary=SUMMARY, cleared=("c1",), messages=42, before=161_200, after=58_300,
            cause=Cause.NEAR, by=MODEL,
        )
    )  # fmt: skip
    stage.say(
        task_id, TextPart("Now the route that ends one."), ToolCallPart("c2", "run_command", '{"command": "pytest"}')
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_compacted(size: tuple[int, int], compacted: None, looks_as_before: Any) -> None:
    unfold = [("2", ""), *[("left_square_bracket", "")] * 2, ("enter", "Summed up")]
    assert looks_as_before("42 messages compacted", size=size, keys=unfold)

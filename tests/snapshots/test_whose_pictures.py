"""What the words of many agents look like: one after the other, while some of them are still talking."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import ReasoningPart, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
RUN = "[exit code 1 after 2.4 s]\n\x1b[31mE   assert listed(session) is False\x1b[0m\n1 failed, 2 passed\n"


def _draft(title: str, role: str, phase: Phase) -> TaskDraft:
    return TaskDraft(title=title, description=f"{title}.", rationale="It is needed.", phase=phase, role=role)


@pytest.fixture
def crowd(stage: Any) -> list[TaskId]:
    stage.run("Let people see and end their own sessions")
    drafts = (
        _draft("GET /users/{user_id}/sessions", "backend_developer", Phase.BUILDING),
        _draft("Try to list the sessions of someone else", "qa_tester", Phase.VALIDATION),
        _draft("Read how sessions are stored", "tech_lead", Phase.INVESTIGATION),
    )
    tasks: list[TaskId] = [stage.start(stage.accept(stage.propose(draft))) for draft in drafts]
    backend, tester, lead = tasks
    for task, draft in zip(tasks, drafts, strict=True):
        stage.say(task, TextPart(draft.description), speaker=Speaker.USER)
    stage.say(
        lead,
        ReasoningPart("Where do sessions live, and who may end one?"),
        TextPart("Sessions are rows of `sessions`, **one a device**. I read the store first."),
        ToolCallPart("l1", "search_text", '{"pattern": "class SessionStore"}'),
    )  # fmt: skip
    stage.say(lead, ToolResultPart("l1", "app/store.py:14: class SessionStore:"), speaker=Speaker.TOOL)
    stage.say(
        backend,
        TextPart(
            "I begin by reading how routes ask for the session of a request.\n\n- `auth.py` verifies\n- stores speak SQL"
        ),
    )
    stage.say(
        tester, TextPart("I log in as two people, and ask for the other's list."),
        ToolCallPart("q1", "run_command", '{"command": "python3 -m pytest -q tests/test_sessions.py"}'),
    )  # fmt: skip
    stage.say(lead, TextPart("A session has no owner but its user: `user_id` is enough to say who may end it."))
    stage.say(tester, ToolResultPart("q1", RUN, is_error=True), speaker=Speaker.TOOL)
    spawn = '{"title": "Index sessions by user", "rationale": "The list reads the whole table."}'
    stage.say(backend, TextPart("The list reads the whole table."), ToolCallPart("b1", "spawn_building_task", spawn))
    stage.say(backend, ToolResultPart("b1", '{"task_id": "T4", "standing": "proposed"}'), speaker=Speaker.TOOL)
    stage.say(backend, TextPart("The route is there. Now I write its test."))
    return tasks


def _talking(tasks: list[TaskId]) -> list[e.Flicker]:
    backend, tester, lead = tasks
    text = e.Channel.TEXT
    return [
        e.TurnBegan(tester, 3, 1),
        e.TextStreamed(tester, 3, text, "A session that has ended is still listed: the test is right, and the store is not. I look"),
        e.TurnBegan(lead, 4, 1),
        e.TextStreamed(lead, 4, e.Channel.REASONING, "Is there an index on it?"),
        e.TurnBegan(backend, 5, 1),
        e.CallStreamed(backend, 5, 0, "edit_file", 340),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_whole_run(size: tuple[int, int], crowd: list[TaskId], looks_as_before: Any) -> None:
    keys = [("J", " · 1 task"), ("J", "the whole run"), ("2", "following")]
    assert looks_as_before("thinks", size=size, keys=keys, streamed=_talking(crowd))


def test_held_with_the_marks_of_time(crowd: list[TaskId], looks_as_before: Any) -> None:
    keys = [("J", " · 1 task"), ("J", "the whole run"), ("2", "following"), ("pageup", "scrolled up"), ("T", "10:0")]
    assert looks_as_before(size=SMALL, keys=keys)

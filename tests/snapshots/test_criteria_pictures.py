"""What a person sees of criteria: on a card, with the command that would be run, and when an agent could not meet them."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.check import Check
from hephaestus_tui.domain.criterion import CommandCriterion
from hephaestus_tui.domain.task import Evidence, Phase, TaskDraft, TaskId

COMMAND = "python3 -m unittest tests.test_auth_cache"


def draft(title: str) -> TaskDraft:
    return TaskDraft(
        title=title, description="Ask the cache in `authenticate`.", rationale="Each request pays three statements.",
        phase=Phase.BUILDING, role="backend_developer",
        done_criteria=(CommandCriterion("A test counts the statements", COMMAND), "Routes share the cache"),
    )  # fmt: skip


@pytest.fixture
def unmet(stage: Any) -> TaskId:
    stage.run("Let people see and end their own sessions")
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft("Let every route use the token cache"))))
    output = "[exit code 1 after 0.3 s]\nFAIL: test_a_repeated_request_does_not_ask_again\nAssertionError: 4 != 1"
    evidence = (
        Evidence(
            criterion="A test counts the statements", evidence="tests/test_auth_cache.py: OK",
            checked=Check(command=COMMAND, code=1, seconds=0.3, output=output),
        ),
        Evidence(criterion="Routes share the cache", evidence="require and require_admin both come through it"),
    )  # fmt: skip
    stage.record(e.CriteriaUnmet(task_id=task_id, turn=2, index=0, round=3, evidence=evidence, asks=True))
    question = e.Question(
        id="q1", kind=e.QuestionKind.CRITERION, task_id=task_id, text="The task is not completed.", options=(), turn=2,
        index=0, asked_at=stage.at,
    )  # fmt: skip
    stage.record(e.QuestionAsked(question=question))
    return task_id


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_what_is_not_met_is_put_to_a_person(size: tuple[int, int], unmet: TaskId, looks_as_before: Any) -> None:
    assert looks_as_before("AssertionError: 4 != 1", "fail the task", size=size, keys=[("y", "is not done")])


def test_the_card_shows_the_command_that_would_be_run(stage: Any, looks_as_before: Any) -> None:
    stage.run("Let people see and end their own sessions")
    stage.propose(draft("Let every route use the token cache"))
    assert looks_as_before("Routes share the cache", "lets this be run", size=(120, 40))

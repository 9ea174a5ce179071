"""What a person sees who is asked for leave, changes a command, and looks at what they have allowed."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.leave import Grant
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
DIFF = """replace rollcall/tokens.py (5 lines, 84 bytes)

--- a/rollcall/tokens.py
+++ b/rollcall/tokens.py
@@ -1,4 +1,4 @@
 class TokenCache:
-    seconds = 60
+    seconds = 600

     def get(self, token: str) -> int | None:"""


@pytest.fixture
def asking(stage: Any) -> TaskId:
    stage.run("Let people see and end their own sessions")
    draft = TaskDraft(
        title="Answer tokens from the cache", description="d", rationale="r", phase=Phase.BUILDING,
        role="backend_developer",
    )  # fmt: skip
    task_id: TaskId = stage.start(stage.accept(stage.propose(draft)))
    return task_id


def run(stage: Any, task_id: TaskId) -> None:
    argv = ("python3", "-m", "unittest", "tests.test_sessions")
    stage.ask(
        task_id, " ".join(argv), kind=e.QuestionKind.PERMISSION, effect=Effect.RUN, tool="run_command", argv=argv
    )  # fmt: skip


def test_command(stage: Any, asking: TaskId, looks_as_before: Any) -> None:
    run(stage, asking)
    assert looks_as_before("w for run", size=SMALL, keys=[("y", "May T1 do this?")])


def test_changed_command(stage: Any, asking: TaskId, looks_as_before: Any) -> None:
    run(stage, asking)
    keys = [
        ("y", "May T1 do this?"),
        ("e", "shall run instead"),
        ("exclamation_mark", "!"),
        ("enter", "changed by you"),
    ]
    assert looks_as_before("a allow once", size=SMALL, keys=keys)


def test_difference(stage: Any, asking: TaskId, looks_as_before: Any) -> None:
    stage.ask(asking, DIFF, kind=e.QuestionKind.PERMISSION, effect=Effect.WRITE, tool="write_file")
    assert looks_as_before("t for task", size=MIDDLE, keys=[("y", "May T1 do this?")])


def test_leave_given(stage: Any, asking: TaskId, looks_as_before: Any) -> None:
    ada = Actor(ActorKind.HUMAN, "ada")
    for number, (argv, task_id) in enumerate(((("python3", "-m", "unittest"), None), (None, asking)), 1):
        tool, effect = ("run_command", Effect.RUN) if argv else ("edit_file", Effect.WRITE)
        grant = Grant(
            id=f"L{number}", tool=tool, effect=effect, argv=argv, task_id=task_id, actor=ada, given_at=stage.at
        )
        stage.record(e.LeaveGranted(grant=grant))
    assert looks_as_before("x take it back", size=SMALL, keys=[("Y", "What you have allowed"), ("j", "for T1 by ada")])

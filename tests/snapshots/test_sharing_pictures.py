"""What a person sees of agents that work together: a letter and an overlap in the transcript, and the notes of the run."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.message import LetterPart, OverlapPart, Speaker, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.domain.talk import Letter, Note, Report
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId

SMALL, MIDDLE = (80, 24), (120, 40)
ADA = Actor(ActorKind.HUMAN, "Ada")
CACHE = "rollcall/token_cache.py"


def draft(title: str, role: str = "backend_developer") -> TaskDraft:
    return TaskDraft(
        title=title, description=f"{title}, and keep every route as it is.", rationale="Each request pays for it.",
        phase=Phase.BUILDING, role=role, done_criteria=("all tests pass",),
    )  # fmt: skip


@pytest.fixture
def two(stage: Any) -> tuple[TaskId, TaskId]:
    """Two agents at work on one file; the first has heard from the second."""
    stage.run("Let people see and end their own sessions")
    first = stage.start(stage.accept(stage.propose(draft("Serve every route from the token cache"))))
    second = stage.start(stage.accept(stage.propose(draft("Forget a token when its session ends"))))
    stage.record(e.FilesTouched(task_id=first, paths=(CACHE, "rollcall/auth.py")))
    stage.record(e.FilesTouched(task_id=second, paths=(CACHE,)))
    return first, second


@pytest.fixture
def talk(stage: Any, two: tuple[TaskId, TaskId]) -> TaskId:
    first, second = two
    letter = Letter(
        id=f"{second}.3.0", sender=second, role="backend_developer", turn=3, to=(first,), at=stage.at,
        text="I add forget(token) to the cache and call it where a session ends.\n"
        "Please keep lookup() as it is: my tests count its misses.",
    )  # fmt: skip
    said = f'{{"to": "{second}", "text": "lookup() stays. I only add a route to it."}}'
    stage.say(first, TextPart("You are a backend developer."), speaker=Speaker.SYSTEM)
    stage.say(first, TextPart("Your task is T1."), speaker=Speaker.USER)
    stage.say(
        first,
        TextPart("The cache answers for one route only."),
        ToolCallPart("c1", "write_file", f'{{"path": "{CACHE}"}}'),
        speaker=Speaker.ASSISTANT,
    )
    stage.say(first, ToolResultPart("c1", f"Replaced {CACHE}."), speaker=Speaker.TOOL)
    title = "Forget a token when its session ends"
    stage.say(first, OverlapPart(second, title, (CACHE,)), LetterPart(letter), speaker=Speaker.USER)
    stage.say(
        first, TextPart("That fits with mine."), ToolCallPart("c2", "send_message", said), speaker=Speaker.ASSISTANT
    )
    stage.say(
        first,
        ToolResultPart("c2", f"Sent. {second} (backend_developer) reads it before its next step."),
        speaker=Speaker.TOOL,
    )
    return first


@pytest.fixture
def noted(stage: Any, two: tuple[TaskId, TaskId]) -> None:
    for number, (text, tags, by) in enumerate(
        (
            ("Tests need an empty ROLLCALL_DB; with a file of their own they see each other's rows.", ("tests",), None),
            ("The cache is per process: two servers do not share it.", ("cache", "auth"), None),
            ("We release on Thursdays. Nothing that changes tables is merged after Tuesday.", ("release",), ADA),
        ),
        1,
    ):
        task_id, role = (None, "") if by else (two[number - 1], "backend_developer")
        note = Note(id=f"N{number}", text=text, tags=tags, at=stage.at, by=by, task_id=task_id, role=role)
        stage.record(e.NoteAdded(note=note))
    stage.record(e.NoteStruck(note_id="N1", actor=ADA))


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["80x24", "120x40"])
def test_a_letter_is_told_from_a_persons_words_and_two_rows_say_that_they_overlap(
    talk: TaskId, looks_as_before: Any, size: tuple[int, int]
) -> None:
    shown = [] if size == MIDDLE else [("2", "message from T2")]
    assert looks_as_before("1 overlap", size=size, keys=shown)


def test_the_notes_of_the_run(noted: None, looks_as_before: Any) -> None:
    assert looks_as_before("We release on Thursdays", size=SMALL, keys=[("N", "Notes of this run")])


def test_a_report_waits_for_an_answer(stage: Any, two: tuple[TaskId, TaskId], looks_as_before: Any) -> None:
    text = "The index of packages cannot be reached from here, so the lock file stays as it is. I go on with the cache."
    stage.record(e.ReportMade(report=Report(id="T2.4.0", task_id=two[1], text=text, waits=False, at=stage.at)))
    assert looks_as_before("goes on meanwhile", size=SMALL, keys=[("n", "IN ITS WAY"), ("y", "In the way of T2")])

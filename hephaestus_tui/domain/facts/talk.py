"""Facts of agents that work together: what they said to each other, reported and noted, and which files they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.talk import Letter, Note, Report
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSent:
    """It waits for each of its readers until a message of their transcript holds it."""

    KIND: ClassVar[str] = "talk.letter_sent"
    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMade:
    KIND: ClassVar[str] = "talk.report_made"
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswered:
    """`words` are empty where a human only took note."""

    KIND: ClassVar[str] = "talk.report_answered"
    report_id: str
    words: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    KIND: ClassVar[str] = "talk.note_added"
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChanged:
    KIND: ClassVar[str] = "talk.note_changed"
    note_id: str
    text: str
    tags: tuple[str, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStruck:
    KIND: ClassVar[str] = "talk.note_struck"
    note_id: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesTouched:
    """Files that a task has changed, made or removed, of which no earlier fact says so; as paths from the top of the
    repository (without one, of the project)."""

    KIND: ClassVar[str] = "task.files_touched"
    task_id: TaskId
    paths: tuple[str, ...]


TalkFact: TypeAlias = LetterSent | ReportMade | ReportAnswered | NoteAdded | NoteChanged | NoteStruck | FilesTouched

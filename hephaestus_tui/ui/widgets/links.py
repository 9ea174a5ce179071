"""Where a word on the screen leads: without one name for each kind of place, every pane would find its own way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True)
class WorkAt:
    """The review of what a task has made, at one of its files, or at its beginning."""

    task_id: TaskId
    path: str = ""


@dataclass(frozen=True, slots=True)
class DecisionAt:
    """A decision in the record of the run."""

    decision_id: int


@dataclass(frozen=True, slots=True)
class NoteAt:
    """A note among those of the run."""

    note_id: str


@dataclass(frozen=True, slots=True)
class PassageOf:
    """The passage in which a task was found."""

    task_id: TaskId


@dataclass(frozen=True, slots=True)
class CallAt:
    """A call in the conversation of a task; `turn` is the number of its message, `index` its place among the calls."""

    task_id: TaskId
    turn: int
    index: int


Link: TypeAlias = TaskId | WorkAt | DecisionAt | NoteAt | PassageOf | CallAt


def call_at(name: str) -> CallAt | None:
    """From the name that a call gives to what it made, "T3.7.0"; None for any other."""
    task_id, _, place = name.partition(".")
    turn, _, index = place.partition(".")
    return CallAt(task_id, int(turn), int(index)) if turn.isdecimal() and index.isdecimal() else None

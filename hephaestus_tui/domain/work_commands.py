"""What a human may ask about the work of a task: merge it, send it back, give it up, have its conflict resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import LineComment


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeWork:
    """Merge a task's work into the branch that the project has checked out. `tip` is the commit that the person looked at."""

    KIND: ClassVar[str] = "merge_work"
    task_id: TaskId
    tip: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """Let the task's agent go on with what a human says about its work; words, comments on lines, or both."""

    KIND: ClassVar[str] = "send_back"
    task_id: TaskId
    tip: str
    text: str
    comments: tuple[LineComment, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardWork:
    """Give a task's work up; its branch stays until somebody deletes it by hand."""

    KIND: ClassVar[str] = "discard_work"
    task_id: TaskId
    tip: str
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveConflict:
    """Make a building task that resolves the conflict between a task's work and the project."""

    KIND: ClassVar[str] = "resolve_conflict"
    task_id: TaskId
    actor: Actor


WorkCommand: TypeAlias = MergeWork | SendBack | DiscardWork | ResolveConflict

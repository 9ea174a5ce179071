"""Facts of workspaces: opened, filled, merged, sent back, given up; without them nobody could tell whose work stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import LineComment, WorkspaceMode


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspacesChosen:
    """How the tasks of this run get folders of their own, from its first task on; `why` where that is not by git.

    `uncommitted` are files of the person's own that agents do not see, since they are not committed.
    """

    KIND: ClassVar[str] = "work.chosen"
    mode: WorkspaceMode
    why: str = ""
    uncommitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictAssigned:
    """A building task is to resolve the conflict between the work of `resolves` and the project, in the files `paths`."""

    KIND: ClassVar[str] = "work.conflict_assigned"
    task_id: TaskId
    resolves: TaskId
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceOpened:
    """The folder in which a task's agent works. `branch` is None where it only reads; `note` says what it begins without."""

    KIND: ClassVar[str] = "work.opened"
    task_id: TaskId
    path: str
    branch: str | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """What a completed task has committed between `base` and `tip`; without `paths` nothing, and nobody need look at it.

    `resolves` is the task whose conflict it resolves: merged, both are. `left_out` and `unresolved` are as in `work.Work`.
    """

    KIND: ClassVar[str] = "work.done"
    task_id: TaskId
    branch: str
    base: str
    tip: str
    paths: tuple[str, ...]
    insertions: int
    deletions: int
    left_out: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    resolves: TaskId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMerged:
    """`commit` is where the project's `branch` stood afterwards."""

    KIND: ClassVar[str] = "work.merged"
    task_id: TaskId
    branch: str
    commit: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSentBack:
    """The task is in the queue again; its agent reads `text` and `comments` before its next turn."""

    KIND: ClassVar[str] = "work.sent_back"
    task_id: TaskId
    tip: str
    text: str
    comments: tuple[LineComment, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDiscarded:
    """Given up by a human; its `branch` stays."""

    KIND: ClassVar[str] = "work.discarded"
    task_id: TaskId
    branch: str
    reason: str
    actor: Actor


WorkFact: TypeAlias = (
    WorkspacesChosen | ConflictAssigned | WorkspaceOpened | WorkDone | WorkMerged | WorkSentBack | WorkDiscarded
)

"""What a task has made in its workspace: changes, hunks, previews, reviews. Without them git's text would be parsed wherever it is shown.

Paths are as git has them, relative to the top of the repository; bytes that are no UTF-8 are surrogates, as in `os.fsdecode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId


class WorkspaceMode(StrEnum):
    """How the tasks of a run get folders of their own: git worktrees, worktrees of a copy, or not at all."""

    GIT = "git"
    COPY = "copy"
    OFF = "off"


class ChangeKind(StrEnum):
    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    RETYPED = "retyped"  # a file became a link, or the other way round


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a diff. `insertions` and `deletions` are 0 for a binary file; `before` is None but for a rename.

    A mode is git's octal ("100755", "120000" for a link, "160000" for a submodule), "000000" where there is no file.
    `guarded` says that the name is one which editors, shells or git obey, and that tools may not write.
    """

    path: str
    kind: ChangeKind
    before: str | None
    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str
    insertions: int
    deletions: int
    binary: bool
    guarded: bool


class Side(StrEnum):
    BOTH = " "
    OLD = "-"
    NEW = "+"


@dataclass(frozen=True, slots=True)
class Line:
    """`old` and `new` are line numbers from 1, None on the side that does not have the line."""

    side: Side
    text: str
    old: int | None
    new: int | None
    ends: bool = True  # False: the last line of a file, without a line end


@dataclass(frozen=True, slots=True)
class Hunk:
    """`heading` is what git takes for the function around it."""

    old_start: int
    new_start: int
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """`clipped` says that the file's diff is longer than is handed out."""

    hunks: tuple[Hunk, ...]
    clipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a task has made: everything between `base` and `tip`, both commits.

    `left_out` are files of the worktree that were not committed (too large, unreadable, a repository of their own);
    `unresolved` are those in which the marks of a conflict still stand that the task is to resolve.
    """

    task: str
    branch: str
    base: str
    tip: str
    changes: tuple[FileChange, ...]
    left_out: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    @property
    def insertions(self) -> int:
        return sum(change.insertions for change in self.changes)

    @property
    def deletions(self) -> int:
        return sum(change.deletions for change in self.changes)


@dataclass(frozen=True, slots=True)
class Conflict:
    """`kind` is git's word, such as "CONFLICT (contents)"; `text` its sentence."""

    path: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """What a merge into `branch`, which stands at `head`, would do; `branch` is empty where none is checked out.

    `in_the_way` are files with changes of the person's own; `refusal` says why it cannot be merged here for another reason.
    """

    task: str
    branch: str
    head: str
    tip: str
    tree: str
    conflicts: tuple[Conflict, ...]
    changes: tuple[FileChange, ...]
    in_the_way: tuple[str, ...]
    refusal: str = ""

    @property
    def clean(self) -> bool:
        return not (self.conflicts or self.in_the_way or self.refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineComment:
    """What a human says about one line of a diff; `line` counts from 1 on its `side`, and `quoted` is the line as it was."""

    path: str
    side: Side
    line: int
    quoted: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Why work was sent back: words about all of it, comments on lines, or both. `tip` is the commit that was looked at."""

    tip: str
    text: str
    comments: tuple[LineComment, ...]
    actor: Actor
    at: float


class WorkStatus(StrEnum):
    """What has become of the work of a completed task; one that changed nothing is `EMPTY`, and nobody is asked."""

    READY = "ready"
    EMPTY = "empty"
    SENT_BACK = "sent-back"
    MERGED = "merged"
    DISCARDED = "discarded"

    @property
    def settled(self) -> bool:
        """Whether tasks that wait for it may go on: there is nothing left of it to merge."""
        return self in (WorkStatus.EMPTY, WorkStatus.MERGED)


def status_of_done(paths: tuple[str, ...], resolves: TaskId | None) -> WorkStatus:
    """A resolver that keeps the project as it is has changed nothing, and yet the other's work is merged by its merge."""
    return WorkStatus.READY if paths or resolves else WorkStatus.EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """The work of one task as a run's state has it. `commit` is where it was merged, `resolves` whose conflict it resolves.

    `reviews` are all rounds so far, the last one last; `by` is who merged, sent back or discarded it. `unfinished`: the
    task ended in vain in the round after this one, of which the branch may hold more than `tip`.
    """

    task_id: TaskId
    status: WorkStatus
    branch: str
    base: str
    tip: str
    paths: tuple[str, ...]
    insertions: int
    deletions: int
    since: float
    left_out: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()
    commit: str | None = None
    resolves: TaskId | None = None
    by: Actor | None = None
    unfinished: bool = False

    @property
    def shown_at(self) -> str | None:
        """The commit up to which it is shown and merged; None for all of its branch."""
        return self.tip if self.unfinished else None

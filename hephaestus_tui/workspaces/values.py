"""What a workspace tells of itself: changes, hunks, previews. Without them git's text would be parsed wherever it is shown.

Paths are as git has them, relative to the top of the repository; bytes that are no UTF-8 are surrogates, as in `os.fsdecode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


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
class Merged:
    """`commit` is where the project's branch stands now; the old place where nothing was left to merge."""

    branch: str
    commit: str
    changes: tuple[FileChange, ...]


class Standing(StrEnum):
    OPENING = "opening"  # a crash may have left it half made; no agent has been in it
    OPEN = "open"
    MERGED = "merged"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What we know of a worktree, whatever an agent does to the files in it. `branch` is None where it is for reading.

    `path` is the folder in which the agent works: the project's own place in the worktree. The branch begins at `start`,
    which is `base` but where the task resolves a conflict: there it is a merge, with the conflict's marks in `marked`.
    """

    task: str
    branch: str | None
    base: str
    start: str
    root: Path
    path: Path
    standing: Standing
    note: str = ""
    marked: tuple[str, ...] = ()

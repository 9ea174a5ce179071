"""What the workspaces of a run know of themselves, whatever agents do to the files in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hephaestus_tui.domain.work import FileChange


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

"""What can go wrong with a workspace; without one tree of it the engine could not tell a conflict from a broken git."""

from __future__ import annotations

from collections.abc import Sequence

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.tools.clip import plain

_NAMED = 5


class WorkspaceFault(HephaestusError):
    """A workspace cannot be had, read or merged; nothing was changed but what the message says."""


class NoWorkspaces(WorkspaceFault):
    """This project, or this machine, can have no workspaces of this kind."""


class NoGit(NoWorkspaces):
    """There is no git here, or one that is too old."""


class NoRepository(NoWorkspaces):
    """The project is not under git, or has no commit yet: there is nothing to make a worktree of."""


class Conflicted(WorkspaceFault):
    """The work and the project's branch have changed the same lines; `paths` says in which files."""

    def __init__(self, task: str, branch: str, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(
            f"The work of {task} conflicts with {branch} in {named(paths)}. Nothing was merged: send it back, "
            "or let a task resolve the conflict."
        )


class InTheWay(WorkspaceFault):
    """The person's own changes lie where the work would be merged; `paths` says in which files."""

    def __init__(self, task: str, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(
            f"The work of {task} changes {named(paths)}, where you have changes of your own that are not committed. "
            "Nothing was merged: commit or stash them, then merge again."
        )


def named(paths: Sequence[str]) -> str:
    """A few of the paths, as text that is safe to show, and how many more there are."""
    shown = ", ".join(plain(path) for path in paths[:_NAMED])
    return f"{shown} and {len(paths) - _NAMED} more" if len(paths) > _NAMED else shown

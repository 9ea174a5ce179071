"""What the doctor says of git and of where tasks would work in a project; it makes no folder."""

from __future__ import annotations

import os
from pathlib import Path

from hephaestus_tui.cli.stores import places
from hephaestus_tui.config import WorkspaceChoice
from hephaestus_tui.paths import WORKSPACES
from hephaestus_tui.workspaces.faults import NoGit, NoWorkspaces, WorkspaceFault
from hephaestus_tui.workspaces.git import Git
from hephaestus_tui.workspaces.repository import find_repository
from hephaestus_tui.workspaces.shadow import BYTES_LIMIT
from hephaestus_tui.workspaces.snapshot import FILES_LIMIT

_AT_ONCE = "agents change your own files at once, and nothing waits for a review"


async def git_words() -> tuple[bool, str]:
    """Whether git is there and new enough, and in words what it is."""
    try:
        git = Git(os.environ)
        await git.require_version()
        return True, (await git.run("version", folder=Path("/"))).line()
    except WorkspaceFault as fault:
        return False, f"{str(fault).rstrip('.')}; until then {_AT_ONCE}, and there is no demo"


async def workspace_words(choice: WorkspaceChoice, project: Path) -> tuple[bool, str]:
    """Whether building tasks get worktrees of their own, as git has them; else what they get, and why."""
    folder = places().project_store(project).parent / WORKSPACES
    if choice is WorkspaceChoice.OFF:
        return False, f"switched off in the settings: {_AT_ONCE}"
    if folder.is_relative_to(project):
        return False, f"the state folder lies in the project: {_AT_ONCE}; set HEPHAESTUS_HOME to a folder outside of it"
    try:
        git = Git(os.environ)
        await git.require_version()
        if choice is WorkspaceChoice.COPY:
            return True, f"copies of the project, as the settings say, in {folder}{_left(folder)}"
        repository = await find_repository(git, project)
        await repository.head()
    except NoGit as fault:
        return False, f"{str(fault).rstrip('.')}: {_AT_ONCE}"
    except NoWorkspaces as fault:
        if choice is WorkspaceChoice.GIT:
            return False, f"{str(fault).rstrip('.')}, and the settings ask for git: no task could begin"
        return False, (
            f"copies, since {str(fault).rstrip('.')}; with more than {FILES_LIMIT:,} files or {BYTES_LIMIT // 1_000_000} MB, "
            f"which are not copied, {_AT_ONCE}{_left(folder)}"
        )
    except WorkspaceFault as fault:
        return False, str(fault)
    return True, f"git worktrees, one for each task, in {folder}{_left(folder)}"


def _left(folder: Path) -> str:
    """How many folders of tasks there are; those that nobody needs are removed run by run."""
    left = [place for run in folder.glob("*") for place in run.glob("*") if place.name != ".own"]
    runs = {place.parent.name for place in left}
    if not left:
        return ""
    which = f"{len(left)} folder{'' if len(left) == 1 else 's'} of {len(runs)} run{'' if len(runs) == 1 else 's'}"
    return f"; {which} there now: `hephaestus work clean RUN` removes those that nobody needs"

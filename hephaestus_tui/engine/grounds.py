"""Whether tasks of a project get folders of their own, by git or by a copy; without it agents would write in the person's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.config import WorkspaceChoice
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.domain.work import WorkspaceMode
from hephaestus_tui.workspaces.faults import NoGit, NoRepository, NoWorkspaces
from hephaestus_tui.workspaces.worktrees import Worktrees

SET_OFF = "workspaces are set to off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """`folder` is where the folders of tasks are made, one a run, outside of the project; it need not be there yet."""

    project: Path
    folder: Path
    environ: Mapping[str, str]
    choice: WorkspaceChoice = WorkspaceChoice.AUTO

    async def choose(self, run_id: RunId) -> tuple[WorkspaceMode, str, Worktrees | None]:
        """How the tasks of a new run work, why not by git, and their worktrees.

        Raises WorkspaceFault where what was asked for cannot be had, and for whatever may pass by itself: an agent must not
        write into the person's own files because of a full disk.
        """
        match self.choice:
            case WorkspaceChoice.OFF:
                return WorkspaceMode.OFF, SET_OFF, None
            case WorkspaceChoice.GIT:
                return WorkspaceMode.GIT, "", await self.open(run_id, WorkspaceMode.GIT)
            case WorkspaceChoice.COPY:
                return WorkspaceMode.COPY, "", await self.open(run_id, WorkspaceMode.COPY)
            case WorkspaceChoice.AUTO:
                return await self._best(run_id)

    async def open(self, run_id: RunId, mode: WorkspaceMode) -> Worktrees:
        """Those of a run whose mode stands. Raises WorkspaceFault."""
        if self.folder.is_relative_to(self.project):
            raise NoWorkspaces(
                f"The state folder {self.folder} lies in the project, where workspaces cannot be: set HEPHAESTUS_HOME to a "
                "folder outside of it."
            )
        made = Worktrees.of_copy if mode is WorkspaceMode.COPY else Worktrees.of
        return await made(self.project, self.folder / run_id, run_id, self.environ)

    async def _best(self, run_id: RunId) -> tuple[WorkspaceMode, str, Worktrees | None]:
        try:
            return WorkspaceMode.GIT, "", await self.open(run_id, WorkspaceMode.GIT)
        except NoGit as fault:
            return WorkspaceMode.OFF, str(fault), None
        except NoRepository as fault:
            why = str(fault)
        except NoWorkspaces as fault:
            return WorkspaceMode.OFF, str(fault), None
        try:
            return WorkspaceMode.COPY, why, await self.open(run_id, WorkspaceMode.COPY)
        except NoWorkspaces as fault:
            return WorkspaceMode.OFF, str(fault), None

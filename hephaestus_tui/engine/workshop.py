"""The folders in which the tasks of one run work: opened at a start, committed at an end; the engine's side of worktrees."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.events import FilesTouched, WorkDone, WorkspaceOpened, WorkspacesChosen
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.domain.work import WorkspaceMode
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.store import failpoints
from hephaestus_tui.tools.base import ToolOutcome
from hephaestus_tui.tools.clip import plain
from hephaestus_tui.tools.workspace import Workspace
from hephaestus_tui.workspaces.faults import WorkspaceFault, named
from hephaestus_tui.workspaces.worktrees import Worktrees

log = logging.getLogger(__name__)

TOUCHED_MOST = 1_000  # files of one task that are looked for in others


def without_workspaces(state: RunState) -> tuple[WorkspacesChosen, ...]:
    """For a run whose agents spoke before there were workspaces: what they did stands in the project, and so they go on there.

    That a task was started says nothing: the process may have ended before its folder was chosen.
    """
    if state.workspaces_chosen or not state.usage_by_task:
        return ()
    return (WorkspacesChosen(mode=WorkspaceMode.OFF, why="this run began without workspaces"),)


class Workshop:
    """Where there are no worktrees, every task works in the project itself."""

    def __init__(self, ledger: Ledger, kit: Kit) -> None:
        self._ledger = ledger
        self._kit = kit
        self._trees: Worktrees | None = None
        self._opening = asyncio.Lock()

    async def trees(self) -> Worktrees | None:
        """The worktrees of the run; None where its tasks work in the project itself. Raises WorkspaceFault, StoreError.

        Which of the two is settled once, and stored: a git that is missing later must not let agents into the project.
        """
        async with self._opening:
            grounds, chosen = self._kit.grounds, self._ledger.state.workspaces_chosen
            if self._trees is None and grounds is not None:
                if chosen is None:
                    mode, why, trees = await grounds.choose(self._ledger.run_id)
                    unseen = await trees.uncommitted() if trees else ()
                    await self._ledger.record(WorkspacesChosen(mode=mode, why=why, uncommitted=unseen))
                    self._trees = trees  # not before it is stored: who finds them here asks for nothing more
                elif chosen.mode is not WorkspaceMode.OFF:
                    self._trees = await grounds.open(self._ledger.run_id, chosen.mode)
            return self._trees

    async def open(self, task_id: TaskId) -> Workspace:
        """The folder of a task: the one that it has, else a new one. Raises WorkspaceFault, ToolFault, StoreError."""
        trees = await self.trees()
        if trees is None:
            return self._kit.workspace
        state = self._ledger.state
        draft = state.tasks[task_id].draft
        if conflict := state.resolving.get(task_id):
            of = state.works.get(conflict.resolves)
            record = await trees.open_conflict(task_id, conflict.resolves, at=of.shown_at if of else None)
        else:
            reads = draft.phase is not Phase.BUILDING
            # another try of a validation must see what was merged since the one before
            afresh = reads and task_id not in state.workspaces
            record = await trees.open(task_id, draft.blocked_by, reading=reads, afresh=afresh)
        opened = WorkspaceOpened(task_id=task_id, path=str(record.path), branch=record.branch, note=record.note)
        if state.workspaces.get(task_id) != opened:
            await self._ledger.record(opened)
        return Workspace(Path(record.path))

    async def finished(self, task_id: TaskId) -> tuple[WorkDone, ...]:
        """Commit what a task leaves, and the fact of it; nothing for one that only reads. Raises WorkspaceFault."""
        trees = await self._of_its_own(task_id)
        if trees is None:
            return ()
        draft, conflict = self._ledger.state.tasks[task_id].draft, self._ledger.state.resolving.get(task_id)
        work = await trees.commit(task_id, draft.role, draft.title)
        failpoints.hit("work.committed")
        if work.unresolved:
            raise WorkspaceFault(
                f"The marks of the conflict still stand in {named(work.unresolved)}: resolve them first."
            )
        fact = WorkDone(
            task_id=task_id,
            branch=work.branch,
            base=work.base,
            tip=work.tip,
            paths=tuple(change.path for change in work.changes),
            insertions=work.insertions,
            deletions=work.deletions,
            left_out=work.left_out,
            resolves=conflict.resolves if conflict else None,
        )
        return (fact,)

    async def touched(self, task_id: TaskId, outcome: ToolOutcome, effect: Effect) -> tuple[FilesTouched, ...]:
        """The files that a call has changed of which the journal does not know yet: what a tool says of itself, and, after
        a command, what is to be seen. It only warns of what will meet: where it cannot be found out, nothing is said."""
        seen: tuple[str, ...] = outcome.touched
        try:
            if (trees := await self._of_its_own(task_id)) is not None:
                seen = tuple(trees.named(task_id, path) for path in seen)
                if effect is Effect.RUN:
                    seen = (*seen, *await trees.touched(task_id))
        except WorkspaceFault as fault:
            log.warning("what %s has changed: %s", task_id, fault)
        known = self._ledger.state.touched.get(task_id, ())
        fresh = tuple(dict.fromkeys(path for path in map(plain, seen) if path not in known))[
            : TOUCHED_MOST - len(known)
        ]
        return (FilesTouched(task_id=task_id, paths=fresh),) if fresh else ()

    async def kept(self, task_id: TaskId) -> str:
        """Commit what a task has done that ended otherwise; where it is kept, in words, "" where there is nothing."""
        try:
            trees = await self._of_its_own(task_id)
            if trees is None:
                return ""
            draft = self._ledger.state.tasks[task_id].draft
            work = await trees.commit(task_id, draft.role, f"{draft.title} (not finished)")
        except WorkspaceFault as fault:
            log.warning("the work of %s: %s", task_id, fault)
            return f"what it did stands in {self._ledger.state.workspaces[task_id].path}, not committed ({fault})"
        files = len(work.changes)
        return f"what it did ({files} {'file' if files == 1 else 'files'}) is kept on {work.branch}" if files else ""

    async def tidy_if_read(self, task_id: TaskId) -> None:
        """Remove the folder of a task that has ended and only read: what it wrote there is nobody's."""
        opened = self._ledger.state.workspaces.get(task_id)
        if opened is not None and opened.branch is None:
            await self.tidy(task_id)

    async def tidy(self, task_id: TaskId) -> None:
        """Remove the folder of a task that only read, or whose work is merged; one that cannot be removed stays."""
        try:
            if task_id in self._ledger.state.workspaces and (trees := await self.trees()):
                await trees.close(task_id)
        except HephaestusError as fault:
            log.warning("the workspace of %s stays: %s", task_id, fault)

    async def _of_its_own(self, task_id: TaskId) -> Worktrees | None:
        opened = self._ledger.state.workspaces.get(task_id)
        return await self.trees() if opened is not None and opened.branch is not None else None

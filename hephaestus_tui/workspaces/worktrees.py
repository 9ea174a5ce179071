"""The worktrees of one run: opened, committed, looked at, merged, discarded. The only door to this room.

A building task gets a branch `hephaestus/RUN/TASK`, which is never deleted here. Nothing is changed in the person's own
files but by `merge`, and there only in files in which they have no changes of their own. No call uses the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hephaestus_tui.domain.work import MergePreview, Work
from hephaestus_tui.paths import make_folder
from hephaestus_tui.workspaces.beginnings import Beginnings
from hephaestus_tui.workspaces.faults import WorkspaceFault, named
from hephaestus_tui.workspaces.folders import make_worktree, remove_worktree
from hephaestus_tui.workspaces.git import Git
from hephaestus_tui.workspaces.lock import PATIENCE
from hephaestus_tui.workspaces.merger import Merger
from hephaestus_tui.workspaces.merging import still_marked
from hephaestus_tui.workspaces.records import Records, checked
from hephaestus_tui.workspaces.repository import Repository, find_repository
from hephaestus_tui.workspaces.shadow import Shadow, make_shadow
from hephaestus_tui.workspaces.shown import Shown
from hephaestus_tui.workspaces.snapshot import Snapshot, snapshot
from hephaestus_tui.workspaces.standing import Found, found_merged, uncommitted
from hephaestus_tui.workspaces.touched import touched
from hephaestus_tui.workspaces.values import Merged, Record, Standing
from hephaestus_tui.workspaces.view import View, make_view


class Worktrees(Shown):
    """Safe to use from several tasks of one loop; a folder belongs to one process at a time, as its store does."""

    def __init__(
        self,
        repository: Repository,
        view: View,
        folder: Path,
        run_id: str,
        patience: float,
        shadow: Shadow | None = None,
    ) -> None:
        super().__init__(repository, view, Records(folder / ".own"))
        self._shadow = shadow
        self._merger = Merger(repository, view, folder / ".own", patience)
        self._folder = folder
        self._beginnings = Beginnings(repository, view, self._records, folder, run_id)
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    async def of(
        cls, project: Path, folder: Path, run_id: str, environ: Mapping[str, str], patience: float = PATIENCE
    ) -> Worktrees:
        """Those of a run, in `folder`, which is made. Raises NoRepository where the project can have none."""
        git = Git(environ)
        await git.require_version()
        repository = await find_repository(git, project)
        await repository.head()
        make_folder(folder)
        view = await make_view(repository, folder / ".own" / "view.git")
        return cls(repository, view, folder, checked(run_id), patience)

    @classmethod
    async def of_copy(
        cls, project: Path, folder: Path, run_id: str, environ: Mapping[str, str], patience: float = PATIENCE
    ) -> Worktrees:
        """The same for a project without git: copies of its files. Raises NoRepository where it is too large for that."""
        git = Git(environ)
        await git.require_version()
        make_folder(folder)
        repository = await make_shadow(git, project, folder / ".own" / "project.git")
        view = await make_view(repository, folder / ".own" / "view.git")
        trees = cls(repository, view, folder, checked(run_id), patience, Shadow(repository, view, folder / ".own"))
        await trees._present()
        return trees

    async def open(
        self, task: str, blockers: Sequence[str] = (), reading: bool = False, afresh: bool = False
    ) -> Record:
        """The worktree of a task: the one it has, else a new one on the project's HEAD and the work of its blockers.

        Where unmerged work cannot be joined to it, `note` says so and the worktree begins without. `reading`: no branch,
        for a task that changes nothing; end it with `close`. `afresh`: one that only read begins on what is merged now.
        """
        async with self._one_at_a_time:
            record = self._records.get(task)
            if record is not None and record.branch is None and afresh:
                await remove_worktree(self._repository, record)
                self._records.drop(task)
                record = None
            if record is None or record.standing in (Standing.MERGED, Standing.DISCARDED):
                if record is not None and record.root.is_dir():
                    await self._keep(record)  # it may hold what came after the merge
                missing = await self._present()
                record = await self._beginnings.of_task(task, blockers, reading, again=record)
                self._records.put(record := replace(record, note=f"{missing}{record.note}".strip()))
            elif record.standing is Standing.OPEN and record.root.is_dir():
                return record
            await self._made(record)
            return self._records.stand(record, Standing.OPEN)

    async def open_conflict(self, task: str, of: str, at: str | None = None) -> Record:
        """The worktree of a task that resolves the conflict of another: a merge of its work, with the marks in the files.
        `at`: of its work up to that commit.

        When it is merged, so is the work of the other. Raises WorkspaceFault where there is no conflict any more.
        """
        async with self._one_at_a_time:
            record = self._records.get(task)
            if record is None or record.standing in (Standing.MERGED, Standing.DISCARDED):
                if record is not None and record.root.is_dir():
                    await self._keep(record)
                await self._present()
                tip = at or await self._tip(self._of_its_own(of))
                record = self._records.put(await self._beginnings.of_conflict(task, of, tip, again=record))
            elif record.standing is Standing.OPEN and record.root.is_dir():
                return record
            await self._made(record)
            return self._records.stand(record, Standing.OPEN)

    async def commit(self, task: str, role: str, title: str) -> Work:
        """Commit what stands in a task's worktree, as "hephaestus TASK ROLE"; all of its work then."""
        async with self._one_at_a_time:
            taken = await self._snapshot(self._of_its_own(task), role, title)
            self._left_out[task] = taken.left_out
        return await self.work(task)

    async def touched(self, task: str) -> tuple[str, ...]:
        """The files that a task has changed so far, committed or not, as paths from the top of the repository."""
        async with self._one_at_a_time:
            record = self._of_its_own(task)
            return await touched(self._view, record, self._records.index(task))

    async def preview(self, task: str, at: str | None = None) -> MergePreview:
        """What a merge would do, with its conflicts; nothing of the person's is changed. `at`: of the work up to there."""
        async with self._one_at_a_time:
            record = self._of_its_own(task)
            await self._present()
            return await self._merger.preview(record, at or await self._tip(record))

    async def uncommitted(self) -> tuple[str, ...]:
        """Files of the person's own that no task sees, since they are not committed; without git there are none."""
        if self._shadow:
            return ()
        async with self._one_at_a_time:
            return await uncommitted(self._repository, self._view, self._folder / ".own")

    async def found_merged(self, task: str, at: str | None = None) -> Found | None:
        """Where a task's work, up to the commit `at`, is in the project already: after a crash, or since the person merged
        it themselves."""
        async with self._one_at_a_time:
            record = self._of_its_own(task)
            found = await found_merged(self._repository, self._view, record, at or await self._tip(record))
            if found and record.standing is Standing.OPEN:
                self._records.stand(record, Standing.MERGED)
            return found

    async def merge(
        self, task: str, title: str, asked_by: str, seen: str | None = None, at: str | None = None
    ) -> Merged:
        """Merge a task's work into the branch that the project has checked out: files, index and branch.

        `seen` is the commit that was looked at: work that has become another since is not merged. `at`: the work up to
        that commit, whatever came after it.

        Killed at any point it has lost nothing, and is done again by merging again. Raises Conflicted, InTheWay, or
        WorkspaceFault where the project is in the midst of something else.
        """
        async with self._one_at_a_time:
            record = self._of_its_own(task)
            tip = at or await self._tip(record)
            if seen is not None and tip != seen:
                raise WorkspaceFault(
                    f"{record.branch} has moved since it was looked at: look again, then merge {task}."
                )
            if marked := await still_marked(self._view, tip, record.marked):
                raise WorkspaceFault(f"{task} has not resolved the conflict in {named(marked)}: send it back.")
            await self._present()
            merged = await self._merger.merge(record, tip, title, asked_by)
            self._records.stand(record, Standing.MERGED)
            return merged

    async def close(self, task: str) -> None:
        """Remove the folder of a task that is merged or only read. Raises WorkspaceFault where work would be lost."""
        async with self._one_at_a_time:
            record = self.record(task)
            if record.branch is not None:
                if record.standing is not Standing.MERGED:
                    raise WorkspaceFault(f"The work of {task} is not merged: merge or discard it first.")
                await self._keep(record)
            await remove_worktree(self._repository, record)
            if record.branch is None:
                self._records.drop(task)

    async def discard(self, task: str) -> Record:
        """Give a task's work up: what is in its folder is committed, the folder goes, and the branch stays."""
        async with self._one_at_a_time:
            record = self._of_its_own(task)
            await self._keep(record)
            await remove_worktree(self._repository, record)
            return self._records.stand(record, Standing.DISCARDED)

    async def _present(self) -> str:
        """Without git: see to it that what stands in the project is committed in its shadow; what could not be."""
        left_out = await self._shadow.take() if self._shadow else ()
        return f"Not copied, being too large or unreadable: {named(left_out)}. " if left_out else ""

    async def _made(self, record: Record) -> None:
        at = record.start
        if record.standing is Standing.OPEN and record.branch is not None:  # its folder was removed by hand
            at = await self._repository.tip(record.branch) or record.start
        await make_worktree(self._repository, self._view, record, self._records.index(record.task), at)

    async def _snapshot(self, record: Record, role: str, title: str) -> Snapshot:
        index = self._records.index(record.task)
        return await snapshot(self._repository, self._view, record, index, role, title)

    async def _keep(self, record: Record) -> None:
        """Raises WorkspaceFault where a folder holds what no commit can."""
        taken = await self._snapshot(record, "", f"Left in the workspace of {record.task}")
        if taken.left_out:
            raise WorkspaceFault(
                f"{record.root} holds what cannot be committed ({named(taken.left_out)}): move it, or delete it yourself."
            )

"""What tasks have made, read from their branches: the same for who works on a run and for who only looks on."""

from __future__ import annotations

from hephaestus_tui.domain.work import FileChange, FileDiff, Work
from hephaestus_tui.workspaces.diff import changes_between, diff_of, patch_of
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.merging import still_marked
from hephaestus_tui.workspaces.records import Records
from hephaestus_tui.workspaces.repository import Repository
from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.view import View


class Shown:
    """Changes nothing, and holds no lock: a branch is read as it stands."""

    def __init__(self, repository: Repository, view: View, records: Records) -> None:
        self._repository = repository
        self._view = view
        self._records = records
        self._left_out: dict[str, tuple[str, ...]] = {}

    def record(self, task: str) -> Record:
        """Raises WorkspaceFault where a task has no worktree."""
        record = self._records.get(task)
        if record is None:
            raise WorkspaceFault(f"{task} has no workspace of its own.")
        return record

    def all(self) -> tuple[Record, ...]:
        """Of every task that was ever given one, by name."""
        return self._records.all()

    def named(self, task: str, path: str) -> str:
        """A path in the folder of a task, as a path from the top of the repository."""
        record = self.record(task)
        return (record.path.relative_to(record.root) / path).as_posix()

    async def work(self, task: str, since: str | None = None, at: str | None = None) -> Work:
        """What is on the task's branch, all or what came after a commit of it, and up to the commit `at`; what is not
        committed yet is not in it."""
        record = self._of_its_own(task)
        tip = at or await self._tip(record)
        return Work(
            task=task,
            branch=record.branch or "",
            base=since or record.base,
            tip=tip,
            changes=await changes_between(self._view, since or record.base, tip),
            left_out=self._left_out.get(task, ()),
            unresolved=await still_marked(self._view, tip, record.marked),
        )

    async def diff(self, change: FileChange) -> FileDiff:
        """The lines of one file of any work or preview of this run."""
        return await diff_of(self._view, change)

    async def patch(self, task: str, at: str | None = None) -> bytes:
        """All of a task's work, up to the commit `at`, as `git apply` takes it."""
        record = self._of_its_own(task)
        return await patch_of(self._view, record.base, at or await self._tip(record))

    def _of_its_own(self, task: str) -> Record:
        record = self.record(task)
        if record.branch is None:
            raise WorkspaceFault(f"{task} only reads: it has no work of its own.")
        return record

    async def _tip(self, record: Record) -> str:
        tip = await self._repository.tip(record.branch or "")
        if tip is None:
            raise WorkspaceFault(f"The branch {record.branch} is gone: `git reflog` may know where it stood.")
        return tip

"""Shows the work of a run that another process may be working on; without it a second terminal could not look at a diff.

The folder of a run belongs to the process that owns its store. Here its records are read, and all that git needs to be
written (a view, indexes) goes into a scratch folder of the onlooker's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hephaestus_tui.domain.work import FileChange, FileDiff, MergePreview, Work
from hephaestus_tui.workspaces.diff import changes_between, diff_of, patch_of
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.git import Git
from hephaestus_tui.workspaces.merger import Merger
from hephaestus_tui.workspaces.merging import still_marked
from hephaestus_tui.workspaces.records import Records
from hephaestus_tui.workspaces.repository import Repository, find_repository
from hephaestus_tui.workspaces.shadow import shadow_of
from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.view import View, make_view


class Onlooker:
    """Looks, and changes nothing of anybody's."""

    def __init__(self, repository: Repository, view: View, records: Records, scratch: Path) -> None:
        self._repository = repository
        self._view = view
        self._records = records
        self._merger = Merger(repository, view, scratch, patience=0.0)

    @classmethod
    async def of(
        cls, project: Path, folder: Path, environ: Mapping[str, str], scratch: Path, *, copied: bool
    ) -> Onlooker:
        """`folder` is that of the run, `scratch` an empty one. Raises WorkspaceFault."""
        if not (folder / ".own").is_dir():
            raise WorkspaceFault(f"{folder} is gone, and with it what was known of the run's workspaces.")
        git = Git(environ)
        await git.require_version()
        repository = (
            shadow_of(git, project, folder / ".own" / "project.git") if copied else await find_repository(git, project)
        )
        return cls(repository, await make_view(repository, scratch / "view.git"), Records(folder / ".own"), scratch)

    async def work(self, task: str) -> Work:
        """What is on the task's branch now. Raises WorkspaceFault where it has none."""
        record, tip = await self._stands(task)
        return Work(
            task=task,
            branch=record.branch or "",
            base=record.base,
            tip=tip,
            changes=await changes_between(self._view, record.base, tip),
            unresolved=await still_marked(self._view, tip, record.marked),
        )

    async def diff(self, change: FileChange) -> FileDiff:
        return await diff_of(self._view, change)

    async def patch(self, task: str) -> bytes:
        record, tip = await self._stands(task)
        return await patch_of(self._view, record.base, tip)

    async def preview(self, task: str) -> MergePreview:
        record, tip = await self._stands(task)
        return await self._merger.preview(record, tip)

    async def _stands(self, task: str) -> tuple[Record, str]:
        record = self._records.get(task)
        if record is None or record.branch is None:
            raise WorkspaceFault(f"{task} has no work of its own: it has not begun, only reads, or has no workspace.")
        tip = await self._repository.tip(record.branch)
        if tip is None:
            raise WorkspaceFault(f"The branch {record.branch} is gone: `git reflog` may know where it stood.")
        return record, tip

"""Shows the work of a run that another process may be working on; without it a second terminal could not look at a diff.

The folder of a run belongs to the process that owns its store. Here its records are read, and all that git needs to be
written (a view, indexes) goes into a scratch folder of the onlooker's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hephaestus_tui.domain.work import MergePreview
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.git import Git
from hephaestus_tui.workspaces.merger import Merger
from hephaestus_tui.workspaces.records import Records
from hephaestus_tui.workspaces.repository import Repository, find_repository
from hephaestus_tui.workspaces.shadow import shadow_of
from hephaestus_tui.workspaces.shown import Shown
from hephaestus_tui.workspaces.view import View, make_view


class Onlooker(Shown):
    """Looks, and changes nothing of anybody's."""

    def __init__(self, repository: Repository, view: View, records: Records, scratch: Path) -> None:
        super().__init__(repository, view, records)
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

    async def preview(self, task: str, at: str | None = None) -> MergePreview:
        """What a merge of the work up to the commit `at` would do now. Raises WorkspaceFault where the task has no work."""
        record = self._of_its_own(task)
        return await self._merger.preview(record, at or await self._tip(record))

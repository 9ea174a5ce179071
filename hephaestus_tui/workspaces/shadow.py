"""A repository of our own for a project without one; without it agents there would edit in the person's own folder.

It lies in the state folder, and the person's files are committed to it before each use, so that all else is as in a
project under git: worktrees (the copies), diffs, conflicts, merges. Nothing is written into the project but by a merge.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from hephaestus_tui.paths import make_folder, real
from hephaestus_tui.workspaces.faults import NoRepository
from hephaestus_tui.workspaces.git import Git
from hephaestus_tui.workspaces.repository import Repository
from hephaestus_tui.workspaces.snapshot import FILES_LIMIT, snapshot
from hephaestus_tui.workspaces.values import Record, Standing
from hephaestus_tui.workspaces.view import View

BYTES_LIMIT = 500_000_000
BRANCH = "project"
_INDEX = "project.index"
# what tools make anew, and no .gitignore need name here
_EXCLUDED = (
    "node_modules/", ".venv/", "venv/", "__pycache__/", ".tox/", ".nox/", ".mypy_cache/", ".ruff_cache/", ".pytest_cache/",
    "target/", "build/", "dist/", ".gradle/", ".direnv/", ".hg/", ".svn/", ".jj/", ".DS_Store", "*.pyc",
)  # fmt: skip


async def make_shadow(git: Git, project: Path, folder: Path) -> Repository:
    """The repository in `folder`, made where there is none, with nothing in it yet."""
    repository = shadow_of(git, project, folder)
    if not _is_folder(folder / "objects"):
        await asyncio.to_thread(make_folder, folder)
        await git.run("init", "-q", "--bare", "--template=", "-b", BRANCH, "--", str(folder), folder=folder)
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info" / "exclude").write_text("\n".join((*_EXCLUDED, "")), encoding="ascii")
    return repository


def shadow_of(git: Git, project: Path, folder: Path) -> Repository:
    """The repository that was made in `folder`."""
    return Repository(git, real(project), "", folder, folder, sha256=False)


class Shadow:
    """Keeps the branch of a shadow repository at what stands in the project."""

    def __init__(self, repository: Repository, view: View, scratch: Path) -> None:
        self._repository = repository
        self._view = view
        self._index = scratch / _INDEX

    async def take(self) -> tuple[str, ...]:
        """Commit the project's present files; those that are not, being too large or unreadable.

        Raises NoRepository where there are more than can be copied.
        """
        start = await self._start()
        top = self._repository.top
        record = Record(
            task=BRANCH, branch=BRANCH, base=start, start=start, root=top, path=top, standing=Standing.OPEN
        )  # fmt: skip
        said = await self._view.run("ls-files", "-z", "-o", "-m", "--exclude-standard", index=self._index, files=top)
        await asyncio.to_thread(_require_small, top, said.names())
        taken = await snapshot(self._repository, self._view, record, self._index, "", "The project as it stands")
        # what a merge looks at for the person's changes: with the times of their files, so that none is read anew
        await asyncio.to_thread(_copy, self._index, self._repository.git_dir / "index")
        return taken.left_out

    async def _start(self) -> str:
        if (found := await self._repository.tip(BRANCH)) is not None:
            roots = await self._repository.run("rev-list", "--max-parents=0", "--first-parent", found)
            return roots.line()
        empty = (await self._view.run("mktree")).line()
        return (await self._view.run("commit-tree", empty, "-m", "Nothing yet")).line()


def _require_small(top: Path, paths: list[str]) -> None:
    size = 0
    for path in paths:
        with suppress(OSError):
            size += (top / path).lstat().st_size
    if len(paths) > FILES_LIMIT or size > BYTES_LIMIT:
        raise NoRepository(
            f"{top} is not under git, and holds too much to be copied ({len(paths):,} files, {size:,} bytes; "
            f"{FILES_LIMIT:,} and {BYTES_LIMIT:,} at most): run `git init` there, and commit."
        )


def _copy(index: Path, to: Path) -> None:
    draft = to.with_name("index.new")
    draft.write_bytes(index.read_bytes())
    draft.replace(to)


def _is_folder(path: Path) -> bool:
    return path.is_dir()

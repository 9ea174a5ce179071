"""Makes and removes the folders of worktrees; without it one that was cut off half made could never be opened again."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from hephaestus_tui.paths import make_folder
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.repository import NOTHING, Repository
from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.view import View


async def make_worktree(repository: Repository, view: View, record: Record, index: Path, at: str) -> None:
    """Fill the folder of a record with the files of the commit `at`, as a worktree of its branch or of no branch."""
    if record.root.exists():
        await remove_worktree(repository, record)
    await asyncio.to_thread(make_folder, record.root.parent)
    # twice: a folder that was removed by hand is still registered, and maybe locked
    add = ("worktree", "add", "--no-checkout", "--force", "--force")
    if record.branch is None:
        await repository.run(*add, "--detach", "--", str(record.root), at)
    else:
        await _require_branch(repository, record, at)
        await repository.run(*add, "--", str(record.root), record.branch)
    # the worktree's own index too, by which the agent's git sees what changed
    theirs = _own_folder(record.root) / "index"
    await view.run("read-tree", "--reset", "-u", at, index=theirs, files=record.root)
    await asyncio.to_thread(shutil.copy2, theirs, index)
    await asyncio.to_thread(os.makedirs, record.path, exist_ok=True)


async def remove_worktree(repository: Repository, record: Record) -> None:
    """Remove the folder, not the branch."""
    await repository.run("worktree", "remove", "--force", "--force", "--", str(record.root), codes=(0, 128))
    # git will not where the agent changed `.git` in it
    await asyncio.to_thread(_remove, record.root)


async def _require_branch(repository: Repository, record: Record, at: str) -> None:
    assert record.branch is not None
    if await repository.move(record.branch, at, NOTHING, f"begin {record.task}"):
        return
    if await repository.tip(record.branch) != at:
        raise WorkspaceFault(f"There is a branch {record.branch} already, which is not ours: rename it, then retry.")


def _own_folder(root: Path) -> Path:
    """Where git keeps what belongs to a worktree, read before an agent has been in it."""
    named = (root / ".git").read_text("utf-8", "surrogateescape")
    return Path(named.removeprefix("gitdir: ").rstrip("\n"))


def _remove(root: Path) -> None:
    if not os.path.lexists(root):
        return
    try:
        if root.is_symlink() or not root.is_dir():
            root.unlink()
        else:
            shutil.rmtree(root)
    except OSError as error:
        raise WorkspaceFault(f"{root} cannot be removed ({error.strerror}): remove it yourself.") from error

"""Commits what an agent left in its worktree; without it unfinished work would live in files that anyone may clean up.

The commit is made of the files alone: the agent's index, HEAD and `.git` are not asked. What the agent committed itself
on its branch stays below it.
"""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.workspaces.faults import WorkspaceFault, named
from hephaestus_tui.workspaces.git import EMAIL, NAME
from hephaestus_tui.workspaces.repository import NOTHING, Repository
from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.view import View

FILE_LIMIT = 50_000_000  # bytes
FILES_LIMIT = 20_000  # changed or new in one task
LEFT_OUT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Snapshot:
    tip: str
    left_out: tuple[str, ...]


async def snapshot(repository: Repository, view: View, record: Record, index: Path, role: str, title: str) -> Snapshot:
    """Commit everything but ignored files onto the task's branch, where there is anything; where the branch stands then.

    Raises WorkspaceFault for more files than a person could review.
    """
    assert record.branch is not None
    found = await repository.tip(record.branch)
    # an agent that winds its branch back must not take the beginning away from under its own work
    tip = found if found is not None and await repository.is_ancestor(record.start, found) else record.start
    if not record.root.is_dir():
        return Snapshot(tip, ())
    # from the branch on, where a file that is ignored may have been added by force; the others keep their times
    await view.run("read-tree", "--reset", tip, index=index, files=record.root)
    left_out = await _left_out(view, record, index)
    pathspecs = [
        ".",
        *(f":(top,exclude,literal){path}" for path in (*left_out, *await _submodules(view, record, index))),
    ]
    await view.run(
        "add", "-A", "--pathspec-from-file=-", "--pathspec-file-nul",
        index=index, files=record.root, variables={"GIT_LITERAL_PATHSPECS": "0"},
        stdin=b"\0".join(os.fsencode(pathspec) for pathspec in pathspecs),
    )  # fmt: skip
    tree = (await view.run("write-tree", index=index, files=record.root)).line()
    if tree != (await view.run("rev-parse", f"{tip}^{{tree}}")).line():
        author = {"GIT_AUTHOR_NAME": f"{NAME} {record.task} {role}".strip(), "GIT_AUTHOR_EMAIL": EMAIL}
        message = f"{title}\n\nThe work of {record.task}, as its agent left it.\n".encode("utf-8", "replace")
        said = await view.run("commit-tree", tree, "-p", tip, "-F", "-", variables=author, stdin=message)
        tip = said.line()
    if tip != found and not await repository.move(record.branch, tip, found or NOTHING, f"work of {record.task}"):
        raise WorkspaceFault(f"{record.branch} was moved while its work was committed: try again.")
    return Snapshot(tip, left_out)


async def _left_out(view: View, record: Record, index: Path) -> tuple[str, ...]:
    """What is not committed: what is no file, cannot be read, is too large, or is a repository of its own."""
    said = await view.run("ls-files", "-z", "-o", "-m", "--exclude-standard", index=index, files=record.root)
    paths = sorted(set(said.names()))
    if len(paths) > FILES_LIMIT:
        raise WorkspaceFault(
            f"{record.task} left {len(paths):,} files that are new or changed, {FILES_LIMIT:,} at most can be committed "
            f"({named(paths)}): tell it to remove them, or to name them in .gitignore."
        )
    left_out = await asyncio.to_thread(_unfit, record.root, paths)
    if len(left_out) > LEFT_OUT_LIMIT:
        raise WorkspaceFault(
            f"{record.task} left {len(left_out):,} files that cannot be committed, being too large, unreadable or "
            f"repositories of their own ({named(left_out)}): tell it to remove them, or to name them in .gitignore."
        )
    return left_out


def _unfit(root: Path, paths: list[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if not _fit(root / path, path))


def _fit(place: Path, path: str) -> bool:
    if path.endswith("/"):
        return False  # a repository within: its commit would name one that nobody else has
    try:
        found = place.lstat()
    except OSError:
        return True  # deleted, which is a change like any other
    if stat.S_ISREG(found.st_mode):
        return found.st_size <= FILE_LIMIT and os.access(place, os.R_OK)
    return stat.S_ISLNK(found.st_mode) or stat.S_ISDIR(found.st_mode)


async def _submodules(view: View, record: Record, index: Path) -> list[str]:
    """Git would ask each of them for its state, with that repository's own settings: they stay as they are."""
    said = await view.run("ls-files", "-s", "-z", index=index, files=record.root)
    return [line.partition("\t")[2] for line in said.names() if line.startswith("160000 ")]

"""How the person's own repository stands: what is not committed there, and what was merged; without it both would be guessed."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.workspaces.repository import Head, Repository
from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.view import View

_MERGES = 2_000  # looked through for the one that brought a task's work
ASKED_BY = "Merged-by"


@dataclass(frozen=True, slots=True)
class Found:
    """A merge that is in the project already. `asked_by` is None where the person merged with their own git."""

    branch: str
    commit: str
    asked_by: str | None


async def uncommitted(repository: Repository, view: View, scratch: Path) -> tuple[str, ...]:
    """Files of the person's own that differ from the last commit, and new ones, by name; nothing of theirs is changed."""
    index = scratch / "uncommitted.index"
    theirs = repository.git_dir / "index"
    if not theirs.is_file() or any(repository.git_dir.glob("sharedindex.*")):
        return ()  # nothing was ever added, or git splits the index into files that a copy would lack
    await asyncio.to_thread(shutil.copy2, theirs, index)
    head = await repository.head()
    await view.run(
        "update-index", "-q", "--refresh", "--ignore-submodules", index=index, files=repository.top, codes=(0, 1)
    )
    changed = await view.run(
        "diff-index", "-z", "--name-only", "--ignore-submodules=all", head.commit, "--",
        index=index, files=repository.top,
    )  # fmt: skip
    fresh = await view.run(
        "ls-files", "-z", "-o", "--exclude-standard", "--directory", "--no-empty-directory",
        index=index, files=repository.top,
    )  # fmt: skip
    index.unlink(missing_ok=True)
    return tuple(sorted({*changed.names(), *fresh.names()}))


async def found_merged(repository: Repository, view: View, record: Record, tip: str) -> Found | None:
    """The merge that brought the commit `tip` into what the project has checked out; None where none did."""
    head: Head = await repository.head()
    if head.branch is None or tip == record.base or not await repository.is_ancestor(tip, head.commit):
        return None
    said = await view.run(
        "log", "--first-parent", f"--max-count={_MERGES}", "-z",
        f"--format=%H %P%n%(trailers:key={ASKED_BY},valueonly)", f"{record.base}..{head.commit}", "--",
    )  # fmt: skip
    for entry in said.names():
        commits, _, asked_by = entry.partition("\n")
        commit, *parents = commits.split(" ")
        if tip in parents[1:]:
            return Found(head.branch, commit, asked_by.strip() or None)
    return Found(head.branch, head.commit, None)

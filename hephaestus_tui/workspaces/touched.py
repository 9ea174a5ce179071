"""Which files a task has changed so far, whatever wrote them; without it nobody would see a command change what another does."""

from __future__ import annotations

from pathlib import Path

from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.view import View


async def touched(view: View, record: Record, index: Path) -> tuple[str, ...]:
    """Files that differ from where the task began, those that are gone or new among them, but none that git ignores.

    A renamed file is there by both of its names. `index` is the one that the worktree was made with: it knows the times of
    its files, so that only those that were written since are read.
    """
    if not record.root.is_dir():
        return ()
    await view.run(
        "update-index", "-q", "--refresh", "--ignore-submodules", index=index, files=record.root, codes=(0, 1)
    )  # fmt: skip
    changed = await view.run(
        "diff-index", "-z", "--name-only", "--no-renames", "--ignore-submodules=all", record.start, "--",
        index=index, files=record.root,
    )  # fmt: skip
    fresh = await view.run("ls-files", "-z", "-o", "--exclude-standard", index=index, files=record.root)
    return tuple(sorted({*changed.names(), *fresh.names()}))

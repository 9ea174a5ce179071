"""One operation on the worktrees of a run, in a process that may be killed: PROJECT FOLDER OPERATION."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from hephaestus_tui.workspaces.worktrees import Worktrees


async def act(trees: Worktrees, operation: str) -> None:
    match operation:
        case "open":
            await trees.open("T1")
        case "commit":
            await trees.commit("T1", "backend_developer", "Do T1")
        case "merge":
            await trees.merge("T1", "Do T1", "ada")
        case "close":
            await trees.close("T1")
        case "discard":
            await trees.discard("T1")


async def main(project: Path, folder: Path, operation: str) -> None:
    await act(await Worktrees.of(project, folder, folder.name, os.environ), operation)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))

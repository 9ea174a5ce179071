"""What a worktree costs in a large repository; the floor is a bare `git worktree add` of the same files."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from hephaestus_tui.workspaces.worktrees import Worktrees
from tests.benchmarks.bars import Bar, Scale, middle
from tests.benchmarks.stage import Stage

FILES = 10_000
T = TypeVar("T")


def measure(stage: Stage, scale: Scale) -> list[Bar]:
    files = scale.pick(FILES, 50)
    project = stage.folder / "repository"
    project.mkdir()
    for number in range(files):
        place = project / f"part{number // 100}" / f"file{number}.py"
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"x = {number}\n" * 20)
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "begin")
    return asyncio.run(_of_one_task(project, stage.folder / "worktrees" / "r1", scale.pick(3, 1)))


async def _of_one_task(project: Path, folder: Path, times: int) -> list[Bar]:
    trees = await Worktrees.of(project, folder, "r1", os.environ)
    bare, opening = [], []
    for number in range(1, times + 1):
        began = time.perf_counter()
        await asyncio.to_thread(git, project, "worktree", "add", "-q", "--detach", str(folder.parent / f"bare{number}"))
        bare.append(time.perf_counter() - began)
        seconds, _ = await _timed(trees.open(f"T{number}"))
        opening.append(seconds)
    record = trees.record("T1")
    for place in sorted(record.path.glob("part*/*.py"))[:20]:
        place.write_text("changed = True\n")
    committing, _ = await _timed(trees.commit("T1", "backend_developer", "Change twenty files"))
    previewing, _ = await _timed(trees.preview("T1"))
    merging, _ = await _timed(trees.merge("T1", "Change twenty files", "bench"))
    return [
        Bar("worktree: opened", middle(opening), "s", middle(bare), most=2.0),
        Bar("worktree: twenty changed files committed", committing, "s"),
        Bar("worktree: their merge previewed", previewing, "s"),
        Bar("worktree: merged", merging, "s"),
    ]


async def _timed(doing: Awaitable[T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = await doing
    return time.perf_counter() - began, found


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    subprocess.run(("git", *who, *arguments), cwd=folder, check=True, capture_output=True, timeout=300)

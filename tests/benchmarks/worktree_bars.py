"""What a worktree costs in a large repository; the floors are bare git on the same files."""

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
    bare_work = folder.parent / "bare1"
    for place in sorted(bare_work.glob("part*/*.py"))[20:40]:
        place.write_text("changed = True\n")
    bare_commit = await _bare(bare_work, ("add", "-A"), ("commit", "-q", "-m", "Change twenty files"))
    bare_diff = await _bare(bare_work, ("diff", "--stat", "HEAD~1", "HEAD"), ("diff", "HEAD~1", "HEAD"))
    committing, work = await _timed(trees.commit("T1", "backend_developer", "Change twenty files"))
    looking, _ = await _timed(trees.work("T1"))
    showing, _ = await _timed(trees.diff(work.changes[0]))
    previewing, _ = await _timed(trees.preview("T1"))
    merging, _ = await _timed(trees.merge("T1", "Change twenty files", "bench"))
    tip = await asyncio.to_thread(git, bare_work, "rev-parse", "HEAD")
    bare_merge = await _bare(project, ("merge", "-q", "--no-ff", "-m", "Merge", tip.strip()))
    return [
        Bar("worktree: opened", middle(opening), "s", middle(bare), most=2.0),
        Bar("worktree: twenty changed files committed", committing, "s", bare_commit),
        Bar("worktree: what they are, and the lines of one", looking + showing, "s", bare_diff),
        Bar("worktree: their merge previewed", previewing, "s"),
        Bar("worktree: merged", merging, "s", bare_merge),
    ]


async def _bare(folder: Path, *commands: tuple[str, ...]) -> float:
    """Seconds that plain git takes for them, one after another."""
    began = time.perf_counter()
    for command in commands:
        await asyncio.to_thread(git, folder, *command)
    return time.perf_counter() - began


async def _timed(doing: Awaitable[T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = await doing
    return time.perf_counter() - began, found


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    said = subprocess.run(
        ("git", *who, *arguments), cwd=folder, check=True, capture_output=True, text=True, timeout=300
    )
    return said.stdout

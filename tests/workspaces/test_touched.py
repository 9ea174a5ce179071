"""What a task has changed so far is seen whatever wrote it: edited, made, moved, removed, committed; and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hephaestus_tui.workspaces.worktrees import Worktrees


async def test_everything_that_an_agent_did_to_files_is_seen_and_nothing_else(trees: Any, person: Any) -> None:
    record = await trees.open("T1")
    assert await trees.touched("T1") == ()
    agent = type(person)(record.path)
    agent.write("new/file.py", "x = 1\n")
    agent.write("build/made.o", "ignored")
    (record.path / "src/app.py").rename(record.path / "src/main.py")
    assert await trees.touched("T1") == ("new/file.py", "src/app.py", "src/main.py")
    agent.commit("its own step")
    (record.path / "letters.txt").unlink()
    assert await trees.touched("T1") == ("letters.txt", "new/file.py", "src/app.py", "src/main.py")
    person.git("-C", str(person.folder), "commit", "-q", "--allow-empty", "-m", "meanwhile")
    agent.git("checkout", "-q", "HEAD~1", "--", "src/app.py", "letters.txt")
    (record.path / "src/main.py").unlink()
    assert await trees.touched("T1") == ("new/file.py",)


async def test_what_is_committed_at_an_end_is_the_same(trees: Any, person: Any) -> None:
    record = await trees.open("T1")
    type(person)(record.path).write("letters.txt", "none\n")
    before = await trees.touched("T1")
    work = await trees.commit("T1", "backend_developer", "Take the letters away")
    assert before == await trees.touched("T1") == tuple(change.path for change in work.changes)


async def test_a_hostile_worktree_runs_nothing_and_names_that_are_no_text_come_through(trees: Any, person: Any) -> None:
    record = await trees.open("T1")
    (record.path / ".gitattributes").write_text("* filter=evil\n")
    agent = type(person)(record.path)
    agent.git("config", "filter.evil.clean", f"touch {record.path}/pwned; cat")
    agent.git("config", "core.fsmonitor", f"touch {record.path}/pwned")
    (Path(os.fsdecode(os.fsencode(record.path) + b"/\xff.txt"))).write_text("x")
    found = await trees.touched("T1")
    assert found == (".gitattributes", "\udcff.txt")
    assert not (record.path / "pwned").exists()


async def test_a_project_that_is_a_part_of_its_repository_names_its_files_from_the_top(
    person: Any, folder: Path
) -> None:
    trees = await Worktrees.of(person.folder / "src", folder, "r1", os.environ)
    record = await trees.open("T1")
    (record.path / "app.py").write_text("changed\n")
    assert await trees.touched("T1") == ("src/app.py",)
    assert trees.named("T1", "app.py") == "src/app.py"

"""A process that is killed in the midst of an operation has lost nothing, and the operation is simply done again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hephaestus_tui.workspaces.worktrees import Worktrees
from tests.workspaces.children.acts import act
from tests.workspaces.conftest import LETTERS, RUN, Opener, Person, agent_in, work_on

CHILD = Path(__file__).parent / "children" / "acts.py"
CHANGING = "worktree|read-tree|update-index|update-ref|add|write-tree|commit-tree"
WORK = {"letters.txt": LETTERS.replace("c\n", "C\n"), "one.txt": "1\n", "src/two.txt": "2\n"}


def deadly_git(folder: Path, at: int) -> Path:
    """A git that kills whoever called it, right after the `at`-th command that changes something; the folder it is in."""
    real = shutil.which("git")
    count = folder / "count"
    count.write_text("0")
    program = folder / "git"
    program.write_text(
        f"""#!/bin/bash
{real} "$@"
code=$?
for word in "$@"; do
  case "$word" in
    -*|*=*) ;;
    {CHANGING})
      n=$(($(cat {count}) + 1)); echo $n > {count}
      if [ $n -eq {at} ]; then kill -9 $PPID; fi
      break ;;
    *) break ;;
  esac
done
exit $code
"""
    )
    program.chmod(0o755)
    return folder


def act_and_die(person: Person, folder: Path, operation: str, tools: Path) -> int:
    """0 where nothing killed it."""
    done = subprocess.run(
        (sys.executable, str(CHILD), str(person.folder), str(folder), operation),
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}, check=False, timeout=60, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


@pytest.mark.parametrize("operation", ["open", "commit", "merge", "close", "discard"])
async def test_killed_after_each_command_nothing_is_lost_and_once_more_is_enough(
    tmp_path: Path, person: Person, folder: Path, again: Opener, operation: str
) -> None:
    trees = await again()
    if operation != "open":
        agent = agent_in(await trees.open("T1"))
        for path, text in WORK.items():
            agent.write(path, text)
    if operation in ("merge", "close"):
        await trees.commit("T1", "backend_developer", "Do T1")
    if operation == "close":
        await trees.merge("T1", "t", "ada")
    person.write("src/app.py", "mine, not committed\n")
    branch = f"hephaestus/{RUN}/T1"
    kept = tmp_path / "kept"
    shutil.copytree(tmp_path / "project", kept / "project", symlinks=True)
    shutil.copytree(tmp_path / "state", kept / "state", symlinks=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    deaths = 0
    while act_and_die(person, folder, operation, deadly_git(tools, deaths + 1)):
        deaths += 1
        assert person.read("src/app.py") == "mine, not committed\n"
        held = [Person(place).files() for place in (folder / "T1", person.folder) if place.exists()]
        if operation not in ("open", "close"):
            committed = person.git("show", f"{branch}:one.txt", codes=(0, 128))
            assert committed == "1\n" or any(files.get("one.txt") == b"1\n" for files in held)
        await act(await again(), operation)
        await check_done(person, folder, operation, branch)
        for name in ("project", "state"):
            shutil.rmtree(tmp_path / name)
            shutil.copytree(kept / name, tmp_path / name, symlinks=True)
    await check_done(person, folder, operation, branch)
    assert deaths >= {"open": 3, "commit": 4, "merge": 6, "close": 2, "discard": 5}[operation]


async def check_done(person: Person, folder: Path, operation: str, branch: str) -> None:
    assert person.read("src/app.py") == "mine, not committed\n"
    assert person.status() == " M src/app.py\n"
    assert not (person.folder / ".git" / "index.lock").exists()
    assert person.git("fsck", "--no-dangling") == ""
    match operation:
        case "open":
            agent = Person(folder / "T1")
            assert agent.status() == ""
            assert agent.read("letters.txt") == LETTERS
        case "commit" | "discard":
            assert {path: person.git("show", f"{branch}:{path}") for path in WORK} == WORK
            assert (folder / "T1").exists() == (operation == "commit")
        case "merge" | "close":
            assert {path: person.read(path) for path in WORK} == WORK
            assert person.git("log", "--first-parent", "--format=%s").startswith("Merge T1")
            assert (folder / "T1").exists() == (operation == "merge")


async def test_a_merge_that_wrote_half_of_the_files_is_completed(trees: Worktrees, person: Person) -> None:
    await work_on(trees, "T1", WORK)
    (trees.record("T1").path / "src/app.py").unlink()
    await trees.commit("T1", "r", "t")
    person.write("letters.txt", WORK["letters.txt"])
    person.write("one.txt", "1\n")
    (person.folder / "src/app.py").unlink()
    assert (await trees.preview("T1")).clean
    await trees.merge("T1", "t", "ada")
    assert person.status() == ""
    assert {path: person.read(path) for path in WORK} == WORK


async def test_locks_that_our_killed_git_left_are_not_in_the_way(
    trees: Worktrees, person: Person, folder: Path
) -> None:
    await work_on(trees, "T1", WORK)
    for name in ("T1.index.lock", "merge.index.lock", "merge.other.lock"):
        (folder / ".own" / name).touch()
    (trees.record("T1").path / "more.txt").write_text("more\n")
    await trees.commit("T1", "r", "t")
    await trees.merge("T1", "t", "ada")
    assert person.read("more.txt") == "more\n"

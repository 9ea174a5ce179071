"""A project without git is copied, and what agents make of the copy comes back by the same merge."""

from __future__ import annotations

import asyncio
import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from hephaestus_tui.workspaces.faults import Conflicted, NoRepository
from hephaestus_tui.workspaces.worktrees import Worktrees
from tests.workspaces.conftest import LETTERS, RUN, Person, agent_in, work_on


@pytest.fixture
def plain(tmp_path: Path) -> Person:
    """Someone whose project is a folder and no more."""
    plain = Person(tmp_path / "plain")
    plain.write("letters.txt", LETTERS)
    plain.write("src/app.py", "def run():\n    return 1\n")
    plain.write("node_modules/x/index.js", "x\n")
    plain.write(".gitignore", "*.log\n")
    plain.write("x.log", "log\n")
    return plain


@pytest.fixture
async def copies(plain: Person, folder: Path) -> Worktrees:
    return await Worktrees.of_copy(plain.folder, folder, RUN, os.environ)


async def test_work_comes_back_and_the_project_gets_no_git(copies: Worktrees, plain: Person) -> None:
    before = plain.files()
    record = await copies.open("T1")
    assert agent_in(record).files().keys() == {"letters.txt", "src/app.py", ".gitignore"}
    work = await work_on(copies, "T1", {"src/app.py": "def run():\n    return 2\n", "new.txt": "n\n"})
    assert {change.path for change in work.changes} == {"src/app.py", "new.txt"}
    assert plain.files() == before
    await copies.merge("T1", "t", "ada")
    assert plain.files() == before | {"src/app.py": b"def run():\n    return 2\n", "new.txt": b"n\n"}
    assert not (plain.folder / ".git").exists()


async def test_what_the_person_changes_meanwhile_is_merged_with_or_conflicts(copies: Worktrees, plain: Person) -> None:
    await work_on(copies, "T1", {"letters.txt": LETTERS.replace("c\n", "C\n")})
    await work_on(copies, "T2", {"letters.txt": LETTERS.replace("x\n", "X\n")})
    plain.write("letters.txt", LETTERS.replace("x\n", "mine\n"))
    await copies.merge("T1", "t", "ada")
    assert plain.read("letters.txt") == LETTERS.replace("c\n", "C\n").replace("x\n", "mine\n")
    files = plain.files()
    with pytest.raises(Conflicted):
        await copies.merge("T2", "t", "ada")
    assert plain.files() == files
    assert (await copies.open("T3")).note == ""
    assert agent_in(copies.record("T3")).read("letters.txt") == plain.read("letters.txt")


async def test_a_patch_of_the_work_applies(copies: Worktrees, plain: Person, tmp_path: Path) -> None:
    record = await copies.open("T1")
    (record.path / "letters.txt").rename(record.path / "abc.txt")
    (record.path / "bin").write_bytes(b"\0\1\2")
    await copies.commit("T1", "r", "t")
    patch = tmp_path / "work.patch"
    patch.write_bytes(await copies.patch("T1"))
    apply = partial(subprocess.run, ("git", "apply", str(patch)), cwd=plain.folder, check=True, capture_output=True)
    await asyncio.to_thread(apply)
    assert plain.read("abc.txt") == LETTERS
    assert plain.files()["bin"] == b"\0\1\2"
    assert "letters.txt" not in plain.files()


async def test_a_later_process_finds_the_copies_again(copies: Worktrees, plain: Person, folder: Path) -> None:
    work = await work_on(copies, "T1", {"new.txt": "n\n"})
    later = await Worktrees.of_copy(plain.folder, folder, RUN, os.environ)
    assert await later.work("T1") == work
    await later.merge("T1", "t", "ada")
    assert plain.read("new.txt") == "n\n"


async def test_what_is_too_large_is_told(plain: Person, folder: Path) -> None:
    with (plain.folder / "huge").open("wb") as file:
        file.truncate(60_000_000)
    copies = await Worktrees.of_copy(plain.folder, folder, RUN, os.environ)
    record = await copies.open("T1")
    assert record.note == "Not copied, being too large or unreadable: huge."
    assert not (record.path / "huge").exists()
    with (plain.folder / "huge").open("wb") as file:
        file.truncate(600_000_000)
    with pytest.raises(NoRepository, match="too much to be copied"):
        await Worktrees.of_copy(plain.folder, folder, RUN, os.environ)

"""A real repository, a person who works in it with their own git, and the worktrees of a run beside it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from hephaestus_tui.domain.work import Work
from hephaestus_tui.workspaces.values import Record
from hephaestus_tui.workspaces.worktrees import Worktrees

RUN = "r1"
LETTERS = "".join(f"{letter}\n" for letter in "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Person:
    """Works in `folder` with a plain git, as someone at a shell would."""

    folder: Path

    def git(self, *arguments: str, codes: Sequence[int] = (0,), stdin: str | None = None) -> str:
        settings = ("-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "protocol.file.allow=always")
        done = subprocess.run(
            ("git", *settings, *arguments), check=False, cwd=self.folder, capture_output=True, text=True,
            input=stdin, timeout=60,
            env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )  # fmt: skip
        assert done.returncode in codes, done.stderr
        return done.stdout

    def write(self, path: str, text: str) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def commit(self, words: str = "a step") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", words)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def status(self) -> str:
        return self.git("status", "--porcelain")

    def files(self) -> dict[str, bytes | str]:
        """All that stands in the folder but for git's own: what a file holds, where a link points."""
        found: dict[str, bytes | str] = {}
        for place in sorted(self.folder.rglob("*")):
            if ".git" in place.relative_to(self.folder).parts or (place.is_dir() and not place.is_symlink()):
                continue
            name = str(place.relative_to(self.folder))
            found[name] = os.readlink(place) if place.is_symlink() else place.read_bytes()
        return found

    def branches(self) -> list[str]:
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()


@pytest.fixture
def person(tmp_path: Path) -> Person:
    folder = tmp_path / "project"
    folder.mkdir()
    person = Person(folder)
    person.git("init", "-q", "-b", "main")
    person.write("letters.txt", LETTERS)
    person.write("src/app.py", "def run():\n    return 1\n")
    person.write(".gitignore", "*.log\nbuild/\n")
    person.commit("begin")
    return person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "worktrees" / RUN


Opener = Callable[[], Awaitable[Worktrees]]


@pytest.fixture
def again(person: Person, folder: Path) -> Opener:
    """The worktrees of the run as a process finds them that begins now."""

    async def opened() -> Worktrees:
        return await Worktrees.of(person.folder, folder, RUN, os.environ, patience=2.0)

    return opened


@pytest.fixture
async def trees(again: Opener) -> Worktrees:
    return await again()


async def work_on(trees: Worktrees, task: str, files: dict[str, str], blockers: Sequence[str] = ()) -> Work:
    """What an agent does: it writes files in its worktree, and ends."""
    record = await trees.open(task, blockers)
    agent = Person(record.path)
    for path, text in files.items():
        agent.write(path, text)
    return await trees.commit(task, "backend_developer", f"Do {task}")


def agent_in(record: Record) -> Person:
    return Person(record.path)

"""A workspace with everything that is to stay out of reach beside it, and a way to run a command as an agent does."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from hephaestus_tui.config import Limits
from hephaestus_tui.tools.base import ToolContext, ToolOutcome
from hephaestus_tui.tools.sandbox import NoSandbox, Sandbox, find_sandbox
from hephaestus_tui.tools.shell import RunCommand, run_command
from hephaestus_tui.tools.workspace import Workspace

Run = Callable[..., Awaitable[ToolOutcome]]

SECRET = "canary-51c0"


@dataclass(frozen=True)
class Ground:
    """`root` is where the agent works; `database` and `key` are what it may not reach."""

    root: Path
    home: Path
    state: Path
    config: Path
    database: Path
    key: Path

    @property
    def hidden(self) -> tuple[Path, ...]:
        return (self.state, self.config, self.database)

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.home)}

    def proposals(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute("SELECT id, status FROM proposals").fetchall()


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    home, root = tmp_path / "home", tmp_path / "home" / "work" / "api"
    state, config = home / ".local" / "state" / "hephaestus", home / ".config" / "hephaestus"
    for folder in (root / ".git" / "hooks", state, config, home / ".ssh"):
        folder.mkdir(parents=True)
    (root / ".git" / "config").write_text("[core]\n", "utf-8")
    (root / ".vscode").mkdir()
    (root / ".envrc").touch()
    key = home / ".ssh" / "id_ed25519"
    key.write_text(SECRET, "utf-8")
    (config / "config.toml").write_text(f"# {SECRET}\n", "utf-8")
    database = state / "hephaestus.db"
    with closing(sqlite3.connect(database)) as db:
        db.execute("CREATE TABLE proposals (id TEXT, status TEXT)")
        db.execute("INSERT INTO proposals VALUES ('T2', 'waiting')")
        db.commit()
    return Ground(root, home, state, config, database, key)


@pytest.fixture
def sandbox(ground: Ground) -> Sandbox:
    found = find_sandbox(ground.hidden, ground.environ, ground.root)
    if isinstance(found, NoSandbox):
        pytest.skip(f"no sandbox works on this machine: {found.reason}")
    return found


@pytest.fixture
def context(ground: Ground) -> Iterator[ToolContext]:
    workspace = Workspace(ground.root)
    yield ToolContext(workspace, None, lambda text: None)  # type: ignore[arg-type]  # a command asks no desk
    workspace.close()


def runner(context: ToolContext, sandbox: Sandbox | None) -> Run:
    tool = run_command(Limits(command_seconds=20.0), sandbox)

    async def run(command: str, seconds: int = 0) -> ToolOutcome:
        return await tool.run(RunCommand(command=command, timeout=seconds), context)

    return run


@pytest.fixture
def caged(context: ToolContext, sandbox: Sandbox) -> Run:
    """Runs a command in the sandbox."""
    return runner(context, sandbox)


@pytest.fixture
def bare(context: ToolContext) -> Run:
    """Runs a command without one, as after a person has allowed it where none works."""
    return runner(context, None)


@pytest.fixture(params=["caged", "bare"])
def either(request: pytest.FixtureRequest) -> Run:
    """What is promised with a sandbox and without."""
    run: Run = request.getfixturevalue(request.param)
    return run

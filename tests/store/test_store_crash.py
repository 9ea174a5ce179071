"""A process that is killed at any point of a commit has kept every promise it made, and nothing by halves."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.store.failpoints import VARIABLE
from hephaestus_tui.store.lock import Lock
from hephaestus_tui.store.store import Store

CHILDREN = Path(__file__).parent / "children"
SOURCE = Path(__file__).parents[2] / "hephaestus_tui" / "store"
POINTS = ("tx.begun", "tx.before_commit", "tx.committed")


def _start(child: str, path: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILDREN / child), str(path)],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env={**os.environ, **environment},
    )  # fmt: skip


async def _check(path: Path, promised: list[str]) -> None:
    assert Lock.holder(path) is None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        proposals, decisions, tasks = (
            [row[0] for row in connection.execute(f"SELECT {column} FROM {table} ORDER BY 1")]
            for table, column in (("proposals", "task_id"), ("decisions", "task_id"), ("tasks", "id"))
        )
    assert set(promised) <= set(tasks)
    assert proposals == decisions == tasks
    store = await Store.open(path)
    state = replay(await store.facts("r")) if tasks else None
    if state is not None:
        assert sorted(state.tasks) == tasks
        assert not state.proposals
        assert (await store.transcript("r", "T1")).unfinished in ("", "half a sent")
    await store.close()


def test_every_failpoint_is_tried_here() -> None:
    named = re.findall(r'failpoints\.hit\("([^"]+)"\)', "".join(p.read_text() for p in sorted(SOURCE.glob("*.py"))))
    assert sorted(named) == sorted(POINTS)


@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_a_failpoint(db_path: Path, point: str, count: int) -> None:
    child = _start("appends.py", db_path, **{VARIABLE: f"{point}=kill@{count}"})
    output, _ = child.communicate(timeout=30)
    assert child.returncode == -signal.SIGKILL
    await _check(db_path, [line.split()[1] for line in output.splitlines()])


@pytest.mark.parametrize("after", [1, 40])
async def test_killed_from_outside(db_path: Path, after: int) -> None:
    child = _start("appends.py", db_path)
    assert child.stdout
    lines = [child.stdout.readline() for _ in range(after)]
    child.kill()
    rest, _ = child.communicate(timeout=30)
    complete = [line for line in ("".join(lines) + rest).splitlines(keepends=True) if line.endswith("\n")]
    assert len(complete) >= after
    await _check(db_path, [line.split()[1] for line in complete])


async def test_an_error_at_a_failpoint_is_told_and_the_next_append_works(db_path: Path) -> None:
    child = _start("appends.py", db_path, **{VARIABLE: "tx.before_commit=raise@2"})
    output, _ = child.communicate(timeout=30)
    assert child.returncode == 1  # the script does not catch the StoreError
    assert output == ""
    store = await Store.open(db_path)
    assert len(await store.facts("r")) == 1
    await store.close()


async def test_a_full_disk_is_named_and_survived(db_path: Path) -> None:
    child = _start("full_disk.py", db_path)
    output, _ = child.communicate(timeout=30)
    assert child.returncode == 0
    said, kept = output.splitlines()
    assert "disk" in said
    assert "full" in said
    store = await Store.open(db_path)
    assert len(await store.runs()) == int(kept) > 10
    await store.close()

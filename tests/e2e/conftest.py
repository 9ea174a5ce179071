"""Whole runs of the demo, and how they are looked at afterwards: by the listings, and by anyone's SQL."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from hephaestus_tui.domain.state import RunState, replay
from hephaestus_tui.store.reader import Reader

Rows = list[dict[str, Any]]


class Stored:
    """One run's database, as anyone may read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def opened(self) -> Iterator[Database]:
        db = Database(self.path)
        try:
            yield db
        finally:
            db.close()

    def query(self, sql: str) -> Rows:
        with self.opened() as db:
            return list(db.query(sql))

    def state(self) -> RunState:
        """The journal, folded anew."""
        with Reader(self.path) as reader:
            (run,) = reader.runs()
            return replay(reader.facts(run.run_id))

    def check(self) -> None:
        """SQLite finds it whole, and what the tables say is what the journal says when it is folded anew."""
        assert self.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert self.query("PRAGMA foreign_key_check") == []
        state = self.state()
        tasks = {row["id"]: row for row in self.query("SELECT * FROM tasks")}
        assert {t.id: (t.status, t.draft.title, t.attempt, t.summary, t.reason) for t in state.tasks.values()} == {
            i: (t["status"], t["title"], t["attempt"], t["summary"], t["reason"]) for i, t in tasks.items()
        }
        proposals = self.query("SELECT task_id, status, title FROM proposals")
        folded = [(i, "waiting", p.draft.title) for i, p in state.proposals.items()]
        folded += [(i, "rejected", p.draft.title) for i, p in state.rejected.items()]
        assert {(p["task_id"], p["status"], p["title"]) for p in proposals if p["status"] != "accepted"} == set(folded)
        decisions = self.query("SELECT task_id, verdict, actor, reason FROM decisions")
        assert {(d["task_id"], d["verdict"], d["actor"], d["reason"]) for d in decisions} == {
            (d.task_id, d.verdict, d.actor.name, d.reason) for d in state.decisions.values()
        }
        blockers = self.query("SELECT task_id, blocker_id FROM dependencies")
        assert {(b["task_id"], b["blocker_id"]) for b in blockers} == {
            (task_id, blocker) for task_id, wanted in state.blockers.items() for blocker in wanted
        }
        unanswered = self.query("SELECT task_id, call_id FROM tool_calls WHERE answered_at IS NULL")
        assert {(u["task_id"], u["call_id"]) for u in unanswered} == {
            (task_id, call.call_id) for task_id, calls in state.unanswered.items() for call in calls
        }


@pytest.fixture(scope="session")
def stored_of() -> Callable[[Path], Stored]:
    """The one database below a state folder."""

    def find(home: Path) -> Stored:
        (path,) = home.glob("projects/*/hephaestus.db")
        return Stored(path)

    return find


def run_in(folder: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def command_in() -> Callable[..., str]:
    """Run a program in a folder; its output. It must end well."""
    return run_in


@pytest.fixture(scope="session")
def facts_of() -> Callable[[str], Rows]:
    """The facts that were printed; every line is one JSON object."""

    def parse(out: str) -> Rows:
        rows = [json.loads(line) for line in out.splitlines()]
        assert all(isinstance(row, dict) for row in rows)
        return rows

    return parse

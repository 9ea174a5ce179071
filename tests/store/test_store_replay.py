"""What is read back is what happened: the journal, and the tables beside it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain.events import Fact, MessageAdded, Recorded, TurnCut
from hephaestus_tui.domain.reducer import apply, replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.store.database import owned
from hephaestus_tui.store.journal import record
from hephaestus_tui.store.reader import Reader
from hephaestus_tui.store.store import Store

Histories = Callable[[str], st.SearchStrategy[list[list[Fact]]]]
_numbers = itertools.count(1)

# every example is a run of its own in one database, as in life
_in_one_store = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_in_one_store
@given(data=st.data())
async def test_replaying_the_journal_gives_the_live_state(
    store: Store, db_path: Path, histories: Histories, data: st.DataObject
) -> None:
    run_id = f"run-{next(_numbers)}"
    live = RunState()

    def fold(of: str, recorded: Sequence[Recorded]) -> None:
        for fact in recorded:
            if of == run_id:
                apply(live, fact)

    unsubscribe = store.subscribe(fold)
    returned: list[Recorded] = []
    for group in data.draw(histories(run_id)):
        returned += await store.append(run_id, group, durable=len(group) > 1)
    unsubscribe()

    read = await store.facts(run_id)
    assert read == returned
    assert replay(read) == live
    _tables_agree(db_path, run_id, live)
    (summary,) = (r for r in await store.runs() if r.run_id == run_id)
    assert (summary.tasks, summary.waiting) == (len(live.tasks), len(live.proposals))
    assert summary.cost is None if live.usage.cost is None else abs((summary.cost or 0) - live.usage.cost) < 1e-6


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_tables_can_be_rebuilt_from_the_journal(
    tmp_path_factory: pytest.TempPathFactory, histories: Histories, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("rebuild")
    groups = data.draw(histories("r"))
    with owned(folder / "first.db") as db:
        for at, group in enumerate(groups):
            with db.atomic():
                record(db, "r", at, group)
        with Reader(folder / "first.db") as reader:
            journal = reader.facts("r")
        with owned(folder / "second.db") as again, again.atomic():
            for recorded in journal:
                record(again, "r", recorded.at, [recorded.fact])
            assert _contents(again) == _contents(db)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_transcripts_are_the_messages_of_the_journal(
    store: Store, histories: Histories, data: st.DataObject
) -> None:
    run_id = f"talk-{next(_numbers)}"
    for group in data.draw(histories(run_id)):
        await store.append(run_id, group, durable=False)
    facts = [r.fact for r in await store.facts(run_id)]
    live = replay(await store.facts(run_id))
    for task_id in live.tasks:
        transcript = await store.transcript(run_id, task_id)
        assert transcript.seq == live.seq
        assert list(transcript.messages) == [
            f.message for f in facts if isinstance(f, MessageAdded) and f.task_id == task_id
        ]
        assert list(transcript.cuts) == [f for f in facts if isinstance(f, TurnCut) and f.task_id == task_id]
        assert transcript.unanswered == live.unanswered.get(task_id, ())


def _contents(db: sqlite_utils.Database) -> dict[str, list[tuple[object, ...]]]:
    # an index is as its words were written, which is not for us to say
    others = ("sqlite_", "_sqlite_", "notes_words")
    names = [name for name in db.table_names() if not name.startswith(others)]
    return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in names}


def _tables_agree(path: Path, run_id: str, live: RunState) -> None:
    db = sqlite_utils.Database(path)
    try:
        tasks = {row["id"]: row for row in db["tasks"].rows_where("run_id = ?", [run_id])}
        assert set(tasks) == set(live.tasks)
        for task_id, task in live.tasks.items():
            row = tasks[task_id]
            assert row["status"] == task.status
            assert (row["title"], row["phase"], row["role"]) == (task.draft.title, task.draft.phase, task.draft.role)
            assert (row["summary"], row["reason"], row["attempt"]) == (task.summary, task.reason, task.attempt)
            assert (row["started_at"], row["ended_at"]) == (task.started_at, task.ended_at)
            assert row["failed_limit"] == live.failed_limits.get(task_id)
            assert [e["evidence"] for e in json.loads(row["evidence"])] == [e.evidence for e in task.evidence]
        statuses = {r["task_id"]: r["status"] for r in db["proposals"].rows_where("run_id = ?", [run_id])}
        assert statuses == {
            **dict.fromkeys(live.proposals, "waiting"),
            **dict.fromkeys(live.rejected, "rejected"),
            **dict.fromkeys(live.tasks, "accepted"),
        }
        decisions = {r["id"]: r for r in db["decisions"].rows_where("run_id = ?", [run_id])}
        assert {i: (r["verdict"], r["actor"], r["task_id"], r["merged_into"]) for i, r in decisions.items()} == {
            i: (d.verdict, d.actor.name, d.task_id, d.merged_into) for i, d in live.record.items()
        }
        undone = {r["decision_id"] for r in db["undoings"].rows_where("run_id = ?", [run_id])}
        assert undone == set(live.undone)
        standing = [r["task_id"] for i, r in decisions.items() if i not in undone]
        assert sorted(standing) == sorted(live.decisions)
        owed = {r["id"] for r in db["queries"].rows_where("run_id = ? AND answered_at IS NULL", [run_id])}
        assert {q.id for q in live.queries.values()} <= owed
        versions = {r["task_id"]: r["version"] for r in db["proposals"].rows_where("run_id = ?", [run_id])}
        assert versions == {t: v[-1].version for t, v in live.versions.items()}
        edges: dict[str, list[str]] = {task_id: [] for task_id in live.blockers}
        for row in db["dependencies"].rows_where("run_id = ?", [run_id], order_by="position"):
            edges[row["task_id"]].append(row["blocker_id"])
        assert {t: tuple(b) for t, b in edges.items()} == live.blockers
        open_questions = {r["id"] for r in db["questions"].rows_where("run_id = ? AND status = 'open'", [run_id])}
        assert open_questions == set(live.questions)
        (run,) = db["runs"].rows_where("run_id = ?", [run_id])
        assert (run["policy"], run["model"], bool(run["paused"])) == (live.policy, live.model, live.paused)
        assert run["last_seq"] == live.seq
        tokens = sum(r["input"] + r["output"] for r in db["usage"].rows_where("run_id = ?", [run_id]))
        assert tokens == live.usage.total
    finally:
        db.close()

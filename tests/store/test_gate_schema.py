"""The schema itself keeps the gate, against anyone who has the file and plain sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Verdict
from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.events import DecisionUndone, Fact, ProposalDecided, TaskProposed, TaskStarted
from hephaestus_tui.domain.task import Origin, Task
from hephaestus_tui.store.store import Store

ADA = Actor(ActorKind.HUMAN, "Ada")
_TASK = """
INSERT {conflict} INTO tasks (run_id, id, decision_id, verdict, status, title, description, rationale, phase, role, priority,
    discovery, done_criteria, depth, attempt, evidence, created_at)
VALUES ('r', ?, ?, ?, 'pending', 't', 'd', 'r', 'building', 'tech_lead', 'normal', 'bug', '[]', 0, 0, '[]', 1.0)
"""


@pytest.fixture
async def gate(
    store: Store,
    db_path: Path,
    started: Callable[[str], Fact],
    proposed: Callable[..., TaskProposed],
    accepted: Callable[[str], list[Fact]],
) -> Path:
    """A run with T1 accepted by decision 1, T2 rejected by 2, T3 undecided, and T4 accepted by 3, which was undone."""
    rejection = Decision(
        id=2, task_id="T2", version=1, verdict=Verdict.REJECT, actor=Actor(ActorKind.HUMAN, "Ada"), decided_at=1.0,
        waited=0.0, reason="no",
    )  # fmt: skip
    await store.append(
        "r",
        [
            started("r"), *accepted("T1"),
            proposed("T2"), ProposalDecided(decision=rejection, task=None),
            proposed("T3", origin=Origin(task_id="T1", turn=4, index=0)),
            proposed("T4"), _accept(proposed("T4"), number=3), _undone(proposed("T4"), number=3),
        ],
    )  # fmt: skip
    await store.close()
    return db_path


@pytest.fixture(params=[True, False], ids=["foreign keys on", "foreign keys off"])
def raw(gate: Path, request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(gate)) as connection:
        connection.execute(f"PRAGMA foreign_keys = {'ON' if request.param else 'OFF'}")
        yield connection


@pytest.mark.parametrize("conflict", ["", "OR REPLACE", "OR IGNORE"])
@pytest.mark.parametrize(
    ("task_id", "decision", "verdict"),
    [
        ("T3", 3, "accept"),  # undecided
        ("T3", 1, "accept"),  # with the decision on another task
        ("T2", 2, "accept"),  # rejected, said to be accepted
        ("T2", 2, "reject"),  # rejected
        ("T4", 3, "accept"),  # accepted, and taken back
        ("T9", 9, "accept"),  # never proposed
        ("T1", 1, "edit"),  # accepted, but not so
        ("T3", None, "accept"),
    ],
)
def test_no_task_without_its_decision(
    raw: sqlite3.Connection, task_id: str, decision: int | None, verdict: str, conflict: str
) -> None:
    before = raw.execute("SELECT * FROM tasks").fetchall()
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(_TASK.format(conflict=conflict), (task_id, decision, verdict))
    assert raw.execute("SELECT * FROM tasks").fetchall() == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE tasks SET id = 'T3'",
        "UPDATE tasks SET decision_id = 2",
        "UPDATE tasks SET verdict = 'reject'",
        "UPDATE decisions SET verdict = 'accept' WHERE task_id = 'T2'",
        "DELETE FROM decisions WHERE task_id = 'T1'",
        "UPDATE proposals SET status = 'waiting' WHERE task_id = 'T2'",
        "UPDATE facts SET body = '{}'",
        "DELETE FROM facts",
        "INSERT OR REPLACE INTO facts (seq, run_id, at, kind, body) VALUES (1, 'r', 0, 'x', '{}')",
        "INSERT INTO facts (run_id, at, kind, body) VALUES ('r', 0, 'x', 'not json')",
        "INSERT OR REPLACE INTO decisions SELECT run_id, id, task_id, version, seq, 'accept', actor_kind, actor, decided_at,"
        " waited, reason, changes, NULL FROM decisions WHERE task_id = 'T2'",
        "UPDATE undoings SET decision_id = 1",
        "DELETE FROM undoings",
        "INSERT OR REPLACE INTO undoings SELECT run_id, decision_id, task_id, seq, actor_kind, 'Eve', at, reason"
        " FROM undoings",
        # taken back under the name of another task, so that its own, which may have begun, would stay without a decision
        "INSERT INTO undoings SELECT run_id, 1, 'T9', seq, actor_kind, actor, at, reason FROM undoings",
        "INSERT INTO decisions SELECT run_id, 4, 'T4', 1, seq, verdict, actor_kind, actor, decided_at, waited, reason,"
        " changes, NULL FROM decisions WHERE id = 3",
    ],
)
def test_what_was_recorded_stays(raw: sqlite3.Connection, sql: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(sql)


def test_a_task_with_its_decision_is_let_in(raw: sqlite3.Connection) -> None:
    raw.execute("DELETE FROM tasks")
    raw.execute(_TASK.format(conflict=""), ("T1", 1, "accept"))
    assert raw.execute("SELECT count(*) FROM tasks").fetchone() == (1,)


def _accept(task: TaskProposed, *, number: int, version: int = 1) -> ProposalDecided:
    p = task.proposal
    decision = Decision(
        id=number, task_id=p.task_id, version=version, verdict=Verdict.ACCEPT, actor=Actor(ActorKind.HUMAN, "Bob"),
        decided_at=3.0, waited=1.0, final=p.draft,
    )  # fmt: skip
    created = Task(id=p.task_id, draft=p.draft, origin=p.origin, decision_id=number, created_at=3.0)
    return ProposalDecided(decision=decision, task=created)


def _undone(task: TaskProposed, *, number: int) -> DecisionUndone:
    again = replace(task.proposal, version=task.proposal.version + 1)
    return DecisionUndone(decision_id=number, task_id=again.task_id, actor=ADA, reason="", proposal=again)


def _begun(task_id: str) -> TaskStarted:
    return TaskStarted(task_id=task_id, agent_id="a", role="qa_tester", model="m", attempt=1)


async def test_an_undone_decision_takes_its_task_and_leaves_the_proposal(
    gate: Path, proposed: Callable[..., TaskProposed]
) -> None:
    with closing(sqlite3.connect(gate)) as raw:
        assert raw.execute("SELECT status, version FROM proposals WHERE task_id = 'T4'").fetchone() == ("waiting", 2)
        assert raw.execute("SELECT count(*) FROM tasks WHERE id = 'T4'").fetchone() == (0,)
    store = await Store.open(gate)
    await store.append("r", [_accept(proposed("T4"), number=4, version=2)])
    with closing(sqlite3.connect(gate)) as raw:
        assert raw.execute("SELECT decision_id FROM tasks WHERE id = 'T4'").fetchone() == (4,)
    await store.close()


async def test_the_store_refuses_what_the_gate_forbids(gate: Path, proposed: Callable[..., TaskProposed]) -> None:
    store = await Store.open(gate)
    journal = await store.facts("r")
    refused: dict[str, list[Fact]] = {
        "decided once|no such version": [_accept(proposed("T2"), number=4)],
        "no such version": [_accept(proposed("T3"), number=4, version=2)],
        "decisions_are_made_once|taken back already": [_undone(proposed("T4"), number=3)],
        "its task has started": [_begun("T1"), _undone(proposed("T1"), number=1)],
        "decided already": [proposed("T1", version=2)],
        "has proposed T3 already": [proposed("T5", origin=Origin(task_id="T1", turn=4, index=0))],
    }
    for reason, facts in refused.items():
        with pytest.raises(StoreError, match=reason):
            await store.append("r", facts)
    assert await store.facts("r") == journal

    await store.append("r", [proposed("T3", version=2, title="amended", origin=Origin(task_id="T1", turn=4, index=0))])
    await store.append("r", [_accept(proposed("T3"), number=4, version=2)])
    await store.close()


async def test_a_decision_and_its_task_stand_or_fall_together(
    gate: Path, proposed: Callable[..., TaskProposed]
) -> None:
    store = await Store.open(gate)
    lone = _accept(proposed("T3"), number=4)
    with pytest.raises(StoreError, match="does not go with its task"):
        await store.append("r", [ProposalDecided(decision=lone.decision, task=None)])
    await store.close()

"""Whatever agents and several deciders do to a run, and in whatever order: what must hold of the gate holds after each step."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.graph import topological_order
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.store.store import Store

_numbers = itertools.count(1)
_anything = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@_anything
@given(data=st.data())
async def test_any_interleaving_keeps_the_gate_whole(
    store: Store, room_of: Any, tmp_path: Path, data: st.DataObject
) -> None:
    room = await room_of(data, f"run-{next(_numbers)}")
    for _ in range(5):
        await attempt(room.propose())
    for _ in range(data.draw(st.integers(4, 14))):
        # those of a group are worked out from the same state: all but the first may come too late
        drawn = data.draw(st.lists(st.sampled_from(room.moves), min_size=1, max_size=3))
        moves = [move for make in drawn if (move := make())]
        await asyncio.gather(*(attempt(move) for move in moves))
        holds(room.state)
    live = room.state.snapshot()
    assert replay(await store.facts(live.run_id)) == live
    tables_agree(tmp_path / "hephaestus.db", live)
    room.ledger.close()


async def attempt(move: Callable[[], Awaitable[object]]) -> None:
    """What is refused is refused in words; anything else that goes wrong is a fault of ours."""
    with suppress(CommandRefused):
        await move()


def holds(state: RunState) -> None:
    """What is true of every state that the gate may leave behind."""
    topological_order(state.blockers)
    assert all(blocker in state.blockers for wanted in state.blockers.values() for blocker in wanted)
    assert set(state.blockers) == set(state.versions)
    standing = Counter(d.task_id for d in state.record.values() if d.id not in state.undone)
    for task_id, versions in state.versions.items():
        assert [v.version for v in versions] == list(range(1, len(versions) + 1))
        places = [task_id in where for where in (state.proposals, state.tasks, state.rejected)]
        assert places.count(True) == 1, f"{task_id} is in {places}"
        assert standing[task_id] == (task_id not in state.proposals), f"{task_id} has {standing[task_id]} decisions"
        assert (task_id in state.decisions) == (task_id not in state.proposals)
        draft = state.draft(task_id)
        assert draft is not None
        assert draft.blocked_by == state.blockers[task_id]
    assert list(state.record) == list(range(1, len(state.record) + 1)), "each decision is applied once, in its turn"
    for task_id, decision in state.decisions.items():
        assert state.record[decision.id] is decision
        assert decision.id not in state.undone
        assert (decision.final is None) == (task_id in state.rejected)
    assert set(state.queries) <= set(state.proposals)
    for task_id, task in state.tasks.items():
        assert task.decision_id == state.decisions[task_id].id
        waits = any(
            (b := state.tasks.get(blocker)) is None or b.status is not TaskStatus.COMPLETED
            for blocker in task.draft.blocked_by
        )
        if task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED):
            assert (task.status is TaskStatus.BLOCKED) == waits, f"{task_id} is {task.status}"
    for undoing in state.undone.values():
        assert undoing.decision_id in state.record


def tables_agree(path: Path, live: RunState) -> None:
    db = sqlite_utils.Database(path)
    try:
        rows = {t: list(db[t].rows_where("run_id = ?", [live.run_id])) for t in ("tasks", "proposals", "decisions")}
        assert {r["id"]: (r["status"], r["title"], r["decision_id"], r["attempt"]) for r in rows["tasks"]} == {
            t: (task.status, task.draft.title, task.decision_id, task.attempt) for t, task in live.tasks.items()
        }
        statuses = {**dict.fromkeys(live.proposals, "waiting"), **dict.fromkeys(live.rejected, "rejected")}
        assert {r["task_id"]: (r["status"], r["version"]) for r in rows["proposals"]} == {
            t: (statuses.get(t, "accepted"), versions[-1].version) for t, versions in live.versions.items()
        }
        assert {r["id"]: (r["task_id"], r["verdict"], r["version"], r["actor"]) for r in rows["decisions"]} == {
            i: (d.task_id, d.verdict, d.version, d.actor.name) for i, d in live.record.items()
        }
        undone = {r["decision_id"] for r in db["undoings"].rows_where("run_id = ?", [live.run_id])}
        assert undone == set(live.undone)
        edges: dict[str, tuple[str, ...]] = dict.fromkeys(live.blockers, ())
        for row in db["dependencies"].rows_where("run_id = ?", [live.run_id], order_by="position"):
            edges[row["task_id"]] += (row["blocker_id"],)
        assert edges == live.blockers
    finally:
        db.close()


async def test_taking_a_decision_back_closes_no_circle(store: Store, room_of: Any) -> None:
    """What a proposal waited for before a person took its blockers away may wait for the proposal by now."""
    room = await room_of(None, "undo")
    first, second = "T2", "T3"
    chained = replace(room.plain, blocked_by=(first,))
    for draft in (room.plain, chained):
        await room.gate.propose(draft, room.origin(), waits=False)
    ada = room.deciders[0]
    freed = c.Decide(task_id=second, verdict=Verdict.EDIT, actor=ada, version=1, final=room.plain)
    await room.gate.carry_out(freed)
    turned = c.Decide(
        task_id=first, verdict=Verdict.EDIT, actor=ada, version=1, final=replace(room.plain, blocked_by=(second,))
    )
    await room.gate.carry_out(turned)
    with pytest.raises(CommandRefused, match="close a circle"):
        await room.gate.carry_out(c.Undo(task_id=second, actor=ada))
    await room.gate.carry_out(c.Undo(task_id=first, actor=ada))
    await room.gate.carry_out(c.Undo(task_id=second, actor=ada))
    holds(room.state)
    assert room.state.blockers[second] == (first,)
    room.ledger.close()

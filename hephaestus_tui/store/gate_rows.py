"""What proposals, decisions and questions about them do to the tables, and which tasks may start by them."""

from __future__ import annotations

from typing import assert_never

from sqlite_utils import Database

from hephaestus_tui import codec
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Decision, Proposal, Verdict
from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.state import MOOT
from hephaestus_tui.domain.task import RunId, Task, TaskDraft, TaskId, TaskStatus
from hephaestus_tui.store.rows import insert as _insert
from hephaestus_tui.store.rows import one as _one

BLOCKED_OR_PENDING = """
    CASE WHEN EXISTS (
        SELECT 1 FROM dependencies AS d LEFT JOIN tasks AS b ON b.run_id = d.run_id AND b.id = d.blocker_id
            LEFT JOIN works AS w ON w.run_id = d.run_id AND w.task_id = d.blocker_id
        WHERE d.run_id = tasks.run_id AND d.task_id = tasks.id AND (
            b.status IS NOT 'completed' OR b.finding IS 'failed' OR coalesce(w.status, 'empty') NOT IN ('empty', 'merged')
        )
    ) THEN 'blocked' ELSE 'pending' END
"""


def proposed(db: Database, run_id: RunId, seq: int, proposal: Proposal) -> None:
    origin, task_id = proposal.origin, proposal.task_id
    known = db.execute(
        "SELECT task_id FROM proposals WHERE run_id = ? AND origin_task = ? AND origin_turn = ? AND origin_index = ?",
        (run_id, origin.task_id, origin.turn, origin.index),
    ).fetchone()
    if known and known[0] != task_id:
        raise StoreError(
            f"call {origin.index} of turn {origin.turn} of {origin.task_id} has proposed {known[0]} already: "
            f"the same call cannot propose {task_id} too"
        )
    values = {
        "run_id": run_id, "task_id": task_id, "version": proposal.version, "seq": seq, **draft_columns(proposal.draft),
        "origin_task": origin.task_id, "origin_agent": origin.agent_id, "origin_turn": origin.turn,
        "origin_index": origin.index, "depth": origin.depth, "waits": proposal.waits,
        "proposed_at": proposal.proposed_at, "author": str(proposal.by) if proposal.by else None,
        "note": proposal.note, "near": codec.to_json(proposal.near),
    }  # fmt: skip
    if db.execute("SELECT 1 FROM proposals WHERE run_id = ? AND task_id = ?", (run_id, task_id)).fetchone():
        columns = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f"UPDATE proposals SET {columns} WHERE run_id = :run_id AND task_id = :task_id", values)
    else:
        _insert(db, "proposals", **values)
    put_blockers(db, run_id, task_id, proposal.draft.blocked_by)


def decided(db: Database, run_id: RunId, recorded: e.Recorded, decision: Decision, task: Task | None) -> None:
    status = "rejected" if decision.verdict is Verdict.REJECT else "accepted"
    if (task is None) != (status == "rejected") or (task and task.id != decision.task_id):
        raise StoreError(f"the decision on {decision.task_id} ({decision.verdict}) does not go with its task")
    _insert(db, "decisions", run_id=run_id, id=decision.id, task_id=decision.task_id, version=decision.version,
            seq=recorded.seq, verdict=decision.verdict, actor_kind=decision.actor.kind, actor=decision.actor.name,
            decided_at=decision.decided_at, waited=decision.waited, reason=decision.reason,
            changes=codec.to_json(decision.changes), merged_into=decision.merged_into)  # fmt: skip
    db.execute("UPDATE proposals SET status = ? WHERE run_id = ? AND task_id = ?", (status, run_id, decision.task_id))
    db.execute("UPDATE queries SET answer = ?, failed = 1, answered_at = ? "
               "WHERE run_id = ? AND task_id = ? AND answered_at IS NULL",
               (MOOT, recorded.at, run_id, decision.task_id))  # fmt: skip
    if task is None:
        return
    _insert(db, "tasks", run_id=run_id, id=task.id, decision_id=task.decision_id, verdict=decision.verdict,
            status=TaskStatus.BLOCKED, **draft_columns(task.draft), origin_task=task.origin.task_id,
            origin_agent=task.origin.agent_id, depth=task.origin.depth, attempt=task.attempt, summary=task.summary,
            evidence=codec.to_json(task.evidence), reason=task.reason, created_at=task.created_at,
            started_at=task.started_at, ended_at=task.ended_at)  # fmt: skip
    put_blockers(db, run_id, task.id, task.draft.blocked_by)
    put_waiting(db, run_id, task.id)


def undone(db: Database, run_id: RunId, recorded: e.Recorded, fact: e.DecisionUndone) -> None:
    _insert(db, "undoings", run_id=run_id, decision_id=fact.decision_id, task_id=fact.task_id, seq=recorded.seq,
            actor_kind=fact.actor.kind, actor=fact.actor.name, at=recorded.at, reason=fact.reason)  # fmt: skip
    db.execute("UPDATE proposals SET status = 'waiting' WHERE run_id = ? AND task_id = ?", (run_id, fact.task_id))
    proposed(db, run_id, recorded.seq, fact.proposal)


def query_row(db: Database, run_id: RunId, recorded: e.Recorded, fact: e.ProposalQueried | e.QueryAnswered) -> None:
    match fact:
        case e.ProposalQueried(query=q):
            _insert(db, "queries", run_id=run_id, id=q.id, task_id=q.task_id, version=q.version, text=q.text,
                    actor_kind=q.actor.kind, actor=q.actor.name, asked_at=q.asked_at)  # fmt: skip
        case e.QueryAnswered():
            _one(db, run_id, recorded,
                 "UPDATE queries SET answer = ?, failed = ?, answered_at = ? "
                 "WHERE run_id = ? AND id = ? AND answered_at IS NULL",
                 fact.text, fact.failed, recorded.at, run_id, fact.query_id)  # fmt: skip
        case _:
            assert_never(fact)


def draft_columns(draft: TaskDraft) -> dict[str, object]:
    return {
        "title": draft.title, "description": draft.description, "rationale": draft.rationale, "phase": draft.phase,
        "role": draft.role, "priority": draft.priority, "discovery": draft.discovery,
        "done_criteria": codec.to_json(draft.done_criteria), "blocks": codec.to_json(draft.blocks),
    }  # fmt: skip


def put_blockers(db: Database, run_id: RunId, task_id: TaskId, blocked_by: tuple[TaskId, ...]) -> None:
    db.execute("DELETE FROM dependencies WHERE run_id = ? AND task_id = ?", (run_id, task_id))
    for position, blocker in enumerate(blocked_by):
        _insert(db, "dependencies", run_id=run_id, task_id=task_id, blocker_id=blocker, position=position)


def put_waiting(db: Database, run_id: RunId, task_id: TaskId) -> None:
    db.execute(f"UPDATE tasks SET status = {BLOCKED_OR_PENDING} WHERE run_id = ? AND id = ?", (run_id, task_id))


def unblock(db: Database, run_id: RunId, completed: TaskId) -> None:
    db.execute(
        f"UPDATE tasks SET status = {BLOCKED_OR_PENDING} WHERE run_id = ? AND status = 'blocked' "
        "AND id IN (SELECT task_id FROM dependencies WHERE run_id = ? AND blocker_id = ?)",
        (run_id, run_id, completed),
    )

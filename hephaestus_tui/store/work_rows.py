"""What each fact about finished work does to the tables: without them SQL could not tell what is merged, and by whom."""

from __future__ import annotations

from typing import assert_never

from sqlite_utils import Database

from hephaestus_tui import codec
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.task import RunId, TaskId
from hephaestus_tui.domain.work import WorkStatus, status_of_done


def project_work(
    db: Database, run_id: RunId, seq: int, at: float, fact: e.WorkDone | e.WorkMerged | e.WorkSentBack | e.WorkDiscarded
) -> None:
    """Raises StoreError where there is no work that the fact could be about."""
    match fact:
        case e.WorkDone():
            values = {
                "run_id": run_id, "task_id": fact.task_id, "seq": seq,
                "status": status_of_done(fact.paths, fact.resolves), "branch": fact.branch, "base": fact.base,
                "tip": fact.tip, "paths": codec.to_json(fact.paths), "insertions": fact.insertions,
                "deletions": fact.deletions, "resolves": fact.resolves, "done_at": at,
            }  # fmt: skip
            names = ", ".join(values)
            db.execute(
                f"INSERT OR REPLACE INTO works ({names}) VALUES ({', '.join(f':{name}' for name in values)})", values
            )
        case e.WorkMerged():
            for task_id in touched(db, run_id, fact.task_id):
                _settle(db, run_id, task_id, WorkStatus.MERGED, fact.actor, at, fact.branch, fact.commit)
        case e.WorkSentBack():
            _settle(db, run_id, fact.task_id, WorkStatus.SENT_BACK, fact.actor, at)
            db.execute(
                "INSERT INTO reviews (seq, run_id, task_id, tip, text, comments, actor_kind, actor, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, run_id, fact.task_id, fact.tip, fact.text, codec.to_json(fact.comments), fact.actor.kind,
                 fact.actor.name, at),
            )  # fmt: skip
        case e.WorkDiscarded():
            _settle(db, run_id, fact.task_id, WorkStatus.DISCARDED, fact.actor, at, reason=fact.reason)
        case _:
            assert_never(fact)


def round_lost(db: Database, run_id: RunId, task_id: TaskId) -> None:
    """A task has ended otherwise than completed: of work that was sent back, the round before waits for a human again."""
    db.execute(
        "UPDATE works SET status = 'ready', actor_kind = NULL, actor = NULL, at = NULL "
        "WHERE run_id = ? AND task_id = ? AND status = 'sent-back'",
        (run_id, task_id),
    )


def round_begun_again(db: Database, run_id: RunId, task_id: TaskId) -> None:
    """Before a task that has ended so is in the queue again: its agent goes on with what was sent back."""
    db.execute(
        "UPDATE works SET status = 'sent-back', (actor_kind, actor, at) = (SELECT actor_kind, actor, at FROM reviews r "
        "WHERE r.run_id = works.run_id AND r.task_id = works.task_id ORDER BY r.seq DESC LIMIT 1) "
        "WHERE run_id = ? AND task_id = ? AND status = 'ready'",
        (run_id, task_id),
    )


def touched(db: Database, run_id: RunId, task_id: TaskId) -> list[TaskId]:
    """The task, and those whose conflicts its work resolves, which are merged with it."""
    rows = db.execute(
        "WITH RECURSIVE along (id) AS (SELECT ? UNION SELECT resolves FROM works, along "
        "WHERE run_id = ? AND task_id = along.id AND resolves IS NOT NULL) SELECT id FROM along",
        (task_id, run_id),
    )
    return [row[0] for row in rows.fetchall()]


def _settle(
    db: Database, run_id: RunId, task_id: TaskId, status: WorkStatus, actor: Actor, at: float,
    merged_into: str | None = None, merged_as: str | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    changed = db.execute(
        "UPDATE works SET status = ?, actor_kind = ?, actor = ?, at = ?, merged_into = ?, merged_as = ?, reason = ? "
        "WHERE run_id = ? AND task_id = ?",
        (status, actor.kind, actor.name, at, merged_into, merged_as, reason, run_id, task_id),
    )
    if changed.rowcount != 1:
        raise StoreError(f"{task_id} has no work in run {run_id} that could be {status}")

"""Reads what was said in a run, whoever said it, in its order and a page at a time: no run is too long to be read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from hephaestus_tui.domain.task import RunId, TaskId

# a page ends at either; characters are of the stored messages, results of calls aside
MESSAGES, CHARACTERS = 120, 400_000

# the unary plus keeps SQLite from finding the tasks first, and then sorting all that they ever said
_MESSAGES = """
SELECT seq, task_id, ordinal, speaker, length(parts) AS size FROM messages
WHERE run_id = :run AND seq >= :from AND seq < :to AND speaker <> 'tool'
    AND (:of IS NULL OR +task_id IN (SELECT value FROM json_each(:of)))
ORDER BY seq {way} LIMIT :most
"""
_FOLLOWING = """
SELECT seq, speaker FROM messages WHERE run_id = ? AND task_id = ? AND ordinal > ? ORDER BY ordinal
"""
_UNANSWERED = """
SELECT seq FROM tool_calls
WHERE run_id = ? AND task_id IN (SELECT value FROM json_each(?)) AND answered_at IS NULL
"""
_FACTS = """
SELECT seq, at, kind, body FROM facts WHERE seq IN (SELECT value FROM json_each(?))
UNION ALL
SELECT seq, at, kind, body FROM facts WHERE seq IN (SELECT value FROM json_each(?)) AND kind = 'usage.recorded'
"""
_BETWEEN = """
SELECT seq, at, kind, body FROM facts
WHERE run_id = :run AND seq >= :from AND seq < :to AND kind IN ('turn.cut', 'model.switched', 'context.compacted')
    AND (:of IS NULL OR json_extract(body, '$.task_id') IN (SELECT value FROM json_each(:of)))
"""


@dataclass(frozen=True, slots=True)
class PageRows:
    """Rows of facts in their order; all of `begin <= seq < end` that was said is among them."""

    facts: Sequence[dict[str, Any]]
    begin: int
    end: int


def page_rows(
    connection: sqlite3.Connection,
    run_id: RunId,
    of: Collection[TaskId] | None,
    *,
    before: int | None,
    after: int | None,
    last: int,
) -> PageRows:
    """The page that ends before `before`, else that which begins at `after`, else the last one; `last` is the run's last fact."""
    names = None if of is None else json.dumps(sorted(of))
    forward = before is None and after is not None
    low, high = (after or 0) if forward else 0, last + 1 if before is None else before
    query = _MESSAGES.format(way="ASC" if forward else "DESC")
    asked = {"run": run_id, "from": low, "to": high, "of": names, "most": MESSAGES + 1}
    found = connection.execute(query, asked).fetchall()
    taken = _fitting(found)
    if len(taken) < len(found):
        low, high = (low, found[len(taken)]["seq"]) if forward else (taken[-1]["seq"], high)
    said = [row["seq"] for row in taken]
    results = [seq for row in taken if row["speaker"] == "assistant" for seq in _results(connection, run_id, row)]
    tasks = json.dumps(sorted({row["task_id"] for row in taken}))
    begun = [row["seq"] for row in connection.execute(_UNANSWERED, (run_id, tasks))]
    rows = connection.execute(
        _FACTS, (json.dumps(said + results + begun), json.dumps([seq + 1 for seq in said]))
    ).fetchall()
    rows += connection.execute(_BETWEEN, {"run": run_id, "from": low, "to": high, "of": names}).fetchall()
    return PageRows(sorted(rows, key=lambda row: int(row["seq"])), low, high)


def _fitting(found: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """As many as a page holds, but one at least."""
    size = 0
    for count, row in enumerate(found[:MESSAGES]):
        size += row["size"]
        if size > CHARACTERS and count:
            return found[:count]
    return found[:MESSAGES]


def _results(connection: sqlite3.Connection, run_id: RunId, said: dict[str, Any]) -> list[int]:
    """Where the results of a message's calls are: they follow it in its task."""
    seqs: list[int] = []
    for row in connection.execute(_FOLLOWING, (run_id, said["task_id"], said["ordinal"])):
        if row["speaker"] != "tool":
            break
        seqs.append(row["seq"])
    return seqs

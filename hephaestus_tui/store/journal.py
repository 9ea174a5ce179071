"""Appending: a fact and what it means for the tables go in together, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.events import Fact, Recorded
from hephaestus_tui.domain.task import RunId, TaskId
from hephaestus_tui.store.encoding import encode, storable_text
from hephaestus_tui.store.projections import project


def record(db: Database, run_id: RunId, at: float, facts: Sequence[Fact]) -> list[Recorded]:
    """Append `facts`; what comes back is what a reader will read. Needs an open transaction; raises when any is refused."""
    recorded = []
    for fact in facts:
        storable, body = encode(fact)
        seq = db.execute(
            "INSERT INTO facts (run_id, at, kind, body) VALUES (?, ?, ?, ?)", (run_id, at, fact.KIND, body)
        ).lastrowid
        if seq is None:
            raise StoreError("the database gave a fact no number")
        recorded.append(Recorded(seq, at, storable))
        project(db, run_id, recorded[-1])
    return recorded


def keep_partials(db: Database, partials: Iterable[tuple[RunId, TaskId, int, str]]) -> None:
    """Append streamed text: run, task, turn and the text since the last time."""
    for run_id, task_id, turn, text in partials:
        db.execute(
            "INSERT INTO partials (run_id, task_id, turn, text) VALUES (?, ?, ?, ?)",
            (run_id, task_id, turn, storable_text(text)),
        )

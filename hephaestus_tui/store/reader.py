"""Reading a database that someone else may be writing: for listings, and for the store's own reads off the loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hephaestus_tui import codec
from hephaestus_tui.codec import BadJson
from hephaestus_tui.domain.errors import StoreError, UsageError
from hephaestus_tui.domain.events import ContextCompacted, ModelSwitched, Recorded, ToolStarted, TurnCut
from hephaestus_tui.domain.message import Message, Part, Speaker, Usage
from hephaestus_tui.domain.task import RunId, TaskId
from hephaestus_tui.session import Page, RunSummary, Transcript
from hephaestus_tui.store import files, note_words
from hephaestus_tui.store.faults import broken, explain, primary_code
from hephaestus_tui.store.pages import page_rows

_PARTS = tuple[Part, ...]

_RUNS = """
SELECT run_id, goal, project, model, started_at, last_at,
    (SELECT count(*) FROM tasks AS t WHERE t.run_id = r.run_id) AS tasks,
    (SELECT count(*) FROM tasks AS t WHERE t.run_id = r.run_id AND t.status = 'completed') AS completed,
    (SELECT count(*) FROM tasks AS t WHERE t.run_id = r.run_id AND t.status = 'failed') AS failed,
    (SELECT count(*) FROM proposals AS p WHERE p.run_id = r.run_id AND p.status = 'waiting') AS waiting,
    (SELECT count(*) FROM questions AS q WHERE q.run_id = r.run_id AND q.status = 'open') AS questions,
    (SELECT count(*) FROM works AS w WHERE w.run_id = r.run_id AND w.status = 'ready') AS to_merge,
    (SELECT CASE WHEN count(*) = count(cost) THEN total(cost) END FROM usage AS u WHERE u.run_id = r.run_id) AS cost
FROM runs AS r ORDER BY last_seq DESC
"""

# what a turn took is recorded right after its message, in the same transaction
_MESSAGES = """
SELECT m.*, u.input, u.output, u.cache_read, u.cache_write, u.cost FROM messages AS m
LEFT JOIN usage AS u ON u.seq = m.seq + 1 AND u.run_id = m.run_id AND u.task_id = m.task_id AND u.estimated = 0
WHERE m.run_id = ? AND m.task_id = ? ORDER BY m.ordinal
"""
# the kinds are written as in the index of them
_BETWEEN = """
SELECT seq, at, kind, body FROM facts
WHERE run_id = ? AND kind IN ('turn.cut', 'model.switched', 'context.compacted')
    AND json_extract(body, '$.task_id') = ? ORDER BY seq
"""


class Reader:
    """A read-only view of a database, for one thread. Each method reads one consistent moment. All raise StoreError."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where there is no database, BrokenStore, NewerStore."""
        self._path = path
        with self._explained():
            files.check_place(path)
            if not path.exists():
                raise StoreError(f"there is no database at {path}: start a run first")
            self._connection = _connect(path)
        try:
            with self._explained():
                version = files.identify(self._connection, path)
            if version > files.SCHEMA_VERSION:
                raise files.newer(path, f"its tables are of version {version}")
            if version < files.SCHEMA_VERSION:
                raise files.older(path, version)
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def runs(self) -> list[RunSummary]:
        """All runs, the one with the latest fact first."""
        with self._snapshot() as connection:
            rows = connection.execute(_RUNS).fetchall()
        return [RunSummary(**row) for row in rows]

    def find_run(self, word: str) -> RunId:
        """The run that `word` names: its id, a prefix that no other id has, or "last". Raises UsageError."""
        with self._snapshot() as connection:
            ids = [row["run_id"] for row in connection.execute("SELECT run_id FROM runs ORDER BY last_seq DESC")]
        return choose_run(ids, word)

    def facts(self, run_id: RunId, after: int = 0, most: int | None = None) -> list[Recorded]:
        """The journal of a run, from the first fact with a larger `seq`. Raises BrokenStore for one it cannot read."""
        with self._snapshot() as connection:
            rows = connection.execute(
                "SELECT seq, at, kind, body FROM facts WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?",
                (run_id, after, -1 if most is None else most),
            ).fetchall()
        return [self._fact(row) for row in rows]

    def count(self, run_id: RunId) -> int:
        """How many facts the journal of a run has."""
        with self._snapshot() as connection:
            found = connection.execute("SELECT count(*) AS facts FROM facts WHERE run_id = ?", (run_id,)).fetchone()
        return int(found["facts"])

    def transcript(self, run_id: RunId, task_id: TaskId) -> Transcript:
        """All that was stored of a task's conversation; empty for a task that has not begun."""
        key = (run_id, task_id)
        with self._snapshot() as connection:
            place = self._last_seq(connection, run_id)
            messages = connection.execute(_MESSAGES, key).fetchall()
            stands_between = connection.execute(_BETWEEN, key).fetchall()
            partials = connection.execute(
                "SELECT text FROM partials WHERE run_id = ? AND task_id = ? ORDER BY id", key
            ).fetchall()
            calls = connection.execute(
                "SELECT * FROM tool_calls WHERE run_id = ? AND task_id = ? AND answered_at IS NULL ORDER BY seq", key
            ).fetchall()
        between = [self._fact(row).fact for row in stands_between]
        return Transcript(
            task_id=task_id,
            seq=place,
            messages=tuple(self._message(row) for row in messages),
            spent=tuple((row["ordinal"], _usage(row)) for row in messages if row["input"] is not None),
            cuts=tuple(f for f in between if isinstance(f, TurnCut)),
            compactions=tuple(
                (sum(isinstance(c, TurnCut) for c in between[:place]), f)
                for place, f in enumerate(between)
                if isinstance(f, ContextCompacted)
            ),
            switches=tuple(
                (sum(not isinstance(c, ModelSwitched) for c in between[:place]), f)
                for place, f in enumerate(between)
                if isinstance(f, ModelSwitched)
            ),
            unfinished="".join(row["text"] for row in partials),
            unanswered=tuple(
                ToolStarted(
                    task_id=task_id, turn=row["turn"], index=row["call_index"], call_id=row["call_id"], name=row["name"]
                )
                for row in calls
            ),
        )  # fmt: skip

    def page(
        self, run_id: RunId, of: Collection[TaskId] | None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        """What was said `before` a place or from `after` on, else last, by agents on `of` or on any task."""
        with self._snapshot() as connection:
            last = self._last_seq(connection, run_id)
            found = page_rows(connection, run_id, of, before=before, after=after, last=last)
        return Page(facts=tuple(map(self._fact, found.facts)), begin=found.begin, end=found.end, seq=last)

    def search_notes(self, run_id: RunId, query: str, most: int) -> list[str]:
        """The ids of a run's notes that share words with `query`, the nearest first; those that were struck aside."""
        with self._snapshot() as connection:
            return note_words.search(connection, run_id, query, most)

    def damage(self) -> str:
        """What SQLite's own full check finds wrong; empty where nothing is. Takes seconds for a large database."""
        with self._snapshot() as connection:
            rows = connection.execute("PRAGMA integrity_check(3)").fetchall()
        found = "; ".join(str(row["integrity_check"]) for row in rows)
        return "" if found == "ok" else found

    def _last_seq(self, connection: sqlite3.Connection, run_id: RunId) -> int:
        row = connection.execute("SELECT coalesce(max(last_seq), 0) AS seq FROM runs WHERE run_id = ?", (run_id,))
        place: int = row.fetchone()["seq"]
        return place

    def _fact(self, row: dict[str, Any]) -> Recorded:
        try:
            return Recorded(row["seq"], row["at"], codec.fact_from_json(row["kind"], row["body"]))
        except BadJson as error:
            raise broken(self._path, f"holds a fact that cannot be read (number {row['seq']}: {error})") from error

    def _message(self, row: dict[str, Any]) -> Message:
        try:
            parts = codec.from_json(_PARTS, row["parts"])
        except BadJson as error:
            raise broken(self._path, f"holds a message that cannot be read ({row['task_id']}: {error})") from error
        return Message(
            ordinal=row["ordinal"], speaker=Speaker(row["speaker"]), parts=parts, at=row["at"], model=row["model"],
            reply_id=row["reply_id"],
        )  # fmt: skip

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        # short, and never open while someone awaits: a long reader keeps the write-ahead log from being emptied
        with self._explained():
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                self._connection.rollback()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise explain(error, self._path) from error


def _usage(row: dict[str, Any]) -> Usage:
    return Usage(**{name: row[name] for name in ("input", "output", "cache_read", "cache_write", "cost")})


def choose_run(ids: list[RunId], word: str) -> RunId:
    """The id that `word` names among `ids`, of which the first is the last run. Raises UsageError."""
    if not ids:
        raise UsageError("there is no run in this project yet: start one with `hephaestus GOAL`")
    if word == "last":
        return ids[0]
    if word in ids:
        return word
    matches = [run_id for run_id in ids if run_id.startswith(word)] if word else []
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UsageError(f"{word!r} is the beginning of {len(matches)} runs ({_some(matches)}): add a letter or two")
    raise UsageError(f"there is no run {word!r}: use `last`, or one of {_some(ids)}")


def _some(ids: list[RunId], most: int = 5) -> str:
    return ", ".join(ids[:most]) + (", …" if len(ids) > most else "")


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return _open(path, "mode=ro")
    except sqlite3.OperationalError as error:
        forbidden = primary_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not forbidden or files.left_unclean(path):
            raise
        # a folder that cannot be written has no room for the shared memory of readers; with an empty log none is needed
        return _open(path, "mode=ro&immutable=1")


def _open(path: Path, query: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True, isolation_level=None)
    try:
        connection.row_factory = _as_dict
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}

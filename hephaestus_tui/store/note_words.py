"""The words of notes, so that a later task finds what an earlier one noted: by SQLite's FTS5, or one by one without it.

A SQLite without FTS5 writes notes as well as any; a note that the index does not have yet is marked in its own row, and is
taken in when the database is opened by one that has it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from hephaestus_tui.domain.task import RunId
from hephaestus_tui.domain.telling import telling

WORDS_LIMIT = 64  # of a query
_INDEX = """
CREATE VIRTUAL TABLE IF NOT EXISTS notes_words USING fts5(text, tags, tokenize = 'porter unicode61 remove_diacritics 2')
"""


def has_fts(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite can keep the index."""
    return bool(_rows(connection, "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"))


def make_index(connection: sqlite3.Connection) -> None:
    """Once a database is open for writing: the index is there if it can be, and has every note."""
    if _is_there(connection, "notes") and has_fts(connection):
        connection.execute(_INDEX)
        take_in(connection)


def take_in(connection: sqlite3.Connection) -> None:
    """Bring the index up to date with the notes that were added, changed or struck."""
    if not _is_indexed(connection):
        return
    for seq, text, tags, struck in _rows(connection, "SELECT seq, text, tags, struck FROM notes WHERE NOT indexed"):
        connection.execute("DELETE FROM notes_words WHERE rowid = ?", (seq,))
        if struck is None:
            words = " ".join(json.loads(tags))
            connection.execute("INSERT INTO notes_words (rowid, text, tags) VALUES (?, ?, ?)", (seq, text, words))
        connection.execute("UPDATE notes SET indexed = 1 WHERE seq = ?", (seq,))


def search(connection: sqlite3.Connection, run_id: RunId, query: str, most: int) -> list[str]:
    """The ids of notes in use that share a word with `query`, the nearest first. Whatever `query` holds is only words."""
    wanted = query_words(query)
    if not wanted:
        return []
    look = _by_index if _is_indexed(connection) else _one_by_one
    return look(connection, run_id, wanted, most)


def query_words(query: str) -> list[str]:
    """The words that tell something, each once, in their order."""
    return list(dict.fromkeys(telling(query)))[:WORDS_LIMIT]


def _by_index(connection: sqlite3.Connection, run_id: RunId, wanted: Sequence[str], most: int) -> list[str]:
    # a word in quotes is never read as a part of FTS5's language; none holds a quote
    match = " OR ".join(f'"{word}"' for word in wanted)
    rows = _rows(
        connection,
        "SELECT n.id FROM notes_words AS w JOIN notes AS n ON n.seq = w.rowid "
        "WHERE notes_words MATCH ? AND n.run_id = ? AND n.struck IS NULL "
        "ORDER BY bm25(notes_words, 1.0, 2.0), n.seq DESC LIMIT ?",
        (match, run_id, most),
    )
    return [note_id for (note_id,) in rows]


def _one_by_one(connection: sqlite3.Connection, run_id: RunId, wanted: Sequence[str], most: int) -> list[str]:
    rows = _rows(
        connection,
        "SELECT id, text, tags FROM notes WHERE run_id = ? AND struck IS NULL ORDER BY seq DESC", (run_id,),
    )  # fmt: skip
    near = [(len(set(wanted).intersection(telling(f"{text} {tags}"))), note_id) for note_id, text, tags in rows]
    near.sort(key=lambda pair: -pair[0])
    return [note_id for count, note_id in near if count][:most]


def _is_indexed(connection: sqlite3.Connection) -> bool:
    return _is_there(connection, "notes_words") and has_fts(connection)


def _is_there(connection: sqlite3.Connection, table: str) -> bool:
    return bool(_rows(connection, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)))


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None  # the connection's own may give rows of another shape
    return cursor.execute(sql, values).fetchall()

"""One SQLite connection that threads share, and the schema it opens with."""

from __future__ import annotations

import sqlite3
import threading

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    password_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_digest TEXT NOT NULL UNIQUE,
    label        TEXT NOT NULL,
    created_at   REAL NOT NULL,
    last_seen_at REAL NOT NULL,
    expires_at   REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_user ON sessions (user_id);
CREATE TABLE IF NOT EXISTS teams (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
);
CREATE TABLE IF NOT EXISTS memberships (
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, user_id)
);
"""

Value = str | int | float | None


class Database:
    """`statements` counts what was executed; tests use it to see what a request costs."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA foreign_keys = ON;" + SCHEMA)
        self.statements = 0

    def query(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        with self._lock:
            self.statements += 1
            return self._connection.execute(sql, values).fetchall()

    def insert(self, sql: str, *values: Value) -> int:
        """Return the id of the new row. Raises sqlite3.IntegrityError where a constraint refuses it."""
        with self._lock:
            self.statements += 1
            return self._connection.execute(sql, values).lastrowid or 0

    def change(self, sql: str, *values: Value) -> int:
        """Return how many rows were changed."""
        with self._lock:
            self.statements += 1
            return self._connection.execute(sql, values).rowcount

    def close(self) -> None:
        with self._lock:
            self._connection.close()

"""Where people are signed in. A token is known only by its digest."""

from __future__ import annotations

from dataclasses import dataclass

from rollcall.database import Database


@dataclass(frozen=True)
class Session:
    """Times are seconds since the epoch; `label` is what the device calls itself."""

    id: int
    user_id: int
    token_digest: str
    label: str
    created_at: float
    last_seen_at: float
    expires_at: float


class SessionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user_id: int, digest: str, label: str, now: float, seconds: float) -> None:
        self._database.insert(
            "INSERT INTO sessions (user_id, token_digest, label, created_at, last_seen_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            user_id, digest, label, now, now, now + seconds,
        )  # fmt: skip

    def by_digest(self, digest: str) -> Session | None:
        rows = self._database.query("SELECT * FROM sessions WHERE token_digest = ?", digest)
        return Session(**dict(rows[0])) if rows else None

    def touch(self, session_id: int, now: float) -> None:
        self._database.change("UPDATE sessions SET last_seen_at = ? WHERE id = ?", now, session_id)

    def remove(self, digest: str) -> None:
        self._database.change("DELETE FROM sessions WHERE token_digest = ?", digest)

    def remove_all(self, user_id: int) -> None:
        self._database.change("DELETE FROM sessions WHERE user_id = ?", user_id)

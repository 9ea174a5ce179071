"""People."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rollcall.database import Database


class EmailTaken(Exception):
    pass


@dataclass(frozen=True)
class User:
    id: int
    email: str
    name: str
    role: str
    password_hash: str

    def public(self) -> dict[str, object]:
        return {"id": self.id, "email": self.email, "name": self.name, "role": self.role}


class UserStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, email: str, name: str, password_hash: str, role: str = "member") -> User:
        """Raises EmailTaken."""
        try:
            user_id = self._database.insert(
                "INSERT INTO users (email, name, role, password_hash) VALUES (?, ?, ?, ?)",
                email, name, role, password_hash,
            )  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise EmailTaken(email) from error
        return User(user_id, email, name, role, password_hash)

    def get(self, user_id: int) -> User | None:
        return _one(self._database.query("SELECT * FROM users WHERE id = ?", user_id))

    def by_email(self, email: str) -> User | None:
        return _one(self._database.query("SELECT * FROM users WHERE email = ?", email))

    def page(self, limit: int, offset: int) -> list[User]:
        rows = self._database.query("SELECT * FROM users ORDER BY name, id LIMIT ? OFFSET ?", limit, offset)
        return [User(**dict(row)) for row in rows]

    def rename(self, user_id: int, name: str) -> None:
        self._database.change("UPDATE users SET name = ? WHERE id = ?", name, user_id)

    def set_role(self, user_id: int, role: str) -> None:
        self._database.change("UPDATE users SET role = ? WHERE id = ?", role, user_id)

    def set_password(self, user_id: int, password_hash: str) -> None:
        self._database.change("UPDATE users SET password_hash = ? WHERE id = ?", password_hash, user_id)

    def remove(self, user_id: int) -> bool:
        return self._database.change("DELETE FROM users WHERE id = ?", user_id) > 0


def _one(rows: list[sqlite3.Row]) -> User | None:
    return User(**dict(rows[0])) if rows else None

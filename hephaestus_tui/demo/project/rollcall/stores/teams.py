"""Teams and who is in them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rollcall.database import Database


class NameTaken(Exception):
    pass


@dataclass(frozen=True)
class Team:
    id: int
    name: str


@dataclass(frozen=True)
class Member:
    id: int
    name: str


class TeamStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str) -> Team:
        """Raises NameTaken."""
        try:
            return Team(self._database.insert("INSERT INTO teams (name) VALUES (?)", name), name)
        except sqlite3.IntegrityError as error:
            raise NameTaken(name) from error

    def all(self) -> list[Team]:
        return [Team(**dict(row)) for row in self._database.query("SELECT id, name FROM teams ORDER BY name")]

    def get(self, team_id: int) -> Team | None:
        rows = self._database.query("SELECT id, name FROM teams WHERE id = ?", team_id)
        return Team(**dict(rows[0])) if rows else None

    def members(self, team_id: int) -> list[Member]:
        rows = self._database.query(
            "SELECT users.id, users.name FROM memberships JOIN users ON users.id = memberships.user_id"
            " WHERE memberships.team_id = ? ORDER BY users.name, users.id",
            team_id,
        )
        return [Member(**dict(row)) for row in rows]

    def put_member(self, team_id: int, user_id: int) -> None:
        self._database.change(
            "INSERT INTO memberships (team_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING", team_id, user_id
        )

    def remove_member(self, team_id: int, user_id: int) -> bool:
        sql = "DELETE FROM memberships WHERE team_id = ? AND user_id = ?"
        return self._database.change(sql, team_id, user_id) > 0

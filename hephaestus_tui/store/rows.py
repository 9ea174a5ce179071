"""Rows written by name; without it each projection would have its own way to find out that nothing was hit."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.events import Recorded
from hephaestus_tui.domain.task import RunId


def insert(db: Database, table: str, **values: Any) -> None:
    """`table` and the names are ours, never from outside."""
    names = ", ".join(values)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in values)})", values)


def one(db: Database, run_id: RunId, recorded: Recorded, sql: str, *values: object) -> None:
    """Change exactly one row. Raises StoreError where there is none."""
    if db.execute(sql, values).rowcount != 1:
        raise StoreError(f"{recorded.fact.KIND} is about something that run {run_id} does not have ({values[-1]})")

"""What is done to the database's file beside SQLite: its rights, its links, its copies, and whether it is ours at all.

A file is built and migrated under another name before it gets its own: so a file with its own name that is empty, or that
lacks our mark, was damaged or is someone else's, and is never taken for a new one.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from hephaestus_tui.domain.errors import NewerStore, StoreError
from hephaestus_tui.store.faults import broken

APPLICATION_ID = 0x48455048
SCHEMA_VERSION = 8
BACKUPS_KEPT = 5


def check_place(path: Path) -> None:
    """Refuse what must not be opened at all. Raises BrokenStore and OSError."""
    if path.is_symlink():
        raise broken(path, "is a symbolic link, and a database is opened by its real name only")
    if path.exists():
        if not path.is_file():
            raise broken(path, "is not a file")
        if path.stat().st_size == 0:
            raise broken(path, "is empty, which a database of hephaestus never is")
    elif _has_text(beside(path, "-wal")):
        raise broken(path, f"is gone, while its latest changes are still in {path.name}-wal")


def create_private(path: Path) -> None:
    """Make an empty file that only its owner may read, before SQLite could make one that all may. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def remove(path: Path) -> None:
    """Remove a database that was never finished, with its companions."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        beside(path, suffix).unlink(missing_ok=True)


def publish(built: Path, path: Path) -> None:
    """Give a finished database its own name, durably."""
    built.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def left_unclean(path: Path) -> bool:
    """Whether the last one to write ended without closing the database."""
    return _has_text(beside(path, "-wal"))


def identify(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the tables. Raises BrokenStore for a database that is not ours, NewerStore, and sqlite3.Error."""
    cursor = connection.cursor()
    cursor.row_factory = None  # the connection's own may give rows of another shape
    (mark,) = cursor.execute("PRAGMA application_id").fetchone()
    (version,) = cursor.execute("PRAGMA user_version").fetchone()
    if mark != APPLICATION_ID:
        raise broken(path, "is the database of another program")
    return int(version)


def newer(path: Path, what: str) -> NewerStore:
    return NewerStore(
        f"{path} was written by a later hephaestus ({what}): update this one, or name another file with --db"
    )


def older(path: Path, version: int) -> StoreError:
    return StoreError(
        f"{path} has tables of version {version}, this hephaestus reads version {SCHEMA_VERSION}: "
        "open the project once with `hephaestus`, which brings them up to date"
    )


def back_up(connection: sqlite3.Connection, path: Path) -> Path:
    """A complete copy beside the database, named by the moment; the oldest beyond BACKUPS_KEPT go. Not in a transaction."""
    copy = beside(path, f".backup-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    unfinished = beside(path, ".copying")
    unfinished.unlink(missing_ok=True)
    create_private(unfinished)
    connection.execute("VACUUM INTO ?", (str(unfinished),))
    publish(unfinished, copy)
    for old in sorted(path.parent.glob(f"{path.name}.backup-*"))[:-BACKUPS_KEPT]:
        old.unlink()
    return copy


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _has_text(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False

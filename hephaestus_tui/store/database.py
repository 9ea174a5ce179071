"""Opening the one connection that writes: locked, private, checked and up to date, or refused with the reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.store import files, note_words
from hephaestus_tui.store.faults import broken
from hephaestus_tui.store.lock import Lock
from hephaestus_tui.store.migrations import MIGRATIONS

BUSY_TIMEOUT = 5.0
# A check of this much takes about a tenth of a second; a larger file is checked only after an unclean end.
ALWAYS_CHECKED_BYTES = 32 << 20
_WAL_LIMIT = 64 << 20


@contextmanager
def owned(path: Path, migrations: Migrations = MIGRATIONS) -> Iterator[Database]:
    """The database at `path`, made where there is none, while this process alone owns it.

    Raises StoreBusy, NewerStore, BrokenStore, StoreError, OSError and sqlite3.Error; nothing is ever deleted.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock.acquire(path)
    try:
        files.check_place(path)
        if not path.exists():
            _create(path, migrations)
        with closing(_existing(path, migrations)) as db:
            yield db
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        lock.release()


def _create(path: Path, migrations: Migrations) -> None:
    building = files.beside(path, ".new")
    files.remove(building)
    files.create_private(building)
    with closing(_connect(building)) as db:
        db.execute("PRAGMA synchronous=FULL")
        _migrate(db, migrations)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    files.publish(building, path)


def _existing(path: Path, migrations: Migrations) -> Database:
    unclean = files.left_unclean(path)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
    try:
        files.identify(connection, path)
        if unclean or path.stat().st_size <= ALWAYS_CHECKED_BYTES:
            _check(connection, path)
    finally:
        connection.close()
    db = _connect(path)
    try:
        if _pending(db, path, migrations):
            files.back_up(db.conn, path)
            _migrate(db, migrations)
        note_words.make_index(db.conn)
    except BaseException:
        db.close()
        raise
    return db


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise broken(path, f"is damaged ({' '.join(verdict.split())})")


def _connect(path: Path) -> Database:
    db = Database(sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None))
    (mode,) = db.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        db.close()
        raise StoreError(f"{path} is on a file system without shared memory: name a file on a local disk with --db")
    for setting in (
        "synchronous=NORMAL", "foreign_keys=ON", "wal_autocheckpoint=1000", f"journal_size_limit={_WAL_LIMIT}",
        "cell_size_check=ON", "mmap_size=0",
    ):  # fmt: skip
        db.execute(f"PRAGMA {setting}").fetchall()
    return db


def _pending(db: Database, path: Path, migrations: Migrations) -> bool:
    ours = [m.name for m in migrations.pending(Database(memory=True))]
    applied = [m.name for m in migrations.applied(db)]
    if strange := [name for name in applied if name not in ours]:
        raise files.newer(path, f"it has been through {', '.join(strange)}")
    if (version := files.identify(db.conn, path)) > len(ours):
        raise files.newer(path, f"its tables are of version {version}, this one knows version {len(ours)}")
    return len(applied) < len(ours)


def _migrate(db: Database, migrations: Migrations) -> None:
    # one transaction round all of them, taken at once: each migration alone would begin as a reader
    db.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        db.execute(f"PRAGMA application_id = {files.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(migrations.applied(db))}")
    except BaseException:
        db.rollback()
        raise
    db.commit()

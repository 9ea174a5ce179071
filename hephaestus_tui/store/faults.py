"""SQLite's and the system's errors in words: without this module a full disk would read "disk I/O error"."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from hephaestus_tui.domain.errors import BrokenStore, HephaestusError, StoreBusy, StoreError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PRIMARY_CODE = 0xFF


def explain(error: Exception, path: Path) -> HephaestusError:
    """A StoreError (or a subclass) that says what happened to the database at `path` and what to do next."""
    match error:
        case HephaestusError():
            return error
        case sqlite3.Error():
            return _sqlite(error, path)
        case OSError():
            return _system(error, path)
        case _:
            return StoreError(f"the store of {path} met something unforeseen: {type(error).__name__}: {error}")


def broken(path: Path, what: str) -> BrokenStore:
    """What is wrong with the file, that nothing was done to it, and where its newest backup is."""
    backups = sorted(path.parent.glob(f"{path.name}.backup-*"))
    rescue = f"put its newest backup in its place ({backups[-1].name})" if backups else "move it away to start afresh"
    return BrokenStore(f"{path} {what}. Nothing in it was changed: {rescue}, or name another file with --db")


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its extension; 0 where the error came from Python's own checks."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE


def _sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    match primary_code(error):
        case sqlite3.SQLITE_FULL:
            return StoreError(f"the disk is full: nothing more was written to {path}; free some space and try again")
        case sqlite3.SQLITE_IOERR:
            return StoreError(
                f"{path} could not be written ({error}); nothing of this was kept: "
                "see whether the disk is full or failing, then try again"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(f"another program is writing to {path}: close it, then try again")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return StoreError(f"{path} cannot be opened or written here ({error}): see the rights of it and its folder")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return broken(path, f"is damaged or not a database ({error})")
        case sqlite3.SQLITE_CONSTRAINT:
            return StoreError(f"the database refused a record that breaks its rules: {error}; nothing of it was kept")
        case _:
            return StoreError(f"{path}: {error}")


def _system(error: OSError, path: Path) -> StoreError:
    if error.errno in _FULL:
        return StoreError(f"the disk is full: {path} could not be written; free some space and try again")
    if error.errno in _FORBIDDEN:
        return StoreError(
            f"{path} cannot be written ({error.strerror}): "
            "make its folder writable, or name another place with --db or $HEPHAESTUS_HOME"
        )
    return StoreError(f"{path}: {error.strerror or error}")

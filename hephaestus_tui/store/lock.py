"""One process owns a database: without the lock two would each run the same agents.

The lock is an advisory one (`flock`) on a file beside the database, so that the system lets go of it however its holder
ends. The file is never removed, as removing it would let two processes lock two files of one name.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.domain.errors import StoreBusy

_TRIES = 5
_BETWEEN_TRIES = 0.02


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has a database open; 0 and "" where it has not said so yet."""

    pid: int
    host: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}" if self.pid else "another process"


class Lock:
    """The lock of one database, held until `release` or the end of the process; children do not inherit it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def acquire(cls, path: Path) -> Lock:
        """Lock the database at `path`. Raises StoreBusy, which names the holder, and OSError."""
        fd = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            _lock(fd, path)
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n{socket.gethostname()}\n".encode(), 0)
        except BaseException:
            os.close(fd)
            raise
        return cls(fd)

    def release(self) -> None:
        os.close(self._fd)

    @staticmethod
    def holder(path: Path) -> Holder | None:
        """Who has the database at `path` open now; None where no one has. Raises OSError."""
        try:
            fd = os.open(lock_path(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(fd)
        finally:
            os.close(fd)
        return None


def lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _lock(fd: int, path: Path) -> None:
    # `holder` in another process takes the lock for a moment to see whether it is free: that is no reason to give up
    for _ in range(_TRIES):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN_TRIES)
        else:
            return
    raise StoreBusy(f"{path} is open already ({_read(fd)}): go on there, or close that one first")


def _read(fd: int) -> Holder:
    pid, _, host = os.pread(fd, 512, 0).decode(errors="replace").strip().partition("\n")
    return Holder(int(pid), host) if pid.isdecimal() else Holder(0, "")

"""Holds the index of the person's repository; without it their git and two merges could write over one another.

It is git's own lock, `index.lock`, so that their git waits as ours does. What we leave behind when we are killed is
known by its text and by the kernel's lock on it, which died with us.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from hephaestus_tui.workspaces.faults import WorkspaceFault

PATIENCE = 10.0  # seconds
_POLL = 0.05
_MARK = b"held by hephaestus while it merges\n"
_DRAFT = "hephaestus-lock-"


@asynccontextmanager
async def index_held(git_dir: Path, patience: float = PATIENCE) -> AsyncIterator[None]:
    """Within it no git changes the index or what is checked out. Raises WorkspaceFault where another one is at it."""
    path = git_dir / "index.lock"
    clock = asyncio.get_running_loop().time
    deadline = clock() + patience
    while (held := _taken(path)) is None:
        if clock() > deadline:
            raise WorkspaceFault(
                f"Another git is at work in the project: {path} is there. Nothing was merged: try again when it is done."
            )
        await asyncio.sleep(_POLL)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(held)


def _taken(path: Path) -> int | None:
    """The descriptor of the lock that is ours now; None where it is another's."""
    _remove_left(path)
    try:
        fd, draft = tempfile.mkstemp(prefix=_DRAFT, dir=path.parent)
    except OSError as error:
        raise WorkspaceFault(f"{path.parent} cannot be written ({error.strerror}): nothing was merged.") from error
    try:
        # marked and locked before it appears under its name, whole or not at all
        fcntl.flock(fd, fcntl.LOCK_EX)
        os.write(fd, _MARK)
        os.link(draft, path)
    except FileExistsError:
        os.close(fd)
        return None
    except BaseException:
        os.close(fd)
        raise
    finally:
        os.unlink(draft)
    return fd


def _remove_left(path: Path) -> None:
    """Remove a lock that a process of ours left when it was killed; never git's own."""
    with suppress(FileNotFoundError, BlockingIOError):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            if os.read(fd, len(_MARK) + 1) != _MARK:
                return
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # another may have removed it before us, and what stands there now be held
            if os.path.samestat(os.fstat(fd), os.stat(path)):
                os.unlink(path)
        finally:
            os.close(fd)

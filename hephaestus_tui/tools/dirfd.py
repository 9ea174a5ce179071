"""File operations on a name inside an open folder; without them each would resolve a whole path anew, and be raced."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.tools.faults import ToolFault

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Kind(StrEnum):
    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder; `size` is in bytes and 0 for what is no regular file."""

    name: str
    kind: Kind
    size: int


def kind_of(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.LINK if stat.S_ISLNK(mode) else Kind.OTHER


def entries(folder: int) -> tuple[Entry, ...]:
    """What a folder holds, by name; what vanishes meanwhile is left out."""
    found = []
    with os.scandir(folder) as items:
        for item in items:
            with contextlib.suppress(FileNotFoundError):
                status = item.stat(follow_symlinks=False)
                kind = kind_of(status.st_mode)
                found.append(Entry(item.name, kind, status.st_size if kind is Kind.FILE else 0))
    return tuple(sorted(found, key=lambda entry: entry.name))


def enter(root: int, parts: tuple[str, ...], *, make: bool = False) -> int:
    """A new descriptor of a folder below `root`, reached without following a link; `make` creates what is missing."""
    held = os.dup(root)
    for name in parts:
        try:
            below = _open_folder(name, held, make)
        finally:
            os.close(held)
        held = below
    return held


def _open_folder(name: str, above: int, make: bool) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=above)
    except FileNotFoundError:
        if not make:
            raise
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, dir_fd=above)
    return os.open(name, FOLDER, dir_fd=above)


@contextlib.contextmanager
def regular(folder: int, name: str, path: str) -> Iterator[int]:
    """A regular file open for reading. Raises ToolFault for a FIFO, a device or a folder, without waiting on it."""
    fd = os.open(name, READ, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ToolFault(
                f"{path} is not a regular file. Use list_files for a folder; leave devices and pipes alone."
            )
        yield fd
    finally:
        os.close(fd)


def replace(folder: int, name: str, path: str, data: bytes) -> None:
    """Put a file in place at once: temporary file, fsync, rename; a present one keeps its mode and owner.

    The rename swaps a name and writes through nothing, so whatever takes the name meanwhile stays untouched.
    """
    present = _status(folder, name)
    if present is not None:
        _require_replaceable(present, path)
    temporary = f".{secrets.token_hex(8)}.tmp"
    fd = os.open(temporary, CREATE, 0o666 if present is None else 0o600, dir_fd=folder)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            if present is not None:
                _take_over(fd, present)
            os.fsync(fd)
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=folder)
        raise
    os.fsync(folder)


def _status(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _require_replaceable(present: os.stat_result, path: str) -> None:
    kind = kind_of(present.st_mode)
    if kind is Kind.LINK:
        raise ToolFault(f"{path} is a link, and links are not followed. Write the file that it points to.")
    if kind is not Kind.FILE:
        raise ToolFault(f"{path} is a {kind} and no regular file. Choose another name.")
    if present.st_nlink > 1:
        raise ToolFault(
            f"{path} has {present.st_nlink} hard links and may be shared with the outside. Write a new file."
        )
    if not present.st_mode & _ANY_WRITE:
        raise ToolFault(f"{path} is read-only. Leave it, or ask the human to make it writable.")


def _take_over(fd: int, present: os.stat_result) -> None:
    mine = os.fstat(fd)
    if (mine.st_uid, mine.st_gid) != (present.st_uid, present.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(fd, present.st_uid, present.st_gid)
    os.fchmod(fd, stat.S_IMODE(present.st_mode) & 0o777)

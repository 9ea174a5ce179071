"""The only way from a tool to a file; without it a path could lead out of the folder an agent works in.

Every path is walked component by component from a descriptor of the root, following no link. A check on text
(`startswith`, `resolve`) followed by an open of the same text loses to whoever renames between the two.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hephaestus_tui.tools import dirfd
from hephaestus_tui.tools.dirfd import Entry, Kind
from hephaestus_tui.tools.faults import ToolFault, file_fault
from hephaestus_tui.tools.images import image_words
from hephaestus_tui.tools.protected import protected_part

READ_LIMIT = 10_000_000
WRITE_LIMIT = 5_000_000
PATH_LIMIT = 1_000
DEPTH_LIMIT = 64
SKIPPED = frozenset({".git", ".hg", ".svn", ".jj", "__pycache__", "node_modules", ".venv"})


class Workspace:
    """A folder and everything below it. Safe to use from several threads; every method raises ToolFault.

    Paths are relative to the root, or absolute and below it. It holds one descriptor until `close`, or until nobody has
    it any more: a thread that is still reading must not find another folder under its number.
    `changing` is held by whoever writes a file, from before it reads what it writes anew.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.changing = threading.Lock()
        self._spellings = (self.root.parts, Path(os.path.abspath(root)).parts)
        try:
            self._fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ToolFault(
                f"The workspace {self.root} cannot be opened: {error.strerror}. Start in a folder that can be read."
            ) from error

        self._closing = weakref.finalize(self, os.close, self._fd)

    def close(self) -> None:
        self._closing()

    def parts(self, path: str) -> tuple[str, ...]:
        """The components of a path below the root, () for the root itself; a matter of text alone."""
        if "\0" in path or len(path) > PATH_LIMIT or not _encodable(path):
            raise ToolFault(f"That is no path: it needs text of at most {PATH_LIMIT} characters without NUL.")
        parts = PurePosixPath(path).parts
        if path.startswith("/"):
            root = next((root for root in self._spellings if parts[: len(root)] == root), None)
            if root is None:
                raise ToolFault(f"{path} lies outside the workspace. Give a path relative to {self.root}.")
            parts = parts[len(root) :]
        if ".." in parts or parts[:1] == ("~",):
            raise ToolFault(f"{path} may not contain '..' or '~'. Give the path from the root of the workspace.")
        return parts

    def kind(self, path: str) -> Kind | None:
        """What stands at a path, without following a link; None where nothing does."""
        parts = self.parts(path)
        if not parts:
            return Kind.FOLDER
        with self._reporting(path):
            try:
                with self._folder(parts[:-1]) as folder:
                    return dirfd.kind_of(os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode)
            except (FileNotFoundError, NotADirectoryError):
                return None

    def exists(self, path: str) -> bool:
        return self.kind(path) is not None

    @contextlib.contextmanager
    def open_folder(self, path: str) -> Iterator[int]:
        """A descriptor of a folder, closed afterwards."""
        parts = self.parts(path)
        with self._reporting(path), self._folder(parts) as folder:
            yield folder

    @contextlib.contextmanager
    def working_folder(self, path: str) -> Iterator[str]:
        """A name of a folder to start a process in; on Linux that of its descriptor, which no rename can redirect."""
        with self.open_folder(path) as fd:
            named = f"/proc/self/fd/{fd}"
            yield named if os.path.isdir(named) else str(self.root.joinpath(*self.parts(path)))

    @contextlib.contextmanager
    def open_file(self, path: str) -> Iterator[int]:
        """A descriptor of a regular file for reading, closed afterwards; it never waits on a FIFO or a terminal."""
        parts = self.parts(path)
        if not parts:
            raise ToolFault("The root of the workspace is a folder. Use list_files to see what is in it.")
        with (
            self._reporting(path),
            self._folder(parts[:-1]) as folder,
            dirfd.regular(folder, parts[-1], path) as fd,
        ):
            yield fd

    def read_bytes(self, path: str) -> bytes:
        with self.open_file(path) as fd, os.fdopen(os.dup(fd), "rb") as file:
            # its size is not asked first: a file may grow while it is read
            data = file.read(READ_LIMIT + 1)
        if len(data) > READ_LIMIT:
            raise ToolFault(f"{path} has more than {READ_LIMIT:,} bytes. Use search_text for what you need in it.")
        return data

    def read_text(self, path: str, *, exact: bool = True) -> str:
        """The text with its line ends as they are; not `exact`: bytes that are no UTF-8 come as U+FFFD."""
        data = self.read_bytes(path)
        if words := image_words(data):
            raise ToolFault(
                f"{path} is an image · {words} ({len(data):,} bytes). Pictures are not shown here; run_command can look "
                "into it."
            )
        if is_binary(data):
            raise ToolFault(f"{path} is a binary file of {len(data):,} bytes. Use run_command to look into it.")
        try:
            return data.decode("utf-8", "strict" if exact else "replace")
        except UnicodeDecodeError as error:
            raise ToolFault(
                f"{path} is not UTF-8 (byte {error.start}), so changing it here would lose bytes. Use run_command."
            ) from error

    def write_text(self, path: str, text: str) -> None:
        """Replace or create a file, and the folders above it, at once or not at all.

        An existing file keeps its mode; one that is read-only, a link, or has a second hard link is refused.
        """
        data = text.encode("utf-8", "replace")
        if len(data) > WRITE_LIMIT:
            raise ToolFault(f"{len(data):,} bytes for {path} are over {WRITE_LIMIT:,}. Write it in several files.")
        parts = self.parts(path)
        _require_writable(path, parts)
        with self._reporting(path), self._folder(parts[:-1], make=True) as folder:
            dirfd.replace(folder, parts[-1], path, data)

    def list_dir(self, path: str = ".") -> tuple[Entry, ...]:
        """What a folder holds, by name; a link is told as a link."""
        with self.open_folder(path) as folder:
            return dirfd.entries(folder)

    def walk(self, path: str = ".", *, skip: frozenset[str] = SKIPPED) -> Iterator[str]:
        """The paths of all regular files below a folder, by name and folder by folder; links are not followed.

        Folders that are named in `skip`, cannot be read, vanish meanwhile or lie too deep are passed over.
        """
        top = self.parts(path)
        waiting = [top]
        while waiting:
            here = waiting.pop()
            try:
                with self._folder(here) as folder:
                    found = dirfd.entries(folder)
            except OSError as error:
                if here == top:
                    raise file_fault(error, path, self._first_link(top)) from error
                continue
            yield from ("/".join((*here, entry.name)) for entry in found if entry.kind is Kind.FILE)
            if len(here) < DEPTH_LIMIT:
                below = (e.name for e in reversed(found) if e.kind is Kind.FOLDER and e.name not in skip)
                waiting.extend((*here, name) for name in below)

    def link_target(self, path: str) -> str:
        """Where a link points, as it is written in it; empty where there is none."""
        parts = self.parts(path)
        with contextlib.suppress(OSError, IndexError), self._folder(parts[:-1]) as folder:
            return os.readlink(parts[-1], dir_fd=folder)
        return ""

    @contextlib.contextmanager
    def _reporting(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise file_fault(error, path, self._first_link(self.parts(path))) from error

    def _first_link(self, parts: tuple[str, ...]) -> str:
        for end in range(1, len(parts) + 1):
            here = "/".join(parts[:end])
            if target := self.link_target(here):
                return f"{here} is a link to {target}"
        return ""

    @contextlib.contextmanager
    def _folder(self, parts: tuple[str, ...], make: bool = False) -> Iterator[int]:
        fd = dirfd.enter(self._fd, parts, make=make)
        try:
            yield fd
        finally:
            os.close(fd)


def is_binary(data: bytes) -> bool:
    return b"\0" in data[:65_536]


def _encodable(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _require_writable(path: str, parts: tuple[str, ...]) -> None:
    if not parts:
        raise ToolFault("The root of the workspace is a folder. Give the path of a file in it.")
    # first, since an invisible character is also how a protected name is disguised
    if (part := protected_part(parts)) is not None:
        raise ToolFault(f"{path} may not be written: {part} is protected. Ask the human to change it.")
    if not path.isprintable():
        raise ToolFault("A file name may not hold control or invisible characters. Give a plain name.")

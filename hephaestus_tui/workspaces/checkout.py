"""Brings the person's own files from one commit to another; without it a merge would have to trust their git's settings.

Everything is looked at before anything is written, and what already is as it shall be is left alone, so that a merge
which was killed halfway is simply done again.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hephaestus_tui.tools.clip import plain
from hephaestus_tui.workspaces.diff import NO_FILE, SUBMODULE
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.git import Said
from hephaestus_tui.workspaces.repository import Repository
from hephaestus_tui.workspaces.view import View

_OURS = "hephaestus-index"
_TICK = 0.02  # seconds; file systems count in 10 ms at most
_FILTER = re.compile(r"filter\..+\.(clean|smudge|process)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Change:
    """`old` and `new` are (mode, blob)."""

    path: str
    old: tuple[str, str]
    new: tuple[str, str]


class Checkout:
    """The person's files and index between the commits `old` and `new`. Use it while the index is held, `look` first.

    `scratch` is a folder for its own two indexes.
    """

    def __init__(self, repository: Repository, view: View, scratch: Path, old: str, new: str) -> None:
        self._repository = repository
        self._view = view
        self._index = scratch / "merge.index"
        self._other = scratch / "merge.other"
        self._old, self._new = old, new
        self._done: list[_Change] = []
        self._paths: list[str] = []

    async def look(self) -> tuple[str, ...]:
        """The files whose changes by the person are in the way, in order. Changes nothing of theirs."""
        await asyncio.to_thread(self._copy_index)
        changes = await self._changes()
        await self._run("update-index", "-q", "--refresh", "--ignore-submodules", codes=(0, 1))
        entries = await self._entries({change.path for change in changes})
        dirty = set((await self._run("diff-files", "-z", "--name-only", "--ignore-submodules=all")).names())
        same = await self._like_new(changes)
        gone = {change.path for change in changes if change.new[0] == NO_FILE}
        in_the_way = []
        self._done = []
        for change in changes:
            entry = entries.get(change.path)
            expected = None if change.old[0] == NO_FILE else change.old
            as_new = None if change.new[0] == NO_FILE else change.new
            if change.path in same and entry in (expected, as_new):
                self._done.append(change)
            elif entry != expected or change.path in dirty or (expected is None and self._blocked(change.path, gone)):
                in_the_way.append(change.path)
        self._paths = [change.path for change in changes]
        return tuple(in_the_way)

    async def filtered(self) -> str:
        """Which file a filter of theirs (as Git LFS is one) would have to write, as a sentence; we run none."""
        filters = {key[7:].rpartition(".")[0] for key in await self._repository.config() if _FILTER.fullmatch(key)}
        if not filters:
            return ""
        await self._view.run("read-tree", self._new, index=self._other)
        stdin = b"".join(os.fsencode(path) + b"\0" for path in self._paths)
        for index, cached in ((self._index, ()), (self._other, ("--cached",))):
            said = await self._view.run(
                "check-attr", *cached, "-z", "--stdin", "filter", index=index, files=self._repository.top, stdin=stdin
            )
            words = iter([os.fsdecode(word) for word in said.out.split(b"\0")[:-1]])
            for path, _, value in zip(words, words, words, strict=True):
                if value in filters:
                    return (
                        f"{plain(path)} passes through the filter {plain(value)}, a program which hephaestus does not "
                        "run: merge the branch with your own git."
                    )
        return ""

    async def write(self) -> None:
        """Write the files, then the index. Raises WorkspaceFault where git finds something in the way after all."""
        lines = [_index_line(change) for change in self._done]
        if lines:
            await self._run("update-index", "-z", "--index-info", stdin=b"".join(lines))
        # git takes a file that is as new as the index for a changed one, so the index is written anew a moment later
        await asyncio.sleep(_TICK)
        refresh = ("update-index", "-q", "--refresh", "--ignore-submodules", "--force-write-index")
        await self._run(*refresh, codes=(0, 1))
        await self._run("read-tree", "-m", "-u", self._old, self._new)
        await asyncio.to_thread(self._replace_index)

    def _copy_index(self) -> None:
        theirs = self._repository.git_dir / "index"
        if any(self._repository.git_dir.glob("sharedindex.*")):
            raise WorkspaceFault(
                f"{self._repository.top} keeps a split index: run `git update-index --no-split-index`, then merge again."
            )
        try:
            # its times too: git takes a file as new as the index for one that may have changed
            shutil.copy2(theirs, self._index)
        except OSError as error:
            raise WorkspaceFault(f"{theirs} cannot be read ({error.strerror}): nothing was merged.") from error

    def _replace_index(self) -> None:
        # beside theirs, since only within a file system a file is replaced at once
        ours = self._repository.git_dir / _OURS
        shutil.copyfile(self._index, ours)
        with ours.open("rb") as file:
            os.fsync(file.fileno())
        ours.replace(self._repository.git_dir / "index")

    async def _run(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> Said:
        return await self._view.run(*arguments, index=self._index, files=self._repository.top, stdin=stdin, codes=codes)

    async def _changes(self) -> list[_Change]:
        said = await self._view.run("diff-tree", "-r", "-z", "--raw", "--no-renames", self._old, self._new, "--")
        words = iter(said.out.split(b"\0")[:-1])
        changes = []
        for word in words:
            old_mode, new_mode, old_blob, new_blob, _ = word[1:].decode("ascii").split(" ")
            changes.append(_Change(os.fsdecode(next(words)), (old_mode, old_blob), (new_mode, new_blob)))
        return changes

    async def _entries(self, wanted: set[str]) -> dict[str, tuple[str, str]]:
        """What the index has of each path; ("unmerged", "") where the person resolves a conflict."""
        found: dict[str, tuple[str, str]] = {}
        for line in (await self._run("ls-files", "-s", "-z")).names():
            fields, _, path = line.partition("\t")
            if path in wanted:
                mode, blob, stage = fields.split(" ")
                found[path] = (mode, blob) if stage == "0" else ("unmerged", "")
        return found

    async def _like_new(self, changes: Sequence[_Change]) -> set[str]:
        """The paths at which the person's files already are as the merge would make them."""
        self._other.unlink(missing_ok=True)
        kept = [change for change in changes if change.new[0] not in (NO_FILE, SUBMODULE)]
        lines = [_index_line(change) for change in kept]
        top = self._repository.top
        await self._view.run("update-index", "-z", "--index-info", index=self._other, files=top, stdin=b"".join(lines))
        # an index without times calls a file changed until it was looked at
        await self._view.run("update-index", "-q", "--refresh", index=self._other, files=top, codes=(0, 1))
        said = await self._view.run("diff-files", "-z", "--name-only", index=self._other, files=top)
        differ = set(said.names())
        same = {change.path for change in kept if change.path not in differ and not self._behind_a_link(change.path)}
        removed = {change.path for change in changes if change.new[0] == NO_FILE and not self._exists(change.path)}
        return same | removed

    def _blocked(self, path: str, gone: set[str]) -> bool:
        """Whether something that git does not know stands where a file would be made, or where its folders would be."""
        for step in (*reversed(PurePosixPath(path).parents), PurePosixPath(path)):
            place = self._repository.top / step
            try:
                mode = os.lstat(place).st_mode
            except (FileNotFoundError, NotADirectoryError):
                return False
            if not stat.S_ISDIR(mode):
                return str(step) not in gone
        # a folder where the file would be: git itself sees to it that nothing unknown is in it
        return not any(other.startswith(f"{path}/") for other in gone)

    def _exists(self, path: str) -> bool:
        return os.path.lexists(self._repository.top / path)

    def _behind_a_link(self, path: str) -> bool:
        return any((self._repository.top / parent).is_symlink() for parent in PurePosixPath(path).parents)


def _index_line(change: _Change) -> bytes:
    mode, blob = change.new
    return f"{0 if mode == NO_FILE else mode} {blob}\t".encode("ascii") + os.fsencode(change.path) + b"\0"

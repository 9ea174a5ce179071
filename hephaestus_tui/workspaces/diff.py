"""Reads git's diffs into values; without it a hostile file name in a patch could pass for a header."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from hephaestus_tui.domain.work import ChangeKind, FileChange, FileDiff, Hunk, Line, Side
from hephaestus_tui.tools.protected import protected_part
from hephaestus_tui.workspaces.view import View

DIFF_LIMIT = 2_000_000  # bytes of one file's diff
NO_FILE = "000000"
SUBMODULE = "160000"
_HEADER = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")
_KINDS = {"A": ChangeKind.ADDED, "D": ChangeKind.DELETED, "R": ChangeKind.RENAMED, "T": ChangeKind.RETYPED}


async def changes_between(view: View, old: str, new: str) -> tuple[FileChange, ...]:
    """The files that differ between two commits or trees, in git's order; a moved file is one change."""
    said = await view.run("diff-tree", "-r", "-z", "-M", "--raw", "--numstat", "--no-ext-diff", old, new, "--")
    return parse_changes(said.out)


def parse_changes(data: bytes) -> tuple[FileChange, ...]:
    """What `diff-tree -z --raw --numstat` wrote: first all of the one, then all of the other, in the same order."""
    words = iter(data.split(b"\0")[:-1])
    raw: list[tuple[list[str], str, str | None]] = []
    changes: list[FileChange] = []
    for word in words:
        if word.startswith(b":"):
            fields = word[1:].decode("ascii").split(" ")
            first = os.fsdecode(next(words))
            moved = fields[4][0] in "RC"
            raw.append((fields, os.fsdecode(next(words)) if moved else first, first if moved else None))
            continue
        insertions, deletions, path = word.split(b"\t", 2)
        if not path:  # of a rename: both paths follow
            next(words)
            next(words)
        changes.append(_change(*raw[len(changes)], insertions, deletions))
    return tuple(changes)


def _change(fields: list[str], path: str, before: str | None, insertions: bytes, deletions: bytes) -> FileChange:
    old_mode, new_mode, old_blob, new_blob, status = fields
    binary = insertions == b"-"
    return FileChange(
        path=path,
        kind=_KINDS.get(status[0], ChangeKind.MODIFIED),
        before=before,
        old_mode=old_mode,
        new_mode=new_mode,
        old_blob=old_blob,
        new_blob=new_blob,
        insertions=0 if binary else int(insertions),
        deletions=0 if binary else int(deletions),
        binary=binary,
        guarded=protected_part(PurePosixPath(path).parts) is not None,
    )


async def diff_of(view: View, change: FileChange) -> FileDiff:
    """The lines of one file's change; none for a binary file or a submodule."""
    if change.binary or SUBMODULE in (change.old_mode, change.new_mode):
        return FileDiff(())
    # two blobs have no names that could look like headers, and no attributes
    empty = (await view.run("hash-object", "-w", "-t", "blob", "--stdin")).line()
    old = empty if change.old_mode == NO_FILE else change.old_blob
    new = empty if change.new_mode == NO_FILE else change.new_blob
    if old == new:
        return FileDiff(())
    said = await view.run(
        "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-indent-heuristic", "-U3", old, new, "--",
        limit=DIFF_LIMIT, cut=True,
    )  # fmt: skip
    return FileDiff(parse_hunks(said.out), said.clipped)


async def patch_of(view: View, old: str, new: str) -> bytes:
    """What `git apply` takes to go from one commit to the other. Raises WorkspaceFault beyond 32 MB."""
    said = await view.run(
        "diff-tree", "-r", "-p", "-M", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", old, new, "--"
    )  # fmt: skip
    return said.out


def parse_hunks(patch: bytes) -> tuple[Hunk, ...]:
    """The hunks of one file's patch; of one that was cut off, the whole lines."""
    hunks: list[Hunk] = []
    lines: list[Line] = []
    start: tuple[int, int, str] | None = None
    old = new = 0
    for raw in patch.split(b"\n")[:-1]:
        if header := _HEADER.match(raw):
            if start:
                hunks.append(Hunk(*start, tuple(lines)))
            old, new = int(header[1]), int(header[2])
            start, lines = (old, new, header[3].decode("utf-8", "replace")), []
        elif not start:
            continue
        elif raw.startswith(b"\\"):
            last = lines[-1]
            lines[-1] = Line(last.side, last.text, last.old, last.new, ends=False)
        else:
            side, text = Side(chr(raw[0])), raw[1:].decode("utf-8", "replace")
            lines.append(Line(side, text, old if side is not Side.NEW else None, new if side is not Side.OLD else None))
            old += side is not Side.NEW
            new += side is not Side.OLD
    if start:
        hunks.append(Hunk(*start, tuple(lines)))
    return tuple(hunks)

"""Work that is made of texts before and after, for tests of what shows it: no repository, no engine."""

from __future__ import annotations

import asyncio
import difflib
from dataclasses import dataclass, field

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.errors import CommandRefused, HephaestusError
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import (
    ChangeKind,
    Conflict,
    FileChange,
    FileDiff,
    Hunk,
    Line,
    MergePreview,
    Side,
    Work,
)

BASE, TIP, HEAD = "b" * 40, "1" * 40, "9" * 40


@dataclass
class Made:
    """The files of a task's work: path → text before and after, None where there is no such file."""

    task: TaskId
    files: dict[str, tuple[str | None, str | None]]
    tip: str = TIP
    moved: dict[str, str] = field(default_factory=dict)  # path → path before
    guarded: frozenset[str] = frozenset()
    binary: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    @property
    def branch(self) -> str:
        return f"hephaestus/r1/{self.task}"

    def change(self, path: str) -> FileChange:
        before, after = self.files[path]
        lines = [line for hunk in hunks_of(before or "", after or "") for line in hunk.lines]
        kind = ChangeKind.RENAMED if path in self.moved else ChangeKind.MODIFIED
        kind = ChangeKind.ADDED if before is None else ChangeKind.DELETED if after is None else kind
        is_binary = path in self.binary
        return FileChange(
            path=path, kind=kind, before=self.moved.get(path),
            old_mode="000000" if before is None else "100644", new_mode="000000" if after is None else "100644",
            old_blob=f"{hash(before):x}", new_blob=f"{hash(after):x}",
            insertions=0 if is_binary else sum(line.side is Side.NEW for line in lines),
            deletions=0 if is_binary else sum(line.side is Side.OLD for line in lines),
            binary=is_binary, guarded=path in self.guarded,
        )  # fmt: skip

    def diff(self, path: str) -> FileDiff:
        before, after = self.files[path]
        return FileDiff(hunks_of(before or "", after or ""))

    def work(self) -> Work:
        return Work(
            task=self.task, branch=self.branch, base=BASE, tip=self.tip,
            changes=tuple(self.change(path) for path in self.files), left_out=self.left_out, unresolved=self.unresolved,
        )  # fmt: skip

    def done(self) -> e.WorkDone:
        work = self.work()
        return e.WorkDone(
            task_id=self.task, branch=work.branch, base=BASE, tip=self.tip, paths=tuple(self.files),
            insertions=work.insertions, deletions=work.deletions, left_out=self.left_out, unresolved=self.unresolved,
        )  # fmt: skip


def hunks_of(before: str, after: str) -> tuple[Hunk, ...]:
    """As git makes them, with three lines of context."""
    old, new = before.splitlines(), after.splitlines()
    hunks = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        lines: list[Line] = []
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [Line(Side.BOTH, old[a + n], a + n + 1, c + n + 1) for n in range(b - a)]
                continue
            lines += [Line(Side.OLD, old[n], n + 1, None) for n in range(a, b)]
            lines += [Line(Side.NEW, new[n], None, n + 1) for n in range(c, d)]
        first = group[0]
        hunks.append(Hunk(first[1] + 1 if old else 0, first[3] + 1 if new else 0, "", tuple(lines)))
    return tuple(hunks)


class WorkPort:
    """The part of a session that shows work. `conflicts` and the like are what the next preview finds.

    While `held` no diff is handed out; `faults` are raised in turn by the next calls of `work`.
    """

    def __init__(self) -> None:
        self.made: dict[TaskId, Made] = {}
        self.since: dict[TaskId, Made] = {}  # what came after the last round
        self.conflicts: tuple[Conflict, ...] = ()
        self.in_the_way: tuple[str, ...] = ()
        self.refusal = ""
        self.faults: list[HephaestusError] = []
        self.read: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def work(self, task_id: TaskId, since: str | None = None) -> Work:
        if self.faults:
            raise self.faults.pop(0)
        if task_id not in self.made:
            raise CommandRefused(f"{task_id} has no workspace of its own.")
        return (self.since if since else self.made)[task_id].work()

    async def diff(self, change: FileChange) -> FileDiff:
        await self.open.wait()
        self.read.append(change.path)
        made = next(
            m
            for m in (*self.made.values(), *self.since.values())
            if change.path in m.files and m.change(change.path) == change
        )
        return made.diff(change.path)

    async def preview(self, task_id: TaskId) -> MergePreview:
        made = self.made[task_id]
        return MergePreview(
            task=task_id, branch="main", head=HEAD, tip=made.tip, tree="7" * 40, conflicts=self.conflicts,
            changes=made.work().changes, in_the_way=self.in_the_way, refusal=self.refusal,
        )  # fmt: skip

"""Reads what a task has made, for the command line: beside whoever works on the run, and without a write of theirs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hephaestus_tui.cli.places import Found
from hephaestus_tui.cli.stores import places
from hephaestus_tui.domain.errors import CommandRefused, UnknownTask, UsageError
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import FileChange, FileDiff, MergePreview, Side, Work, WorkspaceMode, WorkStatus
from hephaestus_tui.engine.grounds import Grounds
from hephaestus_tui.paths import WORKSPACES, real
from hephaestus_tui.workspaces.faults import WorkspaceFault
from hephaestus_tui.workspaces.onlooker import Onlooker
from hephaestus_tui.workspaces.values import Record, Standing


@dataclass(frozen=True, slots=True)
class Looked:
    """`preview` is there for work that waits to be merged; `diffs` and `patch` where they were asked for."""

    work: Work
    preview: MergePreview | None
    diffs: tuple[tuple[FileChange, FileDiff], ...] = ()
    patch: bytes = b""


async def look(found: Found, task_id: TaskId, *, diffs: bool = False, patch: bool = False) -> Looked:
    """Raises UnknownTask, CommandRefused where the task has no work, WorkspaceFault."""
    async with _onlooker(found, task_id) as onlooker:
        view = found.state.works.get(task_id)
        at = view.shown_at if view else None
        work = await onlooker.work(task_id, at=at)
        ready = view is not None and view.status is WorkStatus.READY
        return Looked(
            work,
            await onlooker.preview(task_id, at) if ready else None,
            tuple([(change, await onlooker.diff(change)) for change in work.changes]) if diffs else (),
            await onlooker.patch(task_id, at) if patch else b"",
        )


async def quoted(found: Found, task_id: TaskId, paths: Sequence[str]) -> dict[tuple[str, Side, int], str]:
    """The lines of the diffs of these files, by file, side and number; lines that did not change count as new ones."""
    lines: dict[tuple[str, Side, int], str] = {}
    async with _onlooker(found, task_id) as onlooker:
        for change in (await onlooker.work(task_id)).changes:
            if change.path not in paths:
                continue
            for line in (line for hunk in (await onlooker.diff(change)).hunks for line in hunk.lines):
                if line.new is not None:
                    lines[change.path, Side.NEW, line.new] = line.text
                if line.old is not None and line.side is Side.OLD:
                    lines[change.path, Side.OLD, line.old] = line.text
    return lines


async def cleaned(found: Found, environ: Mapping[str, str]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Remove the folders that nobody needs; those that were removed, and those that stay. Nobody may have the run open."""
    mode = _mode(found)
    grounds = Grounds(project=real(Path(found.state.project)), folder=_folder(found).parent, environ=environ)
    trees = await grounds.open(found.run_id, mode)
    at_work = [task.id for task in found.state.tasks.values() if not task.status.ended]
    removed = []
    for record in trees.all():
        if not record.root.is_dir() or record.task in at_work:
            continue
        with suppress(WorkspaceFault):  # what cannot be removed is told with those that stay
            if record.standing is Standing.DISCARDED:
                await trees.discard(record.task)
            else:
                await trees.close(record.task)
            removed.append(record)
    return tuple(removed), tuple(record for record in trees.all() if record.root.is_dir())


@asynccontextmanager
async def _onlooker(found: Found, task_id: TaskId) -> AsyncIterator[Onlooker]:
    if task_id not in found.state.tasks:
        raise UnknownTask(
            f"There is no task {task_id} in run {found.run_id}: `hephaestus tasks {found.run_id}` lists them."
        )
    mode = _mode(found)
    with tempfile.TemporaryDirectory(prefix="hephaestus-look-") as scratch:
        yield await Onlooker.of(
            real(Path(found.state.project)),
            _folder(found),
            os.environ,
            Path(scratch),
            copied=mode is WorkspaceMode.COPY,
        )


def _mode(found: Found) -> WorkspaceMode:
    chosen = found.state.workspaces_chosen
    if chosen is None or chosen.mode is WorkspaceMode.OFF:
        raise CommandRefused(
            f"The tasks of run {found.run_id} have no workspaces of their own: their work is in the project."
        )
    if not os.path.isdir(found.state.project):
        raise UsageError(f"The project of run {found.run_id}, {found.state.project}, is gone: put it back.")
    return chosen.mode


def _folder(found: Found) -> Path:
    return places().project_store(Path(found.state.project)).parent / WORKSPACES / found.run_id

"""Which tasks change the same files while both are still to be merged: told while it can help, not when they conflict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus

_UNMERGED = (WorkStatus.READY, WorkStatus.SENT_BACK)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two tasks, the older first, and the files that both have changed, in their order."""

    first: TaskId
    second: TaskId
    paths: tuple[str, ...]

    def other(self, task_id: TaskId) -> TaskId:
        return self.second if task_id == self.first else self.first


def overlaps(state: RunState) -> tuple[Overlap, ...]:
    """Every pair of tasks that are at work, or have work that is not merged, and have changed a file in common."""
    # asked with every frame: of ten thousand tasks that have changed something few still have it to themselves
    working = [t for t in state.tasks.of(TaskStatus.IN_PROGRESS) if t in state.touched]
    unmerged = state.works.of(*_UNMERGED)
    if len(working) + len(unmerged) < 2:
        return ()
    at: dict[str, list[TaskId]] = {}
    for task_id in dict.fromkeys((*working, *unmerged)):
        for path in changing(state, task_id):
            at.setdefault(path, []).append(task_id)
    pairs: dict[tuple[TaskId, TaskId], list[str]] = {}
    for path, those in at.items():
        for first, second in combinations(sorted(those, key=number), 2):
            if not _settles(state, first, second):
                pairs.setdefault((first, second), []).append(path)
    found = (Overlap(first, second, tuple(sorted(paths))) for (first, second), paths in pairs.items())
    return tuple(sorted(found, key=lambda pair: (number(pair.first), number(pair.second))))


def overlaps_of(state: RunState, task_id: TaskId) -> tuple[Overlap, ...]:
    """Those of one task."""
    if not changing(state, task_id):
        return ()
    return tuple(pair for pair in overlaps(state) if task_id in (pair.first, pair.second))


def overlapping(state: RunState) -> dict[TaskId, tuple[TaskId, ...]]:
    """Each task that shares files, with those that it shares them with."""
    found: dict[TaskId, tuple[TaskId, ...]] = {}
    for pair in overlaps(state):
        for task_id in (pair.first, pair.second):
            found[task_id] = (*found.get(task_id, ()), pair.other(task_id))
    return found


def changing(state: RunState, task_id: TaskId) -> tuple[str, ...]:
    """The files that a task has changed, as long as that is not part of the project's own branch, or given up."""
    return tuple(dict.fromkeys(_changing(state, task_id)))


def _changing(state: RunState, task_id: TaskId) -> Iterator[str]:
    task, work = state.tasks.get(task_id), state.works.get(task_id)
    unmerged = work is not None and work.status in _UNMERGED
    if work and unmerged:
        yield from work.paths
    if unmerged or (task and task.status is TaskStatus.IN_PROGRESS):
        yield from state.touched.get(task_id, ())  # a file that was moved stands here by its old name as well


def _settles(state: RunState, first: TaskId, second: TaskId) -> bool:
    """Whether one of them is there to resolve the conflict of the other."""
    works = state.works.get(first), state.works.get(second)
    return any(work is not None and work.resolves in (first, second) for work in works)

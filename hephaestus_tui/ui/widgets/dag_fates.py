"""What a task is to those that wait for it, which settles whether an edge is drawn, named, or gone."""

from __future__ import annotations

from enum import Enum, auto

from hephaestus_tui.domain.folds.steps import is_done
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId, TaskStatus


class Fate(Enum):
    """What a task is to those that wait for it: still to come, completed and merged, or never to complete."""

    OPEN = auto()
    DONE = auto()
    GONE = auto()


def draft_of(state: RunState, task_id: TaskId) -> TaskDraft:
    """What a task, proposal or rejection says. Raises LookupError where there is none."""
    draft = state.draft(task_id)
    if draft is None:
        raise LookupError(f"{task_id} has blockers, but is no task, proposal or rejection of this run")
    return draft


def fate_of(state: RunState, task_id: TaskId) -> Fate:
    """What became of it so far."""
    if task_id in state.proposals:
        return Fate.OPEN
    task = state.tasks.get(task_id)
    if task is None or task.is_gone or state.is_discarded(task_id):
        return Fate.GONE
    return Fate.DONE if is_done(state, task_id) else Fate.OPEN


def waits(state: RunState, task_id: TaskId) -> bool:
    """Whether it is still to start."""
    task = state.tasks.get(task_id)
    return task_id in state.proposals or (task is not None and task.status in (TaskStatus.BLOCKED, TaskStatus.PENDING))

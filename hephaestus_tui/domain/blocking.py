"""Which tasks shall wait for one that is only proposed: without it a fault that was found would not hold up what rests on it.

A draft names them in `blocks`. They begin to wait when it is accepted, in the same transaction, and not before.
"""

from __future__ import annotations

from collections.abc import Iterable

from hephaestus_tui.domain.graph import Blockers, path_between
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId, TaskStatus

_WAITING = (TaskStatus.PENDING, TaskStatus.BLOCKED)


def can_wait(state: RunState, task_id: TaskId) -> bool:
    """Whether it has not begun and still may."""
    task = state.tasks.get(task_id)
    return task_id in state.proposals or (task is not None and task.status in _WAITING and task.started_at is None)


def to_hold(state: RunState, task_id: TaskId, wanted: Iterable[TaskId]) -> tuple[TaskId, ...]:
    """Those of `wanted` that could be made to wait for `task_id` now, and do not wait for it yet."""
    return tuple(t for t in wanted if t != task_id and can_wait(state, t) and task_id not in state.blockers[t])


def holding_fault(state: RunState, task_id: TaskId, draft: TaskDraft, graph: Blockers | None = None) -> str | None:
    """Why `task_id` may not block what the draft says, for the model or the form; None where it may.

    What stands in it already and has begun meanwhile is no fault: it waits for nothing any more.
    """
    standing = state.draft(task_id)
    known = standing.blocks if standing else ()
    blockers = {**(state.blockers if graph is None else graph), task_id: draft.blocked_by}
    if len(set(draft.blocks)) != len(draft.blocks):
        return "the same task is named twice: name each once"
    for blocked in draft.blocks:
        if blocked == task_id:
            return f"{task_id} cannot block itself: leave it out"
        if blocked not in state.blockers:
            return f"there is no task {blocked} in this run: name existing tasks or proposals only"
        if blocked not in known and not can_wait(state, blocked):
            return f"{blocked} has begun, has ended or was rejected, so it can wait for nothing: leave it out"
        if chain := path_between(blockers, task_id, blocked):
            return (
                f"{task_id} waits for {' ← '.join(chain[1:])} itself, so {blocked} cannot wait for it: a circle would "
                f"close; drop {blocked}, or take it from the blockers"
            )
    return None

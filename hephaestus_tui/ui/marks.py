"""Which sign a task or proposal has: its status, and before that whatever a person wants to know first."""

from __future__ import annotations

from collections.abc import Collection

from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.ui.glyphs import Mark

_BY_STATUS = {
    TaskStatus.PENDING: Mark.READY,
    TaskStatus.BLOCKED: Mark.BLOCKED,
    TaskStatus.IN_PROGRESS: Mark.RUNNING,
    TaskStatus.COMPLETED: Mark.DONE,
    TaskStatus.FAILED: Mark.FAILED,
    TaskStatus.CANCELLED: Mark.CANCELLED,
}
_BY_WORK = {WorkStatus.READY: Mark.TO_MERGE, WorkStatus.DISCARDED: Mark.DISCARDED}
_NEED_A_PERSON = (AgentStatus.WAITING, AgentStatus.STALLED, AgentStatus.INTERRUPTED)


def mark_of(state: RunState, task_id: TaskId, dead: Collection[TaskId] = ()) -> Mark:
    """The mark of a task or proposal; `dead` is `state.dead()`'s keys, computed once a frame by the caller."""
    if proposal := state.proposals.get(task_id):
        if task_id in state.queries:
            return Mark.QUERIED
        return Mark.AMENDED if proposal.version > 1 else Mark.PROPOSED
    if task_id in state.rejected:
        decision = state.decisions.get(task_id)
        return Mark.JOINED if decision and decision.merged_into else Mark.REJECTED
    task = state.tasks[task_id]
    if task_id in dead:
        return Mark.DEAD
    agent = state.agents.get(task_id)
    if task.status is TaskStatus.IN_PROGRESS and agent:
        if agent.status in _NEED_A_PERSON:
            return Mark.NEEDS_YOU
        if (agent.status is AgentStatus.PAUSED or state.paused) and task_id not in state.stepping:
            return Mark.PAUSED
    if task.found_faults:
        return Mark.FAILED
    work = state.works.get(task_id)
    unfinished = work is not None and work.unfinished and work.status is WorkStatus.READY
    if work and (task.status is TaskStatus.COMPLETED or unfinished):
        if work.status is WorkStatus.READY and state.resolver(task_id):
            return Mark.PENDING
        return _BY_WORK.get(work.status, Mark.DONE)
    if task_id in state.on_hold and task.status is TaskStatus.PENDING:
        return Mark.PAUSED
    return _BY_STATUS[task.status]

"""When each action makes sense: one question per function, asked of the state and the selected task."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hephaestus_tui.domain.events import Question
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.ui.standing import standing

Applies: TypeAlias = Callable[[RunState, TaskId | None], bool]
_STUCK = (AgentStatus.INTERRUPTED, AgentStatus.STALLED)


def question_of(state: RunState, task_id: TaskId | None) -> Question | None:
    """The oldest open question or permission of a task."""
    asked = [q for q in state.questions.values() if q.task_id == task_id]
    return min(asked, key=lambda q: q.asked_at, default=None)


def always(state: RunState, task_id: TaskId | None) -> bool:
    return True


def is_open(state: RunState, task_id: TaskId | None) -> bool:
    return bool(state.run_id)


def has_tasks(state: RunState, task_id: TaskId | None) -> bool:
    return bool(state.blockers)


def something_waits(state: RunState, task_id: TaskId | None) -> bool:
    """Whether the inbox holds anything; asked at every key, so what is dear to find out comes last."""
    return (
        bool(state.questions or state.proposals)
        or any(agent.status in _STUCK for agent in state.agents.values())
        or any(task.status is TaskStatus.FAILED for task in state.tasks.values())
        or standing(state).waiting > 0
    )


def is_proposal(state: RunState, task_id: TaskId | None) -> bool:
    return task_id in state.proposals


def is_asked(state: RunState, task_id: TaskId | None) -> bool:
    return question_of(state, task_id) is not None


def agent_in(*statuses: AgentStatus) -> Applies:
    def applies(state: RunState, task_id: TaskId | None) -> bool:
        agent = state.agents.get(task_id) if task_id else None
        return agent is not None and agent.status in statuses

    return applies


def is_unended(state: RunState, task_id: TaskId | None) -> bool:
    task = state.tasks.get(task_id) if task_id else None
    return task is not None and not task.status.ended


def is_retryable(state: RunState, task_id: TaskId | None) -> bool:
    task = state.tasks.get(task_id) if task_id else None
    return task is not None and task.status in (TaskStatus.FAILED, TaskStatus.CANCELLED)


def is_dead(state: RunState, task_id: TaskId | None) -> bool:
    """Whether a waiting task can never start, as `state.dead()` says it, found without looking at the whole graph."""
    task = state.tasks.get(task_id) if task_id else None
    if task is None or task.status not in (TaskStatus.PENDING, TaskStatus.BLOCKED):
        return False
    seen: set[TaskId] = set()
    stack = list(state.blockers[task.id])
    while stack:
        blocker = stack.pop()
        status = state.tasks[blocker].status if blocker in state.tasks else None
        if blocker in state.rejected or status in (TaskStatus.FAILED, TaskStatus.CANCELLED):
            return True
        if blocker not in seen and status is not TaskStatus.COMPLETED:
            seen.add(blocker)
            stack += state.blockers.get(blocker, ())
    return False


def is_held(state: RunState, task_id: TaskId | None) -> bool:
    """The run is paused, or (after a crash) nobody works and somebody could."""
    statuses = {agent.status for agent in state.agents.values()}
    stuck = statuses & {AgentStatus.INTERRUPTED, AgentStatus.STALLED}
    return state.paused or (bool(stuck) and AgentStatus.WORKING not in statuses)


def is_not_held(state: RunState, task_id: TaskId | None) -> bool:
    return is_open(state, task_id) and not is_held(state, task_id)


agent_runs = agent_in(AgentStatus.WORKING, AgentStatus.WAITING)
agent_lives = agent_in(*(s for s in AgentStatus if s is not AgentStatus.ENDED))
agent_is_paused = agent_in(AgentStatus.PAUSED)
is_resumable = agent_in(*_STUCK)

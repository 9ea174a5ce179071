"""What facts add to the plots of a run; it only counts, and nothing of the run depends on it."""

from __future__ import annotations

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.course import TASK_ROOM, Course, How, Series
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus

_COUNTED = (
    e.ProposalDecided, e.DecisionUndone, e.TaskCompleted, e.TaskFailed, e.TaskCancelled, e.TaskRetried, e.TaskStarted,
)  # fmt: skip


def standing(state: RunState, fact: e.Fact) -> TaskStatus | None:
    """The status of the task that a fact may change; None where there is none."""
    if not isinstance(fact, _COUNTED):
        return None
    task = state.tasks.get(_task_id(fact))
    return task.status if task else None


def fold_course(state: RunState, fact: e.Fact, at: float, before: TaskStatus | None) -> None:
    """Count a fact that was folded; `before` is what `standing` was."""
    if isinstance(fact, e.UsageRecorded):
        _spent(state, fact, at)
    elif isinstance(fact, e.RunStarted):
        state.course = Course.since(at)
    elif isinstance(fact, _COUNTED):
        course, after = state.course, standing(state, fact)
        opened, done = _is_open(after) - _is_open(before), _is_done(after) - _is_done(before)
        if opened or done:
            course = Course(
                course.tokens,
                course.cost,
                course.open.put(at, course.open.last + opened),
                course.done.put(at, course.done.last + done),
                course.waited,
            )
        if isinstance(fact, e.ProposalDecided):
            waited = course.waited.put(at, fact.decision.waited)
            course = Course(course.tokens, course.cost, course.open, course.done, waited)
        state.course = course


def _spent(state: RunState, fact: e.UsageRecorded, at: float) -> None:
    course, usage = state.course, fact.usage
    tokens, cost = course.tokens.put(at, usage.output), course.cost.put(at, usage.cost or 0.0)
    state.course = Course(tokens, cost, course.open, course.done, course.waited)
    own = state.task_tokens.get(fact.task_id) or Series(How.SUM, room=TASK_ROOM, start=at)
    state.task_tokens[fact.task_id] = own.put(at, usage.output)


def _task_id(fact: e.Fact) -> TaskId:
    if isinstance(fact, e.ProposalDecided | e.DecisionUndone):
        return fact.decision.task_id if isinstance(fact, e.ProposalDecided) else fact.task_id
    assert isinstance(fact, e.TaskCompleted | e.TaskFailed | e.TaskCancelled | e.TaskRetried | e.TaskStarted)
    return fact.task_id


def _is_open(status: TaskStatus | None) -> int:
    return int(status is not None and not status.ended)


def _is_done(status: TaskStatus | None) -> int:
    return int(status is TaskStatus.COMPLETED)

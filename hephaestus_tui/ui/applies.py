"""When each action makes sense: one question per function, asked of the state and the selected task."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hephaestus_tui.domain.events import Question
from hephaestus_tui.domain.merging import followers
from hephaestus_tui.domain.overlap import overlaps
from hephaestus_tui.domain.reach import agent_at, only, restartable
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.talk import Report
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.ui.standing import standing

Applies: TypeAlias = Callable[[RunState, TaskId | None], bool]
_STUCK = (AgentStatus.INTERRUPTED, AgentStatus.STALLED)
HELD = (AgentStatus.PAUSED, *_STUCK)


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
        len(state.proposals) > len(state.queries)  # a question is about an open proposal
        or state.agents.count(*_STUCK) > 0
        or standing(state).waiting > 0
    )


def is_proposal(state: RunState, task_id: TaskId | None) -> bool:
    return task_id in state.proposals


def is_asked(state: RunState, task_id: TaskId | None) -> bool:
    return question_of(state, task_id) is not None


def report_of(state: RunState, task_id: TaskId | None) -> Report | None:
    """The oldest report of a task that no human has looked at."""
    return next((report for report in open_reports(state) if report.task_id == task_id), None)


def is_reported(state: RunState, task_id: TaskId | None) -> bool:
    """Where its agent asks nothing: a question comes first, by the same key."""
    return not is_asked(state, task_id) and report_of(state, task_id) is not None


def agent_in(*statuses: AgentStatus) -> Applies:
    def applies(state: RunState, task_id: TaskId | None) -> bool:
        agent = state.agents.get(task_id) if task_id else None
        return agent is not None and agent.status in statuses

    return applies


def is_unended(state: RunState, task_id: TaskId | None) -> bool:
    task = state.tasks.get(task_id) if task_id else None
    return task is not None and not task.status.ended


def is_retryable(state: RunState, task_id: TaskId | None) -> bool:
    """Whether it has ended and nothing came of it, or what came of it was given up."""
    task = state.tasks.get(task_id) if task_id else None
    return task is not None and (task.is_gone or state.is_discarded(task.id))


def is_stranded(state: RunState, task_id: TaskId | None) -> bool:
    """Whether it waits for what will never complete, or is itself waited for and will not, or has failed and nobody has
    said that it be left so: found without the whole graph."""
    if task_id is None:
        return False
    task = state.tasks.get(task_id)
    if _is_gone(state, task_id):
        unsettled = task is not None and task.status is TaskStatus.FAILED and task_id not in state.kept
        return unsettled or bool(followers(state, task_id))
    if task_id not in state.proposals and (task is None or task.status not in (TaskStatus.PENDING, TaskStatus.BLOCKED)):
        return False
    seen: set[TaskId] = set()
    stack = list(state.blockers[task_id])
    while stack:
        blocker = stack.pop()
        if _is_gone(state, blocker):
            return True
        if blocker not in seen and not _is_completed(state, blocker):
            seen.add(blocker)
            stack += state.blockers.get(blocker, ())
    return False


def is_settleable(state: RunState, task_id: TaskId | None) -> bool:
    """The same, or else something is chosen without asking, which can be seen and switched off by the same key."""
    return state.blocker_default is not None or is_stranded(state, task_id)


def _is_gone(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    gone = task is not None and task.is_gone
    return gone or task_id in state.rejected or state.is_discarded(task_id)


def _is_completed(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task is not None and task.lets_go


def is_askable(state: RunState, task_id: TaskId | None) -> bool:
    """A proposal of an agent that owes no answer about it yet."""
    proposal = state.proposals.get(task_id) if task_id else None
    return proposal is not None and proposal.origin.task_id is not None and task_id not in state.queries


def is_undoable(state: RunState, task_id: TaskId | None) -> bool:
    return task_id is not None and state.undoable(task_id)


def was_spawned(state: RunState, task_id: TaskId | None) -> bool:
    """Whether an agent discovered it, so that there is a passage to go to."""
    versions = state.versions.get(task_id or "", ())
    return bool(versions) and versions[0].origin.task_id is not None


def has_work(state: RunState, task_id: TaskId | None) -> bool:
    """Whether a task has finished work, merged or not, that can be looked at."""
    work = state.works.get(task_id) if task_id else None
    return work is not None and work.status is not WorkStatus.EMPTY


def work_waits(state: RunState, task_id: TaskId | None) -> bool:
    """Whether a task has finished work on which nobody has decided."""
    work = state.works.get(task_id) if task_id else None
    return work is not None and work.status is WorkStatus.READY


def bound_reached(state: RunState, task_id: TaskId | None) -> bool:
    return bool(state.bounds_reached)


def budget_reached(state: RunState, task_id: TaskId | None) -> bool:
    return bool(state.budgets_reached)


def files_overlap(state: RunState, task_id: TaskId | None) -> bool:
    return bool(overlaps(state))


def rules_are_on(state: RunState, task_id: TaskId | None) -> bool:
    return bool(state.rules)


def has_proposals(state: RunState, task_id: TaskId | None) -> bool:
    return bool(state.proposals)


def is_held(state: RunState, task_id: TaskId | None) -> bool:
    """The run is paused, or (after a crash) nobody works and somebody could."""
    return state.paused or (state.agents.count(*_STUCK) > 0 and not state.agents.count(AgentStatus.WORKING))


def is_not_held(state: RunState, task_id: TaskId | None) -> bool:
    return is_open(state, task_id) and not is_held(state, task_id)


def has_context(state: RunState, task_id: TaskId | None) -> bool:
    """Whether an agent lives that has spoken, so that there is something to compact."""
    return agent_lives(state, task_id) and task_id in state.context


def can_pause(state: RunState, task_id: TaskId | None) -> bool:
    """Its agent is at work, or it has not begun and may."""
    return agent_at(state, task_id) in (AgentStatus.WORKING, AgentStatus.WAITING) or (
        _unbegun(state, task_id) and task_id not in state.on_hold
    )


def can_let_go(state: RunState, task_id: TaskId | None) -> bool:
    return agent_at(state, task_id) is AgentStatus.PAUSED or (_unbegun(state, task_id) and task_id in state.on_hold)


def can_step(state: RunState, task_id: TaskId | None) -> bool:
    """Its agent is held, by itself or with the run, and is not on its way to the next boundary already."""
    status = agent_at(state, task_id)
    return status is not None and (status in HELD or state.paused) and task_id not in state.stepping


def can_restart(state: RunState, task_id: TaskId | None) -> bool:
    return task_id is not None and bool(restartable(state, only(task_id)))


def has_unread(state: RunState, task_id: TaskId | None) -> bool:
    return task_id in state.steering


def has_to_hold(state: RunState, task_id: TaskId | None) -> bool:
    """Whether anything is left to pause, to let go or to step."""
    return state.tasks.count(TaskStatus.PENDING, TaskStatus.BLOCKED, TaskStatus.IN_PROGRESS) > 0


def _unbegun(state: RunState, task_id: TaskId | None) -> bool:
    task = state.tasks.get(task_id) if task_id else None
    return task is not None and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED)


agent_works = agent_in(AgentStatus.WORKING)
agent_lives = agent_in(*(s for s in AgentStatus if s is not AgentStatus.ENDED))
is_resumable = agent_in(*_STUCK)

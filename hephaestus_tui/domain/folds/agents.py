"""What tasks at work and their agents change in the state of a run."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.folds.steering import hold, let_go, steered
from hephaestus_tui.domain.folds.steps import (
    change_agent,
    change_task,
    end_leave,
    go_on,
    unblock,
    void_questions,
    waiting_status,
)
from hephaestus_tui.domain.folds.work import round_begun_again, round_lost
from hephaestus_tui.domain.state import AgentStatus, AgentView, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus


def fold_agents(state: RunState, fact: e.AgentFact, at: float) -> None:
    match fact:
        case e.TaskStarted():
            change_task(state, fact.task_id, status=TaskStatus.IN_PROGRESS, attempt=fact.attempt,
                  started_at=state.tasks[fact.task_id].started_at or at, ended_at=None, reason=None,
                  finding=None, waived=None)  # fmt: skip
            state.on_hold.pop(fact.task_id, None)
            state.agents[fact.task_id] = AgentView(
                id=fact.agent_id, task_id=fact.task_id, role=fact.role, model=fact.model, first_model=fact.model,
                status=AgentStatus.WORKING, since=at,
            )  # fmt: skip
            go_on(state, fact.task_id, at, AgentStatus.WORKING)
        case e.TaskCompleted():
            _ended(state, fact.task_id, at, TaskStatus.COMPLETED)
            change_task(
                state,
                fact.task_id,
                summary=fact.summary,
                evidence=fact.evidence,
                finding=fact.finding,
                waived=fact.waived,
            )
            state.unmet.pop(fact.task_id, None)
            unblock(state, fact.task_id)
        case e.TaskFailed():
            _ended(state, fact.task_id, at, TaskStatus.FAILED, reason=fact.reason)
            round_lost(state, fact.task_id, at)
            if fact.limit:
                state.failed_limits[fact.task_id] = fact.limit
        case e.TaskCancelled():
            _ended(state, fact.task_id, at, TaskStatus.CANCELLED, reason=fact.reason)
            round_lost(state, fact.task_id, at)
        case e.TaskRetried():
            round_begun_again(state, fact.task_id)
            state.failed_limits.pop(fact.task_id, None)
            state.kept.pop(fact.task_id, None)
            state.unmet.pop(fact.task_id, None)
            if (opened := state.workspaces.get(fact.task_id)) and opened.branch is None:
                del state.workspaces[fact.task_id]  # what it read may be of yesterday
            state.earlier[fact.task_id] = fact.was
            if fact.begins is not None:
                state.begins[fact.task_id] = fact.begins
            change_task(state, fact.task_id, ended_at=None, reason=None, status=waiting_status(state, fact.task_id))
        case e.AgentPaused():
            hold(state, fact, at)
        case e.AgentResumed():
            let_go(state, fact.task_id, at)
        case e.AgentSteered():
            steered(state, fact, at)
        case e.AgentInterrupted():
            state.stepping.pop(fact.task_id, None)
            change_agent(state, fact.task_id, AgentStatus.INTERRUPTED, at, "the program ended while it worked")
        case e.AgentStalled():
            state.stepping.pop(fact.task_id, None)
            change_agent(state, fact.task_id, AgentStatus.STALLED, at, fact.reason)
        case _:
            assert_never(fact)


def _ended(state: RunState, task_id: TaskId, at: float, status: TaskStatus, reason: str | None = None) -> None:
    change_task(state, task_id, status=status, ended_at=at, reason=reason)
    change_agent(state, task_id, AgentStatus.ENDED, at)
    state.checking.pop(task_id, None)
    state.stepping.pop(task_id, None)
    state.on_hold.pop(task_id, None)
    void_questions(state, task_id)
    end_leave(state, task_id)

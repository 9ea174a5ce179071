"""What facts add to the attempts at a task; nothing of the run depends on it."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.attempt import Attempt
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId


def fold_attempts(state: RunState, fact: e.AgentFact, at: float) -> None:
    match fact:
        case e.TaskStarted():
            begun = Attempt(number=fact.attempt, role=fact.role, model=fact.model, began=at)
            state.attempts[fact.task_id] = (*state.attempts.get(fact.task_id, ()), begun)
        case e.TaskCompleted():
            _end(state, fact.task_id, at, "completed", "")
        case e.TaskFailed():
            _end(state, fact.task_id, at, "failed", fact.reason)
        case e.TaskCancelled():
            _end(state, fact.task_id, at, "cancelled", fact.reason)
        case _:
            pass


def _end(state: RunState, task_id: TaskId, at: float, how: str, why: str) -> None:
    *before, last = state.attempts.get(task_id, ()) or (None,)
    if last is not None and last.ended is None:
        ended = replace(last, ended=at, how=how, why=why)
        state.attempts[task_id] = (*(attempt for attempt in before if attempt), ended)

"""Says why a key does nothing now: a key that is silent is taken for one that is broken."""

from __future__ import annotations

from collections.abc import Callable

from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.actions import Action

_STUCK = (AgentStatus.INTERRUPTED, AgentStatus.STALLED)


def why_not(action: Action, state: RunState, task_id: TaskId | None) -> str:
    """A short sentence for an action that does not apply; "accept: T1 is a task, not a proposal"."""
    if not state.run_id:
        reason = "the run is still being opened"
    elif action.id == "next.attention":
        return "nothing waits for you"
    elif action.id in _OF_A_TASK:
        reason = _OF_A_TASK[action.id](state, task_id) if task_id else "no task is selected"
    else:
        reason = "there are no tasks yet"
    return f"{action.label}: {reason}"


def _no_proposal(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} was rejected already" if task_id in state.rejected else f"{task_id} is a task, not a proposal"


def _no_question(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} asks nothing"


def _no_agent(state: RunState, task_id: TaskId) -> str:
    agent = state.agents.get(task_id)
    if agent and agent.status in _STUCK:
        return f"the agent of {task_id} is {agent.status}: let it go on first"
    return f"no agent is at work on {task_id}"


def _no_retry(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} is {_stands(state, task_id)}"


def _no_dead_blocker(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} waits for nothing that will never complete"


def _no_stop(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} is {_stands(state, task_id)}"


def _stands(state: RunState, task_id: TaskId) -> str:
    if task_id in state.proposals:
        return "a proposal, not a task"
    task = state.tasks.get(task_id)
    return task.status.replace("_", " ") if task else "rejected"


_OF_A_TASK: dict[str, Callable[[RunState, TaskId], str]] = {
    "proposal.accept": _no_proposal, "proposal.edit": _no_proposal, "proposal.reject": _no_proposal,
    "question.answer": _no_question, "agent.pause": _no_agent, "agent.resume": _no_agent, "agent.steer": _no_agent,
    "task.retry": _no_retry, "task.resume": _no_retry, "blocker.settle": _no_dead_blocker, "task.stop": _no_stop,
}  # fmt: skip

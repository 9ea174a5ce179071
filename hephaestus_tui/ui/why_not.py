"""Says why a key does nothing now: a key that is silent is taken for one that is broken."""

from __future__ import annotations

from collections.abc import Callable

from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.ui.actions.action import Action
from hephaestus_tui.ui.applies import work_waits

_STUCK = (AgentStatus.INTERRUPTED, AgentStatus.STALLED)


def why_not(action: Action, state: RunState, task_id: TaskId | None, review_key: str = "w") -> str:
    """A short sentence for an action that does not apply; "accept: T1 is a task, not a proposal".

    Where finished work waits it is what was meant, so `review_key` is named.
    """
    if not state.run_id:
        reason = "the run is still being opened"
    elif action.id == "next.attention":
        return "nothing waits for you"
    elif action.id in _OF_THE_RUN:
        reason = _OF_THE_RUN[action.id]
    elif action.id in _OF_A_TASK:
        reason = _OF_A_TASK[action.id](state, task_id) if task_id else "no task is selected"
    else:
        reason = "there are no tasks yet"
    if action.id in _MEANT_FOR_WORK and work_waits(state, task_id):
        reason += f": press {review_key} to review its work"
    return f"{action.label}: {reason}"


def _no_proposal(state: RunState, task_id: TaskId) -> str:
    if task_id not in state.rejected:
        return f"{task_id} is a task, not a proposal"
    decision = state.decisions.get(task_id)
    became = f"merged into {decision.merged_into}" if decision and decision.merged_into else "rejected"
    return f"{task_id} was {became} already"


def _no_one_to_ask(state: RunState, task_id: TaskId) -> str:
    if (proposal := state.proposals.get(task_id)) is None:
        return _no_proposal(state, task_id)
    if proposal.origin.task_id is None:
        return f"{task_id} was written by a person: there is no agent to ask"
    return f"{task_id} was asked about already, and its agent has not answered yet"


def _no_undoing(state: RunState, task_id: TaskId) -> str:
    if task_id in state.proposals or task_id not in state.decisions:
        return f"nobody has decided on {task_id} yet"
    task = state.tasks.get(task_id)
    if task and task.status is TaskStatus.IN_PROGRESS:
        return f"{task_id} has started: stop it instead"
    if task and not task.status.ended:
        return f"{task_id} has been at work before: stop it instead"
    return f"{task_id} is {_stands(state, task_id)}: its decision can no longer be taken back"


def _no_question(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} asks nothing"


def _no_agent(state: RunState, task_id: TaskId) -> str:
    agent = state.agents.get(task_id)
    if agent and agent.status in _STUCK:
        return f"the agent of {task_id} is {agent.status}: let it go on first"
    return f"no agent is at work on {task_id}"


def _no_context(state: RunState, task_id: TaskId) -> str:
    agent = state.agents.get(task_id)
    if agent is None or agent.status is AgentStatus.ENDED:
        return f"no agent is at work on {task_id}"
    return f"the agent of {task_id} has said nothing yet"


def _no_work(state: RunState, task_id: TaskId) -> str:
    if task_id in state.works:
        return f"{task_id} has changed nothing"
    if task_id in state.workspaces and state.workspaces[task_id].branch:
        return f"{task_id} is still at work: what it makes can be reviewed when it is finished"
    return f"{task_id} has no work of its own"


def _no_step(state: RunState, task_id: TaskId) -> str:
    if task_id in state.stepping:
        return f"the agent of {task_id} is stepping already"
    if task_id in state.agents and not state.tasks[task_id].status.ended:
        return f"the agent of {task_id} is at work: pause it first"
    return f"no agent is at work on {task_id}"


def _no_words(state: RunState, task_id: TaskId) -> str:
    return f"no words to {task_id} wait to be read"


def _no_retry(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} is {_stands(state, task_id)}"


def _no_dead_blocker(state: RunState, task_id: TaskId) -> str:
    task = state.tasks.get(task_id)
    gone = task is not None and task.is_gone
    if gone or task_id in state.rejected or state.is_discarded(task_id):
        return f"{task_id} will not complete, but nothing waits for it any more"
    return f"{task_id} waits for nothing that will never complete"


def _no_stop(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} is {_stands(state, task_id)}"


def _no_passage(state: RunState, task_id: TaskId) -> str:
    return f"{task_id} was asked for by a person, not discovered by an agent"


def _stands(state: RunState, task_id: TaskId) -> str:
    if task_id in state.proposals:
        return "a proposal, not a task"
    task = state.tasks.get(task_id)
    return task.status.replace("_", " ") if task else "rejected"


_MEANT_FOR_WORK = ("proposal.accept", "proposal.reject", "question.answer", "report.answer")
_NO_PROPOSALS = "there are no proposals"
_OF_THE_RUN: dict[str, str] = {
    "bound.settle": "agents have reached no bound of proposing",
    "budget.settle": "no budget is used up",
    "agents.many": "no task is left to hold",
    "rules.stop": "no rule is on",
    "overlaps": "no two tasks change the same file",
    "select.range": _NO_PROPOSALS, "select.search": _NO_PROPOSALS, "select.none": _NO_PROPOSALS,
    "decide.selected": _NO_PROPOSALS,
}  # fmt: skip
_OF_A_TASK: dict[str, Callable[[RunState, TaskId], str]] = {
    "proposal.accept": _no_proposal, "proposal.edit": _no_proposal, "proposal.reject": _no_proposal,
    "proposal.ask": _no_one_to_ask, "decision.undo": _no_undoing, "proposal.editor": _no_proposal,
    "proposal.merge": _no_proposal, "proposal.split": _no_proposal, "blocker.settle": _no_dead_blocker,
    "question.answer": _no_question, "report.answer": _no_question, "select.toggle": _no_proposal,
    "agent.pause": _no_agent, "provider.retry": _no_agent, "agent.resume": _no_agent, "agent.steer": _no_agent,
    "agent.compact": _no_context,
    "agent.step": _no_step, "agent.unsay": _no_words, "task.restart": _no_retry,
    "task.retry": _no_retry, "task.resume": _no_retry, "task.stop": _no_stop, "task.origin": _no_passage,
    "work.review": _no_work,
}  # fmt: skip

"""Steps that the folds of several areas share: a changed task, an agent that goes on, a blocker that is done."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId, TaskStatus


def change_task(state: RunState, task_id: TaskId, **changes: object) -> None:
    state.tasks[task_id] = replace(state.tasks[task_id], **changes)  # type: ignore[arg-type]


def change_agent(state: RunState, task_id: TaskId, status: AgentStatus, at: float, note: str = "") -> None:
    if agent := state.agents.get(task_id):
        if agent.status is AgentStatus.WAITING:
            state.stood[task_id] = state.stood.get(task_id, 0.0) + max(at - agent.since, 0.0)
        state.agents[task_id] = replace(agent, status=status, since=at, note=note)


def go_on(state: RunState, task_id: TaskId, at: float, *out_of: AgentStatus) -> None:
    """An agent in one of these statuses waits where something of its own is open, and works where nothing is."""
    agent = state.agents.get(task_id)
    if agent and agent.status in out_of:
        note = _waits_for(state, task_id)
        change_agent(state, task_id, AgentStatus.WAITING if note else AgentStatus.WORKING, at, note)


def _waits_for(state: RunState, task_id: TaskId) -> str:
    for question in state.questions.values():
        if question.task_id == task_id:
            return f"waits for an answer: {question.kind}"
    for proposal in state.proposals.values():
        if proposal.waits and proposal.origin.task_id == task_id and proposal.task_id not in state.queries:
            return f"waits for the decision on {proposal.task_id}"
    for report in state.reports.values():
        if report.waits and report.task_id == task_id and report.id not in state.report_answers:
            return "waits for a word on what is in its way"
    return ""


def is_done(state: RunState, task_id: TaskId) -> bool:
    """Whether those that wait for it may go on: it is completed, and what it made is merged."""
    task, work = state.tasks.get(task_id), state.works.get(task_id)
    return task is not None and task.lets_go and (work is None or work.status.settled)


def waiting_status(state: RunState, task_id: TaskId) -> TaskStatus:
    done = all(is_done(state, blocker) for blocker in state.blockers[task_id])
    return TaskStatus.PENDING if done else TaskStatus.BLOCKED


def block(state: RunState, task_id: TaskId, blockers: tuple[TaskId, ...]) -> None:
    state.blockers[task_id] = blockers
    for blocker in blockers:
        if task_id not in (waiting := state.waiters.get(blocker, ())):
            state.waiters[blocker] = (*waiting, task_id)


def unblock(state: RunState, completed: TaskId) -> None:
    for task_id in state.waiters.get(completed, ()):
        task = state.tasks.get(task_id)
        if completed in state.blockers[task_id] and task and task.status is TaskStatus.BLOCKED:
            change_task(state, task_id, status=waiting_status(state, task_id))


def add_work(state: RunState, task_id: TaskId, seconds: float) -> None:
    if seconds:
        state.worked[task_id] = state.worked.get(task_id, 0.0) + seconds


def waits_no_more(state: RunState, spawner: TaskId) -> None:
    """An agent has left the call in which it waited for decisions, to answer or since a human cut it off: it goes on."""
    for task_id in state.children(spawner):
        if (proposal := state.proposals.get(task_id)) and proposal.waits:
            state.proposals[task_id] = freed = replace(proposal, waits=False)
            state.versions[task_id] = (*state.versions[task_id][:-1], freed)


def void_questions(state: RunState, task_id: TaskId) -> None:
    """Nobody needs an answer to what the agent has asked."""
    for question in [q for q in state.questions.values() if q.task_id == task_id]:
        del state.questions[question.id]


def end_leave(state: RunState, task_id: TaskId) -> None:
    """What was allowed for a task went with it: begun again, it asks again."""
    for grant_id in [grant.id for grant in state.grants.values() if grant.task_id == task_id]:
        del state.grants[grant_id]

"""Whom a command is for: one task, a task with all that was spawned below it, or the whole run."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus

BEGUN = (TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Reach:
    """The whole run where no task is named; `below` takes along what was spawned in its transcript, however deep."""

    task_id: TaskId | None
    below: bool = False

    @property
    def is_one(self) -> bool:
        return self.task_id is not None and not self.below

    def __str__(self) -> str:
        if self.task_id is None:
            return "the run"
        return f"{self.task_id} and all below it" if self.below else self.task_id


WHOLE_RUN = Reach(None)


def only(task_id: TaskId) -> Reach:
    return Reach(task_id)


def with_below(task_id: TaskId) -> Reach:
    return Reach(task_id, below=True)


def within(state: RunState, reach: Reach) -> tuple[TaskId, ...]:
    """The tasks and open proposals that it reaches, in the order in which they were proposed; what was rejected is none."""
    if reach.task_id is None:
        return tuple(t for t in state.blockers if t in state.tasks or t in state.proposals)
    if reach.task_id not in state.blockers:
        return ()
    found = {reach.task_id}
    near = [reach.task_id] if reach.below else []
    while near:
        near = [child for here in near for child in state.children(here) if child not in found]
        found.update(near)
    # sorted, and not picked from all that there is: asked at every key, in runs of 10,000 tasks
    return tuple(t for t in sorted(found, key=number) if t in state.tasks or t in state.proposals)


def agent_at(state: RunState, task_id: TaskId | None) -> AgentStatus | None:
    """How the agent of a task in progress stands; None where none is on it."""
    task, agent = state.tasks.get(task_id or ""), state.agents.get(task_id or "")
    return agent.status if task and agent and task.status is TaskStatus.IN_PROGRESS else None


def listeners(state: RunState, reach: Reach) -> tuple[TaskId, ...]:
    """Those that have an agent to speak to, be it at work or standing still."""
    return tuple(t for t in within(state, reach) if agent_at(state, t) is not None)


def unended(state: RunState, reach: Reach) -> tuple[TaskId, ...]:
    """The tasks that a stop ends."""
    return tuple(t for t in within(state, reach) if t in state.tasks and not state.tasks[t].status.ended)


def restartable(state: RunState, reach: Reach) -> tuple[TaskId, ...]:
    """The tasks that have begun and are not completed, or the one that is named and whose work was given up."""
    return tuple(t for t in within(state, reach) if t in state.tasks and may_begin_again(state, reach, t))


def may_begin_again(state: RunState, reach: Reach, task_id: TaskId) -> bool:
    # a validation that found faults is carried out again when they are mended
    task = state.tasks[task_id]
    return task.status in BEGUN or (reach.is_one and (task.found_faults or state.is_discarded(task_id)))


def at_the_gate(state: RunState, reach: Reach) -> tuple[TaskId, ...]:
    """The proposals among them, on which no order decides."""
    return tuple(t for t in within(state, reach) if t in state.proposals)

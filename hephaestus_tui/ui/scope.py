"""Whose words the transcript shows: those of one task, of a role over all its tasks, or of everybody in the run.

An agent is a role at work on one task. So what goes on from task to task is the role, and it is by its role that a person
knows an agent again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.blocks import Head
from hephaestus_tui.ui.widgets.interleaved import Many
from hephaestus_tui.ui.words import count

AT_WORK = (AgentStatus.WORKING, AgentStatus.WAITING, AgentStatus.PAUSED)


class Scope(StrEnum):
    TASK = "one task"
    ROLE = "one role"
    RUN = "the whole run"

    @property
    def next(self) -> Scope:
        kinds = list(Scope)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


@dataclass(frozen=True, slots=True)
class Wide:
    """All agents of a role, or of every role where it is empty."""

    role: str = ""

    def wants(self, state: RunState, task_id: TaskId) -> bool:
        agent = state.agents.get(task_id)
        return agent is not None and self.role in ("", agent.role)

    def tasks(self, state: RunState) -> Collection[TaskId] | None:
        """None for all."""
        return {task_id for task_id in state.agents if self.wants(state, task_id)} if self.role else None

    def title(self, state: RunState) -> str:
        tasks = sum(self.wants(state, task_id) for task_id in state.agents)
        return f"{line(self.role) or 'the whole run'} · {count(tasks, 'task')}"

    def nothing(self) -> str:
        return f"no {line(self.role)} has begun yet" if self.role else "nothing said yet"


def wide_of(scope: Scope, state: RunState, task_id: TaskId) -> Wide | None:
    """What is shown while the cursor is on a task; None where it is one task's own."""
    match scope:
        case Scope.TASK:
            return None
        case Scope.RUN:
            return Wide()
        case Scope.ROLE:
            agent, draft = state.agents.get(task_id), state.draft(task_id)
            role = agent.role if agent else draft.role if draft else ""
            return Wide(role) if role else None


def head_of(state: RunState, task_id: TaskId) -> Head:
    draft, agent = state.draft(task_id), state.agents.get(task_id)
    return Head(task_id, agent.role if agent else "", draft.title if draft else "")


def is_at_work(state: RunState, task_id: TaskId) -> bool:
    agent = state.agents.get(task_id)
    return agent is not None and agent.status in AT_WORK


def many_of(wide: Wide, state: Callable[[], RunState]) -> Many:
    """What a transcript of many asks of the run as it stands."""
    return Many(
        wants=lambda task_id: wide.wants(state(), task_id),
        head=lambda task_id: head_of(state(), task_id),
        at_work=lambda task_id: is_at_work(state(), task_id),
        questions=lambda: tuple(state().questions.values()),
    )

"""How a run stands, in counts that are cheap enough to be taken at every frame."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.attention import is_stuck
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`waiting` is the length of the inbox (`domain.attention`), without its order."""

    waiting: int = 0
    at_work: int = 0
    tasks: int = 0
    completed: int = 0
    unended: int = 0


def standing(state: RunState) -> Standing:
    statuses = [task.status for task in state.tasks.values()]
    agents = [agent.status for agent in state.agents.values()]
    stuck = agents.count(AgentStatus.STALLED) + agents.count(AgentStatus.INTERRUPTED)
    failed = statuses.count(TaskStatus.FAILED)
    asked = sum(not is_stuck(state, question.task_id) for question in state.questions.values())
    gone = failed or state.rejected or TaskStatus.CANCELLED in statuses
    dead = sum(task_id in state.tasks for task_id in state.dead()) if gone else 0
    return Standing(
        waiting=asked + stuck + len(state.proposals) + failed + dead,
        at_work=agents.count(AgentStatus.WORKING),
        tasks=len(statuses),
        completed=statuses.count(TaskStatus.COMPLETED),
        unended=sum(not status.ended for status in statuses),
    )

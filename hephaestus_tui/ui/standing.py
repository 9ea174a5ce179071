"""How a run stands, in counts that are cheap enough to be taken at every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hephaestus_tui.domain.attention import bounds_now, is_stuck
from hephaestus_tui.domain.overlap import overlaps
from hephaestus_tui.domain.reach import agent_at
from hephaestus_tui.domain.spending import held_agents
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.domain.work import WorkStatus
from hephaestus_tui.ui.words import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`waiting` is the length of the inbox (`domain.attention`), without its order; `held` agents wait for a budget.
    Of those `at_work`, `stepping` take one turn and are held again.

    `to_merge` counts finished work that waits for a person; of `completed` tasks it is a part, and no part of those `done`.
    `overlaps` are pairs of tasks that change the same files.
    """

    waiting: int = 0
    at_work: int = 0
    held: int = 0
    stepping: int = 0
    tasks: int = 0
    completed: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    unended: int = 0
    proposals: int = 0
    to_merge: int = 0
    overlaps: int = 0

    @property
    def finished(self) -> bool:
        """Whether everything has ended, well or not, nothing more is proposed, and no work waits to be merged."""
        return self.tasks > 0 and not (self.unended or self.proposals or self.to_merge)


def standing(state: RunState) -> Standing:
    statuses = [task.status for task in state.tasks.values()]
    agents = [agent.status for agent in state.agents.values()]
    stuck = agents.count(AgentStatus.STALLED) + agents.count(AgentStatus.INTERRUPTED)
    asked = sum(not is_stuck(state, question.task_id) for question in state.questions.values())
    proposed = sum(task_id not in state.queries for task_id in state.proposals)
    held = len(held_agents(state))
    ready = [work.task_id for work in state.works.values() if work.status is WorkStatus.READY]
    to_merge = sum(state.resolver(task_id) is None for task_id in ready)
    budget = state.paused and state.run_limit is not None and bool(state.tasks)
    completed, failed, cancelled = (
        statuses.count(status) for status in (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)
    )
    return Standing(
        waiting=asked
        + stuck
        + proposed
        + _gone(state, statuses)
        + bool(bounds_now(state))
        + budget
        + len(state.budgets_reached)
        + len(state.reports)
        - len(state.report_answers)
        + to_merge,
        at_work=agents.count(AgentStatus.WORKING) - held,
        held=held,
        stepping=sum(agent_at(state, task_id) is AgentStatus.WORKING for task_id in state.stepping),
        tasks=len(statuses),
        completed=completed,
        done=completed - _undone(state),
        failed=failed,
        cancelled=cancelled,
        proposals=len(state.proposals),
        to_merge=to_merge,
        overlaps=len(overlaps(state)),
        unended=len(statuses) - completed - failed - cancelled,
    )


def _undone(state: RunState) -> int:
    """Completed tasks on which nobody can build: their work is not merged, or they found faults."""
    held = {work.task_id for work in state.works.values() if not work.status.settled}
    held.update(t.id for t in state.tasks.values() if t.finding and t.found_faults)
    return sum(task_id in state.tasks and state.tasks[task_id].status is TaskStatus.COMPLETED for task_id in held)


def _gone(state: RunState, statuses: Sequence[TaskStatus]) -> int:
    """Failed tasks, and whatever else will never complete and is waited for."""
    discarded = any(work.status is WorkStatus.DISCARDED for work in state.works.values())
    if not (state.rejected or discarded or TaskStatus.FAILED in statuses or TaskStatus.CANCELLED in statuses):
        return 0
    failed = {t.id for t in state.tasks.values() if t.status is TaskStatus.FAILED and t.id not in state.kept}
    return len(failed | state.gone().keys())


def end_words(stand: Standing, project: str, adds: str) -> str:
    """What became of a finished run, where its work is, and how to go on: `adds` is the key that adds a task."""
    told = f"Finished: {stand.completed:,} of {count(stand.tasks, 'task')} completed"
    if stand.failed:
        told += f", {stand.failed:,} failed"
    if stand.cancelled:
        told += f", {stand.cancelled:,} cancelled"
    return f"{told}. The work is in {project}. {adds} adds a task."

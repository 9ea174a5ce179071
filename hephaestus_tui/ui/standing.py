"""How a run stands, in counts that are cheap enough to be taken at every frame."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.attention import bounds_now, is_stuck
from hephaestus_tui.domain.noted import FOUND_FAULTS
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
    interrupted: int = 0
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
    tasks, agents = state.tasks, state.agents
    stuck = agents.count(AgentStatus.STALLED, AgentStatus.INTERRUPTED)
    asked = sum(not is_stuck(state, question.task_id) for question in state.questions.values())
    proposed = sum(task_id not in state.queries for task_id in state.proposals)
    held = len(held_agents(state))
    to_merge = sum(state.resolver(task_id) is None for task_id in state.works.of(WorkStatus.READY))
    budget = state.paused and state.run_limit is not None and bool(tasks)
    completed, failed, cancelled = (
        tasks.count(status) for status in (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)
    )
    return Standing(
        waiting=asked
        + stuck
        + proposed
        + _gone(state)
        + bool(bounds_now(state))
        + budget
        + len(state.budgets_reached)
        + len(state.reports)
        - len(state.report_answers)
        + to_merge,
        at_work=agents.count(AgentStatus.WORKING) - held,
        held=held,
        interrupted=agents.count(AgentStatus.INTERRUPTED),
        stepping=sum(agent_at(state, task_id) is AgentStatus.WORKING for task_id in state.stepping),
        tasks=len(tasks),
        completed=completed,
        done=completed - _undone(state),
        failed=failed,
        cancelled=cancelled,
        proposals=len(state.proposals),
        to_merge=to_merge,
        overlaps=len(overlaps(state)),
        unended=len(tasks) - completed - failed - cancelled,
    )


def _undone(state: RunState) -> int:
    """Completed tasks on which nobody can build: their work is not merged, or they found faults."""
    held = {*state.works.of(WorkStatus.READY, WorkStatus.SENT_BACK, WorkStatus.DISCARDED)}
    held.update(state.tasks.of(FOUND_FAULTS))
    return sum(task_id in state.tasks and state.tasks[task_id].status is TaskStatus.COMPLETED for task_id in held)


def _gone(state: RunState) -> int:
    """Failed tasks, and whatever else will never complete and is waited for."""
    failed = {task_id for task_id in state.tasks.of(TaskStatus.FAILED) if task_id not in state.kept}
    return len(failed | state.gone().keys())


def end_words(stand: Standing, project: str, adds: str) -> str:
    """What became of a finished run, where its work is, and how to go on: `adds` is the key that adds a task."""
    told = f"Finished: {stand.completed:,} of {count(stand.tasks, 'task')} completed"
    if stand.failed:
        told += f", {stand.failed:,} failed"
    if stand.cancelled:
        told += f", {stand.cancelled:,} cancelled"
    return f"{told}. The work is in {project}. {adds} adds a task."

"""What similar tasks of the run took: the only ground on which one may say what another one would cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, Task, TaskDraft, TaskStatus


@dataclass(frozen=True, slots=True)
class Spread:
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`role` is None where no task of the same role has ended, and those of the phase must do.

    `cost` is in US dollars, None where the price of one of them is unknown; `seconds` run from a task's first start to its
    end, with all that it waited for.
    """

    phase: Phase
    role: str | None
    rests_on: int
    tokens: Spread
    cost: Spread | None
    seconds: Spread


def estimate(state: RunState, draft: TaskDraft) -> Estimate | None:
    """From the completed tasks of the same phase and role, or else of the same phase; None where there is none."""
    of_phase = [
        task for task in state.tasks.values()
        if task.status is TaskStatus.COMPLETED and task.draft.phase is draft.phase and task.id in state.usage_by_task
    ]  # fmt: skip
    alike = [task for task in of_phase if task.draft.role == draft.role]
    if not of_phase:
        return None
    chosen = alike or of_phase
    used = [state.usage_by_task[task.id] for task in chosen]
    return Estimate(
        phase=draft.phase,
        role=draft.role if alike else None,
        rests_on=len(chosen),
        tokens=_spread(usage.total for usage in used),
        cost=_cost(used),
        seconds=_spread(_seconds(task) for task in chosen),
    )


def _cost(used: list[Usage]) -> Spread | None:
    known = [usage.cost for usage in used if usage.cost is not None]
    return _spread(known) if len(known) == len(used) else None


def _seconds(task: Task) -> float:
    began = task.started_at if task.started_at is not None else task.created_at
    return max((task.ended_at or began) - began, 0.0)


def _spread(values: Iterable[float]) -> Spread:
    found = sorted(values)
    return Spread(found[0], median(found), found[-1])

"""What an agent may spend before it is ended or must wait for a human: looked at before each model call."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.config import Limits
from hephaestus_tui.domain.budget import WARN_AT, Budget, Spent, Unit
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.events import BudgetReached, BudgetSet, BudgetWarned, TaskFailed
from hephaestus_tui.domain.spending import spent_on
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId


def ended_by_limit(state: RunState, limits: Limits, task_id: TaskId) -> TaskFailed | None:
    """Too many turns in this attempt, or too much time over all of them: the task ends."""
    reached = {
        "turns": (state.agents[task_id].turns, limits.turns),
        "seconds": (state.worked.get(task_id, 0.0), limits.seconds),
    }
    for name, (used, limit) in reached.items():
        if limit and used >= limit:
            reason = f"reached its limit of {limit:,.0f} {name}; raise limits.{name} in the settings, then retry it"
            return TaskFailed(task_id=task_id, reason=reason, limit=name)
    return None


def limit_of(state: RunState, limits: Limits, budget: Budget) -> float:
    """What a human set in this run, or else the settings; 0 is no limit."""
    default: float = getattr(limits, budget.setting)
    return state.budgets.get(budget, default)


def has_dollars(state: RunState, limits: Limits, task_id: TaskId) -> bool:
    """Whether any budget in dollars pays for a task, so that prices matter."""
    return any(limit_of(state, limits, Budget(place, Unit.DOLLARS)) for place in state.places(task_id))


def budget_facts(
    state: RunState, limits: Limits, task_id: TaskId, unpriced: str | None
) -> Iterator[BudgetWarned | BudgetReached]:
    """What is to be recorded of the budgets that pay for a task, before its next call; nothing where there is room.

    `unpriced` is its model where nobody knows the price: a budget in dollars is then reached at once, and only the widest
    says so, since the answer holds for all.
    """
    asked = state.unpriced_allowed
    for place in state.places(task_id):
        for unit in Unit:
            budget = Budget(place, unit)
            limit = limit_of(state, limits, budget)
            if not limit:
                continue
            spent = spent_on(state, budget)
            unknown = unpriced or ("an earlier one" if state.spent.get(place, Spent()).unpriced else None)
            if unit is Unit.DOLLARS and unknown and not asked:
                asked = True
                yield BudgetReached(budget=budget, task_id=task_id, spent=spent, limit=limit, unpriced=unknown)
            elif spent >= limit:
                yield BudgetReached(budget=budget, task_id=task_id, spent=spent, limit=limit)
            elif spent >= WARN_AT * limit and state.budgets_warned.get(budget) != limit:
                yield BudgetWarned(budget=budget, spent=spent, limit=limit)


def raised_in_settings(state: RunState, limits: Limits) -> list[BudgetSet]:
    """For the budgets that were reached, and no longer are by the settings of this process."""
    return [
        BudgetSet(budget=budget, limit=None, actor=Actor(ActorKind.RULE, f"limits.{budget.setting}"))
        for budget, reached in state.budgets_reached.items()
        if not (limit := limit_of(state, limits, budget))
        or (reached.unpriced is None and spent_on(state, budget) < limit)
    ]

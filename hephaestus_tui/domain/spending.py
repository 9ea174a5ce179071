"""Who waits for which budget: without it an agent that must not spend would seem to be at work."""

from __future__ import annotations

from hephaestus_tui.domain.budget import Budget, Spent, amount
from hephaestus_tui.domain.events import BudgetReached, BudgetWarned
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId


def held_by(state: RunState, task_id: TaskId) -> BudgetReached | None:
    """The first budget that was reached and pays for the task; None where it may go on."""
    if not state.budgets_reached:
        return None
    mine = set(state.places(task_id))
    return next((reached for budget, reached in state.budgets_reached.items() if budget.place in mine), None)


def held_agents(state: RunState) -> tuple[TaskId, ...]:
    """Tasks whose agents would be at work if some budget were not reached."""
    if not state.budgets_reached:
        return ()
    return tuple(task_id for task_id in state.agents.of(AgentStatus.WORKING) if held_by(state, task_id))


def waiting_for(state: RunState, budget: Budget) -> tuple[TaskId, ...]:
    """Those of them that one budget pays for."""
    return tuple(task_id for task_id in held_agents(state) if budget.place in state.places(task_id))


def spent_on(state: RunState, budget: Budget) -> float:
    """What is known to be spent of it, in its unit."""
    return state.spent.get(budget.place, Spent()).of(budget.unit)


def budget_words(reached: BudgetReached) -> str:
    """Why agents wait for a budget."""
    unit, place = reached.budget.unit, reached.budget.place
    if reached.unpriced:
        limit = amount(unit, reached.limit)
        return f"the price of {reached.unpriced} is not known, so the budget of {limit} for {place} cannot be kept"
    return f"the budget of {place} is used up: {amount(unit, reached.spent)} of {amount(unit, reached.limit)}"


def warned_words(warned: BudgetWarned) -> str:
    """That a budget will be reached soon."""
    unit = warned.budget.unit
    share = f"{warned.spent / warned.limit:.0%}"
    return f"{share} of the budget of {warned.budget.place} is spent: {amount(unit, warned.spent)} of {amount(unit, warned.limit)}"

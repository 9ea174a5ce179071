"""What budgets that were reached or set change in the state of a run."""

from __future__ import annotations

from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.state import RunState


def fold_budgets(state: RunState, fact: e.BudgetFact, at: float) -> None:
    match fact:
        case e.BudgetWarned():
            state.budgets_warned[fact.budget] = fact.limit
        case e.BudgetReached():
            state.budgets_reached[fact.budget] = fact
            state.budgets_since.setdefault(fact.budget, at)
        case e.BudgetSet():
            _budget_set(state, fact)
        case e.UnpricedAllowed():
            state.unpriced_allowed = True
            for budget in [b for b, reached in state.budgets_reached.items() if reached.unpriced]:
                _budget_open(state, budget)
        case _:
            assert_never(fact)


def _budget_set(state: RunState, fact: e.BudgetSet) -> None:
    _budget_open(state, fact.budget)
    state.budgets_warned.pop(fact.budget, None)
    if fact.limit is None:
        state.budgets.pop(fact.budget, None)
    else:
        state.budgets[fact.budget] = fact.limit


def _budget_open(state: RunState, budget: Budget) -> None:
    state.budgets_reached.pop(budget, None)
    state.budgets_since.pop(budget, None)

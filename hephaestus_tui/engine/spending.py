"""What a human says to the budgets of a run: raise one, do without, or go on where nobody knows the price."""

from __future__ import annotations

import math

from hephaestus_tui.domain.budget import Budget, Scope, amount
from hephaestus_tui.domain.commands import AllowUnpriced, SetBudget
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import BudgetSet, UnpricedAllowed
from hephaestus_tui.domain.spending import spent_on
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.engine.plan import Plan, known_task


def set_budget(state: RunState, command: SetBudget, now: float) -> Plan:
    """Raises UnknownTask, and CommandRefused for what is no limit or is spent already."""
    budget, limit = command.budget, command.limit
    _check_place(state, budget)
    if not (math.isfinite(limit) and limit >= 0):
        raise CommandRefused(f"{limit} will not do as a budget: name a number from 0 up, where 0 is no limit.")
    spent = spent_on(state, budget)
    if limit and limit <= spent:
        raise CommandRefused(
            f"{amount(budget.unit, spent)} of {budget.place} are spent already: name more than that, or 0 for no limit."
        )
    words = f"may be {amount(budget.unit, limit)} now" if limit else "have no limit now"
    fact = BudgetSet(budget=budget, limit=float(limit), actor=command.actor)
    return Plan((fact,), f"{budget} {words}")


def allow_unpriced(state: RunState, command: AllowUnpriced, now: float) -> Plan:
    """Raises CommandRefused where it is allowed already."""
    if state.unpriced_allowed:
        raise CommandRefused("Models without a known price may go on already: budgets in dollars count what is known.")
    note = "models without a known price go on; budgets in dollars count what is known"
    return Plan((UnpricedAllowed(actor=command.actor),), note)


def _check_place(state: RunState, budget: Budget) -> None:
    place = budget.place
    match place.scope:
        case Scope.RUN if place.of:
            raise CommandRefused(f"A run has one budget of {budget.unit}: name nothing beside it.")
        case Scope.PHASE if place.of not in tuple(Phase):
            raise CommandRefused(f"There is no phase {place.of!r}: name one of {', '.join(Phase)}.")
        case Scope.TASK | Scope.SUBTREE:
            known_task(state, place.of)
        case _:
            pass

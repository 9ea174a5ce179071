"""Facts of budgets: warned of, reached, set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWarned:
    """Most of a budget is spent; once for each limit. Nobody waits for anything."""

    KIND: ClassVar[str] = "budget.warned"
    budget: Budget
    spent: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReached:
    """All whom it pays for wait until a human raises it. `task_id` is who ran into it.

    `unpriced` names the model whose price nobody knows, where a budget in dollars cannot be kept for that reason.
    """

    KIND: ClassVar[str] = "budget.reached"
    budget: Budget
    task_id: TaskId
    spent: float
    limit: float
    unpriced: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSet:
    """The limit is this from now on, in this run; 0 is none, and None what the settings say. Nobody waits for it now."""

    KIND: ClassVar[str] = "budget.set"
    budget: Budget
    limit: float | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpricedAllowed:
    """From now on budgets in dollars count what is known, and models without a price go on."""

    KIND: ClassVar[str] = "budget.unpriced_allowed"
    actor: Actor


BudgetFact: TypeAlias = BudgetWarned | BudgetReached | BudgetSet | UnpricedAllowed

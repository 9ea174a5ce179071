"""What a person says to budgets that were used up, and to a provider that is waited for."""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.commands import AllowUnpriced, RetryNow, SetBudget, Stop
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.spending import held_by, waiting_for
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.desk.desk import Desk, Handler
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.screens.budget import BudgetScreen, Else, NewLimit
from hephaestus_tui.ui.screens.confirm import ConfirmScreen


async def settle(desk: Desk, state: RunState, shown: Target) -> None:
    """The budget that the selected task waits for comes first."""
    mine = held_by(state, shown.task_id) if shown.task_id else None
    budgets = sorted(state.budgets_reached, key=lambda budget: mine is None or budget != mine.budget)
    for number, budget in enumerate(budgets, 1):
        if budget not in state.budgets_reached:
            continue  # an answer to one before may have settled it
        place = f"{number} of {len(budgets)}" if len(budgets) > 1 else ""
        match await desk.ask(BudgetScreen(budget, state, place=place, clock=desk.clock)):
            case NewLimit(limit):
                await desk.submit(SetBudget(budget=budget, limit=limit, actor=desk.actor))
            case Else.UNPRICED:
                await desk.submit(AllowUnpriced(actor=desk.actor))
            case Else.STOP:
                await _stop(desk, state, budget)
            case None:
                return
        state = desk.session.state()


async def _stop(desk: Desk, state: RunState, budget: Budget) -> None:
    waiting = waiting_for(state, budget)
    question = f"Stop {', '.join(waiting)}?\n\nWhat they said and did is kept; they can be retried."
    if not waiting:
        return
    if await desk.ask(ConfirmScreen(question, yes="stop", no="let them wait", clock=desk.clock)):
        for task_id in waiting:
            await desk.submit(Stop(reach=only(task_id), actor=desk.actor, reason=f"stopped at {budget}"))


async def retry_now(desk: Desk, state: RunState, shown: Target) -> None:
    if shown.task_id:
        await desk.submit(RetryNow(task_id=shown.task_id, actor=desk.actor))


HANDLERS: Mapping[str, Handler] = {"budget.settle": settle, "provider.retry": retry_now}

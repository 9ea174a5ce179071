"""What a task has cost, and all that it is a part of: without it a budget could only be seen when it is used up."""

from __future__ import annotations

from hephaestus_tui.domain.budget import Budget, Place, Scope, Spent, Unit, amount
from hephaestus_tui.domain.events import BudgetReached
from hephaestus_tui.domain.spending import budget_words
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, on_panel, paragraphs

_BAR = 20  # cells
_NEAR = 0.8  # of a budget
_ORDER = (Scope.TASK, Scope.SUBTREE, Scope.PHASE, Scope.RUN)


def cost_lines(state: RunState, task_id: TaskId, glyphs: GlyphSet) -> list[Line]:
    """A line for the task, its subtree where it has one, its phase and the run, with a bar where there is a budget.

    Nothing where nothing was spent on it.
    """
    if not (mine := [p for p in state.places(task_id) if _counts(state, task_id, p)]):
        return []
    mine.sort(key=lambda place: _ORDER.index(place.scope))
    return [row for place in mine for row in _place(state, place, glyphs)]


def _place(state: RunState, place: Place, glyphs: GlyphSet) -> list[Line]:
    rows = [line_of(f"{words_of(state, place)}  ", Span(_named(place), "muted"))]
    if limit := _limit(state, Budget(place, Unit.DOLLARS)):
        share = state.spent.get(place, Spent()).dollars / limit
        full, rest = ("=", "-") if glyphs.name == "ascii" else ("━", "─")
        used = min(max(round(_BAR * share), int(share > 0)), _BAR)
        style = "bad" if share >= 1 else "careful" if share >= _NEAR else "accent"
        rows.append(
            line_of(Span(full * used, style), Span(rest * (_BAR - used), "muted"), Span(f" {share:.0%}", "muted"))
        )
    return rows


def _counts(state: RunState, task_id: TaskId, place: Place) -> bool:
    if place.scope is Scope.SUBTREE:
        return place.of == task_id and bool(state.children(task_id)) and place in state.spent
    return Place(Scope.SUBTREE, task_id) in state.spent and place in state.spent


def _named(place: Place) -> str:
    return "this task" if place.scope is Scope.TASK else line(str(place))


def words_of(state: RunState, place: Place) -> str:
    """ "$1.25 of $5.00"; a limit is known here once it was told or set."""
    spent = state.spent.get(place, Spent())
    dollars = amount(Unit.DOLLARS, spent.dollars)
    if spent.unpriced:
        dollars = f"{dollars} and what has no known price" if spent.dollars else "cost unknown"
    if limit := _limit(state, Budget(place, Unit.DOLLARS)):
        dollars += f" of {amount(Unit.DOLLARS, limit)}"
    if limit := _limit(state, Budget(place, Unit.TOKENS)):
        return f"{dollars}, {spent.usage.total:,} of {amount(Unit.TOKENS, limit)}"
    return dollars


def _limit(state: RunState, budget: Budget) -> float:
    if reached := state.budgets_reached.get(budget):
        return reached.limit
    return state.budgets.get(budget, state.budgets_warned.get(budget, 0.0))


def waits_lines(reached: BudgetReached, title: Line, keys: Keys) -> list[Line]:
    """Why an agent waits for a budget, and what can be done."""
    words = budget_words(reached)
    return on_panel(
        [title, *paragraphs(f"{words[:1].upper()}{words[1:]}."), key_row((keys.budget, "raise it, or stop"))]
    )

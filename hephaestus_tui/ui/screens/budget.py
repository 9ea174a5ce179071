"""Shows a budget that was used up and who waits for it, and lets a person raise it, go on without, or stop them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from hephaestus_tui.domain.budget import Budget, Unit, amount
from hephaestus_tui.domain.events import BudgetReached
from hephaestus_tui.domain.spending import budget_words, spent_on, waiting_for
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, LineInput, key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, paragraphs
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import MANY, title_of


class Else(Enum):
    """What may be chosen instead of a new limit."""

    STOP = "stop"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class NewLimit:
    """0 is no limit."""

    limit: float


def limit_fault(text: str, spent: float, unit: Unit) -> str:
    """What is wrong with a new limit as it is typed; empty where it would do."""
    words = text.strip().removeprefix("$")
    try:
        value = float(words) if words.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        return "only a number; 0 is no limit"
    if value and value <= spent:
        return f"{amount(unit, spent)} are spent already: type more, or 0 for no limit"
    return ""


def waiting_lines(state: RunState, reached: BudgetReached) -> Iterator[Line]:
    """Why they wait, and who."""
    words = budget_words(reached)
    yield from paragraphs(f"{words[:1].upper()}{words[1:]}.")
    yield BLANK
    yield line_of(Span("Waiting for it", "heading"))
    for task_id in waiting_for(state, reached.budget)[:MANY]:
        yield Line((Span(title_of(state, task_id)),), head=(Span(f"{task_id} ", "key"),))


class BudgetScreen(DialogScreen[NewLimit | Else | None]):
    """Gives back what was chosen for one budget, or None to decide later. `place` is "1 of 2" where there are several."""

    CSS = "BudgetScreen LinesView { max-height: 45vh; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+x", "choose('STOP')", show=False, priority=True),
        Binding("ctrl+g", "choose('UNPRICED')", show=False, priority=True),
    ]

    def __init__(
        self, budget: Budget, state: RunState, *, place: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._budget, self._state, self._place = budget, state, place
        self._lines = LinesView()
        self._field: Field | None = None

    @property
    def _reached(self) -> BudgetReached | None:
        return self._state.budgets_reached.get(self._budget)

    def compose(self) -> ComposeResult:
        unit = "dollars" if self._budget.unit is Unit.DOLLARS else "tokens"
        # here and not in __init__: a Textual Input needs a running app
        self._field = Field(f"let it be, in {unit}", LineInput(placeholder="a number; 0 is no limit", id="limit"))
        title = f"A budget is reached: {line(str(self._budget))}"
        unpriced = [("ctrl+g", "go on without the price")] if self._reached and self._reached.unpriced else []
        with DialogBox(classes="dialog -small"):
            yield Static(content(f"{title} ({self._place})" if self._place else title), classes="title")
            yield self._lines
            yield Static(content(""))
            yield self._field
            keys = (("enter", "set it"), *unpriced, ("ctrl+x", "stop them"), ("esc", "later"))
            yield Static(key_row(*keys), classes="keys")

    def on_mount(self) -> None:
        self._show()
        self.query_one(LineInput).focus()

    def refresh_state(self, state: RunState) -> None:
        self._state = state
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        if reached := self._reached:
            self._lines.set_lines(tuple(waiting_lines(self._state, reached)))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._field:
            self._field.show_fault(self._fault(event.value) if event.value else "")

    @on(Input.Submitted)
    def _raised(self, event: Input.Submitted) -> None:
        fault = self._fault(event.value)
        if self._field and fault:
            self._field.show_fault(fault)
        elif self.hold.over():
            self.dismiss(NewLimit(float(event.value.strip().removeprefix("$"))))

    def _fault(self, text: str) -> str:
        return limit_fault(text, spent_on(self._state, self._budget), self._budget.unit)

    def action_choose(self, what: str) -> None:
        choice = Else[what]
        if choice is Else.UNPRICED and not (self._reached and self._reached.unpriced):
            return
        if self.hold.over():
            self.dismiss(choice)

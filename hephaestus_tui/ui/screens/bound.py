"""Shows a bound of proposing that agents have reached, and lets a person leave or raise it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, LineInput, key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import MANY, field_words, title_of

HIGHEST = 10_000
BOUND_WORDS: Mapping[str, str] = {
    "per_turn": "proposals in one turn of an agent",
    "per_minute": "proposals a minute, by all agents together",
    "pending": "proposals that wait for a decision",
    "depth": "levels of tasks that spawn tasks",
    "children": "proposals by one task",
    "per_run": "tasks and proposals in the whole run",
}


@dataclass(frozen=True, slots=True)
class BoundAnswer:
    """`limit` None leaves the bound as it is."""

    limit: int | None


def limit_of(state: RunState, bound: str) -> int:
    """What holds now: what a person set in this run, or else what the agents ran into."""
    reached = state.bounds_reached.get(bound, ())
    return state.bounds.get(bound, reached[-1].limit if reached else 0)


def limit_fault(text: str, limit: int) -> str:
    """What is wrong with a new limit as it is typed; empty where it would do."""
    if not text.strip():
        return f"type a number above {limit:,}"
    if not (text.strip().isascii() and text.strip().isdecimal()):
        return "only digits"
    if int(text) <= limit:
        return f"it is {limit:,} already: type a larger one"
    return f"{HIGHEST:,} at most" if int(text) > HIGHEST else ""


def reached_lines(state: RunState, bound: str) -> Iterator[Line]:
    """Who was told to propose no more."""
    facts = state.bounds_reached.get(bound, ())
    yield line_of(f"At most {limit_of(state, bound):,} {BOUND_WORDS.get(bound, field_words(line(bound)))}.")
    yield line_of("Agents that would pass it are told to propose no more for now; nothing of theirs is lost.")
    yield BLANK
    yield line_of(Span("Reached by", "heading"))
    for task_id in list(dict.fromkeys(fact.task_id for fact in facts))[:MANY]:
        draft = state.draft(task_id)
        role = field_words(line(draft.role)) if draft else ""
        yield Line((Span(f"{title_of(state, task_id)}  "), Span(role, "muted")), head=(Span(f"{task_id} ", "key"),))


class BoundScreen(DialogScreen[BoundAnswer | None]):
    """Gives back what was chosen for one bound, or None to decide later. `place` is "1 of 2" where there are several."""

    CSS = "BoundScreen LinesView { max-height: 45vh; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+l", "let_be", show=False, priority=True)]

    def __init__(
        self, bound: str, state: RunState, *, place: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._bound, self._state, self._place = bound, state, place
        self._lines = LinesView()
        self._field: Field | None = None

    def compose(self) -> ComposeResult:
        # here and not in __init__: a Textual Input needs a running app
        self._field = Field("raise it in this run to", LineInput(placeholder="a number", id="limit"))
        title = f"A bound of proposing is reached: {field_words(line(self._bound))}"
        with DialogBox(classes="dialog -small"):
            yield Static(content(f"{title} ({self._place})" if self._place else title), classes="title")
            yield self._lines
            yield Static(content(""))
            yield self._field
            yield Static(
                key_row(("enter", "raise it"), ("ctrl+l", "leave it as it is"), ("esc", "later")), classes="keys"
            )

    def on_mount(self) -> None:
        self._lines.set_lines(tuple(reached_lines(self._state, self._bound)))
        self._input.focus()

    def refresh_state(self, state: RunState) -> None:
        self._state = state
        if self.is_mounted and self._bound in state.bounds_reached:
            self._lines.set_lines(tuple(reached_lines(state, self._bound)))

    @property
    def _input(self) -> LineInput:
        return self.query_one(LineInput)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._field:
            fault = limit_fault(event.value, limit_of(self._state, self._bound))
            self._field.show_fault(fault if event.value else "")

    @on(Input.Submitted)
    def _raised(self, event: Input.Submitted) -> None:
        fault = limit_fault(event.value, limit_of(self._state, self._bound))
        if self._field and fault:
            self._field.show_fault(fault)
        elif self.hold.over():
            self.dismiss(BoundAnswer(int(event.value)))

    def action_let_be(self) -> None:
        if self.hold.over():
            self.dismiss(BoundAnswer(None))

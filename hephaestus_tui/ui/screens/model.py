"""Lets a person say which model answers from the next turn on, for one task or for the whole run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from hephaestus_tui.domain.answering import fell_back_words
from hephaestus_tui.domain.model_name import short_model
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, LineInput, key_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import title_of

NONE = "write PROVIDER:MODEL, or leave it empty for what the settings say"


@dataclass(frozen=True, slots=True)
class Chosen:
    """`model` is empty for what the settings say; `task_id` is None for the whole run."""

    model: str
    task_id: TaskId | None


def models_seen(state: RunState) -> tuple[str, ...]:
    """Every model that this run has had to do with, each once, the chosen ones first."""
    agents = state.agents.values()
    chosen = (state.model_chosen, *state.models_chosen.values(), state.model)
    found = (*chosen, *(agent.first for agent in agents), *(agent.model for agent in agents))
    return tuple(dict.fromkeys(model for model in found if model))


def model_lines(state: RunState, task_id: TaskId | None) -> Iterator[Line]:
    """Who answers now: for a task its agent, for a run how many agents have which model."""
    if task_id is not None:
        agent = state.agents.get(task_id)
        yield line_of(Span(f"{task_id} ", "key"), Span(title_of(state, task_id)))
        if agent is None:
            yield line_of(Span("It has not started yet.", "muted"))
            return
        yield line_of(Span("now ", "muted"), Span(line(short_model(agent.model))))
        if words := fell_back_words(agent):
            yield line_of(Span(line(words), "warning"))
        return
    at_work = [a for t, a in state.agents.items() if not state.tasks[t].status.ended]
    yield line_of(Span("new tasks begin with ", "muted"), Span(line(short_model(state.model_chosen or state.model))))
    for model in dict.fromkeys(agent.model for agent in at_work):
        tasks = ", ".join(agent.task_id for agent in at_work if agent.model == model)
        yield line_of(Span(f"{tasks} ", "key"), Span(line(short_model(model))))


class ModelScreen(DialogScreen[Chosen | None]):
    """Gives back what was chosen, or None. `text` fills the line, `fault` says why it was refused."""

    CSS = "ModelScreen LinesView { max-height: 40vh; margin: 0 0 1 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "seen(-1)", show=False, priority=True),
        Binding("down", "seen(1)", show=False, priority=True),
        Binding("ctrl+t", "scope", show=False, priority=True),
    ]

    def __init__(
        self, state: RunState, task_id: TaskId | None, *, text: str = "", fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._state, self._task_id, self._text, self._refused = state, task_id, text, fault
        self.scope = task_id
        self._title, self._keys = Static(classes="title"), Static(classes="keys")
        self._lines = LinesView()
        self._field: Field | None = None

    def compose(self) -> ComposeResult:
        # here and not in __init__: a Textual Input needs a running app
        self._field = Field(
            "PROVIDER:MODEL", LineInput(self._text, placeholder="empty: as the settings say", id="model")
        )
        with DialogBox(classes="dialog -small"):
            yield self._title
            yield self._lines
            yield self._field
            yield self._keys

    def on_mount(self) -> None:
        self._look()
        if self._field and self._refused:
            self._field.show_fault(line(self._refused))
        self.query_one(LineInput).focus()

    def refresh_state(self, state: RunState) -> None:
        self._state = state
        if self.is_mounted:
            self._look()

    def _look(self) -> None:
        show(self._title, content(f"Which model answers for {self.scope or 'the run'}, from the next turn on?"))
        self._lines.set_lines(tuple(model_lines(self._state, self.scope)))
        other = (("ctrl+t", "for the run" if self.scope else f"for {self._task_id}"),) if self._task_id else ()
        show(self._keys, key_row(("enter", "choose"), ("up/down", "known ones"), *other, ("esc", "cancel")))

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._field and self._field.fault and self.query_one(LineInput).value != self._text:
            self._field.show_fault("")

    @on(Input.Submitted)
    def _taken(self, event: Input.Submitted) -> None:
        model = event.value.strip()
        if model and ":" not in model:
            if self._field:
                self._field.show_fault(NONE)
        elif self.hold.over():
            self.dismiss(Chosen(model, self.scope))

    def action_scope(self) -> None:
        if self._task_id:
            self.scope = None if self.scope else self._task_id
            self._look()

    def action_seen(self, step: int) -> None:
        """Put the next of the known models into the line."""
        seen, box = models_seen(self._state), self.query_one(LineInput)
        if seen:
            place = seen.index(box.value) + step if box.value in seen else (0 if step > 0 else -1)
            box.value = seen[place % len(seen)]
            box.cursor_position = len(box.value)

"""Begins tasks anew: with a note for the agent, in the conversation that it had or in a fresh one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.reach import Reach, only, restartable
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.order_lines import restart_lines
from hephaestus_tui.ui.screens.whom import whom_options
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.option_line import Offer, OptionLine
from hephaestus_tui.ui.widgets.task_words import title_of

_FRESH = {False: "the conversation goes on", True: "a fresh one"}


@dataclass(frozen=True, slots=True)
class NewAttempt:
    note: str
    fresh: bool
    reach: Reach


class RestartScreen(DialogScreen[NewAttempt | None]):
    """Gives back what was chosen, or None. `given` is what was refused, `fault` says why."""

    CSS = """
    RestartScreen Field { margin: 0 0 1 0; }
    RestartScreen LinesView { max-height: 30vh; margin: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "restart", show=False)]

    def __init__(
        self, task_id: TaskId, state: RunState, *, given: NewAttempt | None = None, fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._task_id, self._state, self._told = task_id, state, fault
        self._given = given or NewAttempt("", False, only(task_id))
        self._notice = Static(classes="notice")
        self._box = SubmitBox()
        self._talk = OptionLine([Offer(*pair) for pair in _FRESH.items()], self._given.fresh, id="talk")
        self._whom = OptionLine(self._options(), self._given.reach, id="whom")
        self._lines = LinesView()

    def compose(self) -> ComposeResult:
        title = f"Restart {self._task_id}: {title_of(self._state, self._task_id)}"
        with DialogBox(classes="dialog -small"):
            yield Static(content(line(title)), classes="title")
            yield self._notice
            yield Field("a note that is read first; it may be empty", self._box)
            yield self._talk
            yield self._whom
            yield self._lines
            keys = (("enter", "restart"), ("tab", "how and whom"), ("arrows", "choose"), ("esc", "cancel"))
            yield Static(key_row(*keys), classes="keys")

    def on_mount(self) -> None:
        super().on_mount()
        self._box.text = self._given.note
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: what is listed changes with it, and then is held for a moment, to be read."""
        self._state = state
        if self.is_mounted:
            self._whom.offer(self._options())
            if self._look() and self.guarded:
                self.hold.begin()

    def written(self) -> str:
        return "your note" if self._box.text.strip() else ""

    def _options(self) -> list[Offer[Reach]]:
        return whom_options(self._state, self._task_id, restartable)

    def _look(self) -> bool:
        show(self._notice, content(self._told))
        return self._lines.set_lines(tuple(restart_lines(self._state, self._whom.chosen, self.glyphs)))

    @on(OptionLine.Changed)
    def _chosen(self) -> None:
        self._look()

    @on(SubmitBox.Submitted)
    def _sent(self) -> None:
        self.action_restart()

    def action_restart(self) -> None:
        if not restartable(self._state, self._whom.chosen):
            self.app.bell()
        elif self.hold.over():
            self.dismiss(NewAttempt(self._box.text.strip(), self._talk.chosen, self._whom.chosen))

"""Asks before tasks are stopped: which, how many, and what is kept; the enter key, pressed by habit, never says yes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.reach import Reach, only, unended
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.screens.order_lines import stop_lines
from hephaestus_tui.ui.screens.whom import whom_options
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.option_line import Offer, OptionLine
from hephaestus_tui.ui.widgets.task_words import title_of


class StopScreen(DialogScreen[Reach | None]):
    """Gives back whom to stop, or None."""

    CSS = "StopScreen OptionLine { margin: 0 0 1 0; } StopScreen LinesView { max-height: 45vh; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", show=False),
        Binding("n", "dismiss(None)", show=False),
    ]

    def __init__(
        self, task_id: TaskId, state: RunState, *, reach: Reach | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._task_id, self._state = task_id, state
        self._whom = OptionLine(self._options(), reach or only(task_id), id="whom")
        self._lines = LinesView()

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog -small"):
            yield Static(
                content(line(f"Stop {self._task_id}: {title_of(self._state, self._task_id)}")), classes="title"
            )
            yield self._whom
            yield self._lines
            whom = (("arrows", "whom"),) if len(self._options()) > 1 else ()
            yield Static(key_row(("y", "stop"), *whom, ("n", "let it go on")), classes="keys")

    def on_mount(self) -> None:
        super().on_mount()
        self._whom.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: what is listed changes with it, and then is held for a moment, to be read."""
        self._state = state
        if self.is_mounted:
            self._whom.offer(self._options())
            if self._look() and self.guarded:
                self.hold.begin()

    def _options(self) -> list[Offer[Reach]]:
        return whom_options(self._state, self._task_id, unended)

    def _look(self) -> bool:
        return self._lines.set_lines(tuple(stop_lines(self._state, self._whom.chosen, self.glyphs)))

    @on(OptionLine.Changed)
    def _chosen(self) -> None:
        self._look()

    def action_agree(self) -> None:
        if unended(self._state, self._whom.chosen) and self.hold.over():
            self.dismiss(self._whom.chosen)

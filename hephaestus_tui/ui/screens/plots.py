"""The run over its time, in plots: what a person would rather look at than read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.plot_lines import plot_lines
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines_view import LinesView


class PlotsScreen(DialogScreen[None]):
    """Decides nothing, and is drawn anew when a fact comes, never on a timer; `now` is Unix time."""

    CSS = """
    PlotsScreen .dialog { width: 84; max-height: 98%; }
    PlotsScreen LinesView { max-height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(
        self, state: RunState, *, now: Callable[[], float] = time.time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._state, self._now = state, now
        self._lines = LinesView()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(content("The run over its time"), classes="title")
            yield self._lines
            yield Static(key_row(("down", "more"), ("esc", "close")), classes="keys")

    def on_mount(self) -> None:
        self._look()

    def refresh_spent(self, state: RunState) -> None:
        """Go on to what happened meanwhile."""
        self._state = state
        if self.is_mounted:
            self._look()

    def action_scroll(self, by: int) -> None:
        if by > 0:
            self._lines.action_line_down()
        else:
            self._lines.action_line_up()

    def _look(self) -> None:
        self._lines.set_lines(plot_lines(self._state, self._now(), self.glyphs))

"""The run over its time in plots, and its agents beside each other: what a person would rather look at than read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.agent_rows import Order, Spent, agent_row, head_row, spent_by_agents
from hephaestus_tui.ui.plot_lines import plot_lines
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.row_list import RowList, Rows

_ORDER = tuple(Order)


class PlotsScreen(DialogScreen[TaskId | None]):
    """Gives back a task to go to, or None. It is drawn anew when a fact comes, never on a timer; `now` is Unix time."""

    CSS = """
    PlotsScreen .dialog { width: 84; height: 98%; max-height: 44; }
    PlotsScreen LinesView { height: auto; }
    PlotsScreen #columns { color: $text-muted; height: 1; margin: 1 0 0 0; }
    PlotsScreen RowList { height: 1fr; min-height: 3; background: $surface; }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("s", "sort", show=False),
        Binding("enter,g", "go", show=False),
    ]

    def __init__(
        self, state: RunState, *, now: Callable[[], float] = time.time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._state, self._now = state, now
        self._order = Order.COST
        self._agents: list[Spent] = []
        self._most = 0.0
        self._plots = LinesView()
        self._plots.can_focus = False
        self._list: RowList
        self._columns, self._keys = Static(id="columns"), Static(classes="keys")

    def compose(self) -> ComposeResult:
        self._list = RowList(self._paint, 1, self.glyphs.pointer)
        with DialogBox(classes="dialog"):
            yield Static(content("The run over its time"), classes="title")
            yield self._plots
            yield self._columns
            yield self._list
            yield self._keys

    def on_mount(self) -> None:
        self._look()

    def refresh_spent(self, state: RunState) -> None:
        """Go on to what happened meanwhile; the agent under the cursor stays under it."""
        self._state = state
        if self.is_mounted:
            self._look()

    def action_move(self, by: int) -> None:
        self._list.move(by)

    def action_page(self, by: int) -> None:
        self._list.page(by)

    def action_sort(self) -> None:
        """By the next column that there is to sort by."""
        self._order = _ORDER[(_ORDER.index(self._order) + 1) % len(_ORDER)]
        self._look()

    def action_go(self) -> None:
        if (place := self._list.cursor) is not None:
            self.dismiss(self._agents[place].task_id)

    def _paint(self, number: int, width: int) -> Rows:
        return [agent_row(self._agents[number], self._most, self.glyphs)]

    def _look(self) -> None:
        now = self._now()
        self._plots.set_lines(plot_lines(self._state, now, self.glyphs))
        self._agents = spent_by_agents(self._state, now, self._order)
        self._most = max((spent.by(Order.COST) for spent in self._agents), default=0.0)
        show(self._columns, content(head_row(self._order) if self._agents else "No agent has begun yet."))
        self._list.show([spent.task_id for spent in self._agents])
        other = _ORDER[(_ORDER.index(self._order) + 1) % len(_ORDER)]
        keys = [("enter", "go to the task"), ("s", f"sort by {other}"), ("pgdn", "more")] if self._agents else []
        show(self._keys, key_row(*keys, ("esc", "close")))

"""The record of a run: every decision and question, who made it, why, and how proposals fared."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.record import Act, By, Entry, entries
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.panes import LOW
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.record_rows import HEIGHT, entry_key, entry_lines, entry_rows
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.rates_table import RatesTable
from hephaestus_tui.ui.widgets.row_list import RowList, Rows
from hephaestus_tui.ui.words import count

_ORDER = (By.ROLE, By.MODEL, By.PHASE)


class DecisionsScreen(DialogScreen[TaskId | None]):
    """Gives back a task to go to, or None. It decides nothing, and stays live; `now` is Unix time.

    `at` is the id of a decision that shall be unfolded at first.
    """

    CSS = """
    DecisionsScreen .dialog { height: 98%; max-height: 50; width: 118; }
    DecisionsScreen RatesTable { margin: 0 0 1 0; }
    DecisionsScreen.-low.-unfolded RatesTable, DecisionsScreen.-short.-unfolded RatesTable { display: none; }
    DecisionsScreen RowList { height: 1fr; min-height: 4; background: $surface; }
    DecisionsScreen LinesView { height: auto; max-height: 50%; background: $panel; display: none; }
    DecisionsScreen.-unfolded LinesView { display: block; }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("enter", "unfold", show=False),
        Binding("b", "by", show=False),
        Binding("g", "go", show=False),
    ]

    def __init__(
        self, state: RunState, *, at: int | None = None,
        now: Callable[[], float] = time.time, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-short"), (34, "-tall")]
        self._state, self._now = state, now
        self._by, self._at, self._begin = By.ROLE, 0.0, at
        self._entries: list[Entry] = []
        self._acts: RowList
        self._rates, self._lines = RatesTable(), LinesView()
        self._title, self._keys = Static(classes="title"), Static(classes="keys")

    def compose(self) -> ComposeResult:
        self._acts = RowList(self._paint, HEIGHT, self.glyphs.pointer)
        self._lines.can_focus = False
        with DialogBox(classes="dialog"):
            yield self._title
            yield self._rates
            yield self._acts
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._look()
        places = [place for place, entry in enumerate(self._entries) if entry.decision_id == self._begin]
        if self._begin is not None and places:
            self.action_move(places[0])
            self.action_unfold()

    def refresh_state(self, state: RunState) -> None:
        """Show what was decided meanwhile; the one under the cursor stays under it."""
        self._state = state
        if self.is_mounted:
            self._look()

    @property
    def under_cursor(self) -> Entry | None:
        place = self._acts.cursor
        return self._entries[place] if place is not None else None

    def _look(self) -> None:
        self._entries, self._at = entries(self._state), self._now()
        asked = sum(entry.act is Act.ASK for entry in self._entries)
        told = count(len(self._entries) - asked, "decision")
        told += f" and {count(asked, 'question')} about proposals" if asked else ""
        show(self._title, content(told if self._entries else "Nothing was decided in this run yet"))
        self._rates.show(self._entries, self._by)
        self._acts.show([entry_key(entry) for entry in self._entries])
        self._tell()

    def _tell(self) -> None:
        here, unfolded = self.under_cursor, self.has_class("-unfolded")
        self._lines.set_lines(tuple(entry_lines(here, self._at, self.glyphs)) if here and unfolded else ())
        other = _ORDER[(_ORDER.index(self._by) + 1) % len(_ORDER)]
        keys = [("enter", "fold" if unfolded else "unfold"), ("b", f"by {other}"), ("g", "go to the task"),
                ("pgdn", "more"), ("esc", "close")]  # fmt: skip
        show(self._keys, key_row(*(keys if here else keys[-1:])))

    def _paint(self, number: int, width: int) -> Rows:
        return entry_rows(self._entries[number], self._at, width, self.glyphs)

    def action_move(self, by: int) -> None:
        self._acts.move(by)
        self._tell()
        self._lines.action_top()

    def action_page(self, by: int) -> None:
        """What is unfolded is read on; or else the list is."""
        if not self.has_class("-unfolded"):
            self._acts.page(by)
            self._tell()
        elif by > 0:
            self._lines.action_screen_down()
        else:
            self._lines.action_screen_up()

    def action_open_row(self) -> None:
        self.action_unfold()

    def action_unfold(self) -> None:
        """Show all of what is under the cursor, or no longer."""
        self.toggle_class("-unfolded")
        self._tell()

    def action_by(self) -> None:
        self._by = _ORDER[(_ORDER.index(self._by) + 1) % len(_ORDER)]
        self._look()

    def action_go(self) -> None:
        if here := self.under_cursor:
            self.dismiss(here.task_id)

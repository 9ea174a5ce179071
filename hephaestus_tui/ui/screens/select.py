"""Selects proposals by words: how many match is seen while one types, and which."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.selection import Haystack
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import LineInput, key_row
from hephaestus_tui.ui.widgets.row_list import Piece, RowList, Rows


class SelectScreen(Modal[tuple[TaskId, ...] | None]):
    """Gives back the proposals that hold the words, or None. Nothing is decided."""

    CSS_PATH = "dialog.tcss"
    CSS = """
    SelectScreen { align: center middle; background: $background 60%; }
    SelectScreen #count { height: 1; margin: 1 0 0 0; color: $text-muted; }
    SelectScreen RowList { height: 8; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, state: RunState) -> None:
        super().__init__()
        self._open = False
        self._state, self._haystack = state, Haystack()
        self._found: list[TaskId] = []
        self._field = LineInput(placeholder="words that all of them hold, in any field")
        self._count = Static(id="count")
        self.list = RowList(self._paint, pointer=None)

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog -small"):
            yield Static(content("Select proposals by words"), classes="title")
            yield self._field
            yield self._count
            yield self.list
            yield Static(key_row(("enter", "select them"), ("esc", "cancel")), classes="keys")

    def on_mount(self) -> None:
        self._open = True
        self.refresh_state(self._state)

    def refresh_state(self, state: RunState) -> None:
        """Look through the proposals that are open now."""
        self._state = state
        if self._open:
            self._found = self._haystack.matching(state, self._field.value)
            asked = bool(self._field.value.strip())
            self._count.update(content(f"{len(self._found):,} of {len(state.proposals):,} match" if asked else ""))
            self.list.show(self._found)

    def _paint(self, number: int, width: int) -> Rows:
        task_id = self._found[number]
        draft = self._state.draft(task_id)
        return [[Piece(f"{task_id:<4} ", "muted"), Piece(line(draft.title, width - 6) if draft else "")]]

    @on(Input.Changed)
    def _typed(self) -> None:
        self.refresh_state(self._state)

    @on(Input.Submitted)
    def _sent(self) -> None:
        if self._found:
            self.dismiss(tuple(self._found))

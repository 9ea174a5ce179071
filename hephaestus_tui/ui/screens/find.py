"""Asks for words to find in what lies under it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.widgets.fields import LineInput, key_row


class FindScreen(Modal[str | None]):
    """Gives back the words, or None. `words` are those that were looked for last: enter looks for them again."""

    CSS = """
    FindScreen { align: center bottom; background: $background 0%; }
    FindScreen > Vertical { width: 1fr; height: 3; padding: 0 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "close", show=False)]

    def __init__(self, words: str) -> None:
        super().__init__()
        self._field = LineInput(words, placeholder="words to find")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._field
            yield Static(key_row(("enter", "find the next"), ("esc", "close")), classes="keys")

    @on(Input.Submitted)
    def _taken(self) -> None:
        self.dismiss(self._field.value.strip())

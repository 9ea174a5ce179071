"""Asks for words to find in what lies under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.fields import LineInput, key_row


class FindScreen(Modal[str | None]):
    """Gives back the words, or None. `words` are those that were looked for last: enter looks for them again.

    `count` says at each letter how often the words so far are there; `where` are the places that are looked through.
    """

    CSS = """
    FindScreen { align: center bottom; background: $background 0%; }
    FindScreen > Vertical { width: 1fr; height: 3; padding: 0 1; background: $panel; }
    FindScreen Horizontal { height: 1; }
    FindScreen LineInput { width: 1fr; }
    FindScreen #count { width: auto; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "close", show=False)]

    def __init__(self, words: str, where: str = "", count: Callable[[str], str] = lambda words: "") -> None:
        super().__init__()
        self._field = LineInput(words, placeholder=f"words to find{f': {where}' if where else ''}")
        self._field.action_select_all()  # other words take their place, as everywhere
        self._count, self._told = count, Static(id="count")

    def compose(self) -> ComposeResult:
        with Vertical():
            with Horizontal():
                yield self._field
                yield self._told
            yield Static(key_row(("enter", "find the next"), ("esc", "close")), classes="keys")

    @property
    def _words(self) -> str:
        return self._field.value.strip()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._told.update(content(self._count(self._words)))

    @on(Input.Submitted)
    def _taken(self) -> None:
        self.dismiss(self._words)

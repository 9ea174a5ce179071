"""A page of words over another screen, to be read and closed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.widgets.lines import Lines
from hephaestus_tui.ui.widgets.lines_view import LinesView


class PageScreen(Modal[None]):
    """Shows `lines`; escape, `?` and `q` close it."""

    CSS = """
    PageScreen { align: center middle; background: $background 60%; }
    PageScreen > LinesView {
        width: 80; max-width: 100%; height: auto; max-height: 96%; padding: 0 1; background: $surface;
        border: round $border;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "close"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._said = lines

    def compose(self) -> ComposeResult:
        yield LinesView(self._said)

    def action_down(self) -> None:
        self.query_one(LinesView).action_line_down()

    def action_up(self) -> None:
        self.query_one(LinesView).action_line_up()

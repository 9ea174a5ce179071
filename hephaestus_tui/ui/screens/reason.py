"""Asks a person for a few words: why a proposal is rejected, or what an agent shall know."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row

EMPTY = "write something, or press escape"


class ReasonScreen(Modal[str | None]):
    """Gives back the words without the space around them, or None when it was left with escape. `text` fills the box, `fault` says why it was refused."""

    CSS_PATH = "dialog.tcss"
    DEFAULT_CSS = "ReasonScreen .refused { height: auto; margin: 0 0 1 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, title: str, prompt: str, required: bool, text: str = "", fault: str = "") -> None:
        super().__init__()
        self._title, self._required, self._text, self._refused = title, required, text, fault
        self._box = SubmitBox()
        self._field = Field(prompt, self._box)

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog -small"):
            yield Static(content(line(self._title)), classes="title")
            if self._refused:
                yield Static(content(line(self._refused), "$text-error"), classes="refused")
            yield self._field
            yield Static(key_row(("enter", "send"), ("ctrl+j", "new line"), ("esc", "cancel")), classes="keys")

    def on_mount(self) -> None:
        self._box.text = self._text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()

    @property
    def fault(self) -> str:
        return self._field.fault

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if self._required and not event.text:
            self._field.show_fault(EMPTY)
            return
        self.dismiss(event.text)

"""Asks before something that cannot be taken back; the enter key, which is pressed by habit, never says yes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from hephaestus_tui.ui.text import content


class ConfirmScreen(ModalScreen[bool]):
    """`yes` and `no` say what the two keys do: "stop it", "keep it"."""

    CSS = """
    ConfirmScreen { align: center middle; background: $background 60%; }
    ConfirmScreen > Vertical {
        width: 64; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $secondary;
    }
    ConfirmScreen .keys { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n,escape", "dismiss(False)", "no"),
    ]

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(content(self._question))
            keys = (Content.styled(" y ", "bold $background on $secondary"), content(f" {self._yes}    "),
                    Content.styled(" n ", "bold reverse"), content(f" {self._no}"))  # fmt: skip
            yield Static(Content("").join(keys), classes="keys")

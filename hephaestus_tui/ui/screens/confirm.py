"""Asks before something that cannot be taken back; the enter key, which is pressed by habit, never says yes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hephaestus_tui.ui.hold import Hold
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content


class ConfirmScreen(Modal[bool]):
    """`yes` and `no` say what the two keys do: "stop it", "keep it". `key` is the one for yes: where "y" answers something
    else in the screens around, a habit must not answer this.

    `clock` counts seconds: a yes in the first 400 ms, or from a key that is held down, was meant for something else.
    """

    CSS = """
    ConfirmScreen { align: center middle; background: $background 60%; }
    ConfirmScreen > Vertical {
        width: 64; max-width: 94%; height: auto; max-height: 96%; padding: 1 2; background: $surface;
        border: round $secondary;
    }
    ConfirmScreen .keys { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,escape", "dismiss(False)", "no"),
    ]

    def __init__(
        self, question: str, *, yes: str, no: str, key: str = "y", clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._question, self._yes, self._no, self._key, self._hold = question, yes, no, key, Hold(clock)
        self._bindings.bind(key, "agree", "yes")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(content(self._question))
            keys = (Content.styled(f" {self._key} ", "bold $background on $secondary"), content(f" {self._yes}    "),
                    Content.styled(" n ", "bold reverse"), content(f" {self._no}"))  # fmt: skip
            yield Static(Content("").join(keys), classes="keys")

    def on_mount(self) -> None:
        self.call_after_refresh(self._hold.begin)

    @property
    def guarded(self) -> bool:
        """Whether it has appeared, so that its first moments are being counted."""
        return self._hold.begun

    def action_agree(self) -> None:
        if self._hold.over():
            self.dismiss(True)

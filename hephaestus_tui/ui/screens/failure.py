"""Tells why the run cannot go on, before the screen is given back."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from hephaestus_tui.ui.hold import Hold
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content


class FailureScreen(Modal[None]):
    """A sentence and "press any key".

    It comes by itself, perhaps over someone who types: `clock` counts the seconds in which keys are not meant for it.
    """

    CSS = """
    FailureScreen { align: center middle; background: $background 60%; }
    FailureScreen > Vertical {
        width: 70; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $error;
    }
    FailureScreen .keys { margin-top: 1; color: $text-muted; }
    """

    def __init__(self, sentence: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._sentence = sentence
        self._hold = Hold(clock)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(content(self._sentence))
            yield Static(content("Everything up to here is stored. Press any key to leave."), classes="keys")

    def on_mount(self) -> None:
        self.call_after_refresh(self._hold.begin)

    @property
    def guarded(self) -> bool:
        """Whether it has appeared, so that its first moments are being counted."""
        return self._hold.begun

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if self._hold.over():
            self.dismiss(None)

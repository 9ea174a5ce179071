"""An app out of which nothing reaches the terminal but what is meant to, not even when it fails."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.segment import Segments
from rich.text import Text
from textual import events
from textual.app import App
from textual.filter import LineFilter
from textual.widgets import OptionList

from hephaestus_tui.ui.text import EscapeFilter, line

log = logging.getLogger(__name__)


class SealedApp(App[None]):
    """`log_file` is named after a crash, in place of what the program was doing."""

    def __init__(self, log_file: Path | None) -> None:
        super().__init__()
        self._log_file = log_file
        self._escapes = EscapeFilter()
        self.rebound: Mapping[str, str] = {}  # action → the key that a person moved it to

    def to_terminal(self, text: str) -> None:
        """Write past every filter: the caller has cleaned it. Without a terminal nothing is written."""
        if self._driver is not None and not self._driver.is_headless:
            self._driver.write(text)

    def on_key(self, event: events.Key) -> None:
        # Textual's list looks up the line of its cursor, and fails while it has no room to have lines
        is_page = event.key in ("pageup", "pagedown")
        if is_page and isinstance(listed := self.focused, OptionList) and not listed.scrollable_content_region:
            event.prevent_default()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._escapes]

    def _handle_exception(self, error: Exception) -> None:
        log.critical("the app failed", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own prints the locals of every frame, and with them whatever secret is in one
        name = type(self._exception).__name__
        where = f"Details are in {line(str(self._log_file))}. " if self._log_file else ""
        message = Text(f"hephaestus failed ({name}). {where}The run is stored and can be opened again.")
        self._exit_renderables.append(Segments(self.console.render(message, self.console.options)))
        self._close_messages_no_wait()

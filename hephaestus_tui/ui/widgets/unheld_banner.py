"""Says, for as long as nothing holds the commands of a run, that it is so: else one would trust a sandbox that is not there."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.held import banner_words
from hephaestus_tui.ui.text import line

_WHY = "`hephaestus doctor` says why"


class UnheldBanner(Widget):
    """One row while a run is open whose commands no sandbox holds, none else. `ellipsis` is what cut words end with."""

    DEFAULT_CSS = """
    UnheldBanner { height: 1; padding: 0 1; background: $error; color: $background; text-style: bold; display: none; }
    """

    def __init__(self, ellipsis: str) -> None:
        super().__init__()
        self._ellipsis = ellipsis
        self._words = ""

    def show(self, state: RunState) -> None:
        """Take what was found out about the machine; draws only a change."""
        words = banner_words(state.containment) if state.run_id else ""
        if words != self._words:
            self._words = words
            self.display = bool(words)
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        gap = width - len(self._words) - len(_WHY)
        return Content(
            f"{self._words}{' ' * gap}{_WHY}" if gap >= 2 else line(self._words, width, ellipsis=self._ellipsis)
        )

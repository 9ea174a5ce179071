"""Trying the themes: the one that is pointed at is shown at once, behind the list."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.await_complete import AwaitComplete
from textual.widgets import OptionList

from hephaestus_tui.ui.screens.pick import Choice, PickScreen


class ThemeScreen(PickScreen):
    """Gives back the name of the theme that was taken, or None; then the one that was there before is back."""

    # only the CSS of a screen's own class is read, and for that class alone unless it is told otherwise
    SCOPED_CSS = False
    CSS = f"{PickScreen.CSS} ThemeScreen {{ background: $background 0%; }}"

    def __init__(self, names: Sequence[str], before: str, own: Sequence[str]) -> None:
        notes = dict.fromkeys(own, "yours") | {before: "now"}
        first = sorted(names, key=lambda name: name != before)
        super().__init__([Choice(name, name, note=notes.get(name, "")) for name in first], "which theme?")
        self._before = before

    @on(OptionList.OptionHighlighted)
    def _pointed_at(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id in self.app.available_themes:
            self.app.theme = event.option_id

    def dismiss(self, result: str | None = None) -> AwaitComplete:
        """Leave; without a result everything looks as it did before."""
        if result is None and self.is_active:
            self.app.theme = self._before
        return super().dismiss(result)

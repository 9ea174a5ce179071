"""Screens that are left once. A key that is held down or pressed twice may reach a screen when it has gone already, and
Textual would then take the screen under it away: in the end the run's own, with which the app ends."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from hephaestus_tui.ui.panes import too_small

_T = TypeVar("_T")


class LeftOnce(Screen[_T]):
    """A screen that may be dismissed only while it is the one on top."""

    def dismiss(self, result: _T | None = None) -> AwaitComplete:
        """Leave with a result; does nothing where it has been left already, or something lies over it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Modal(ModalScreen[_T], LeftOnce[_T]):
    """The same over another screen. In a terminal that is too small it is not to be seen, and none of its keys acts."""

    _in_use: Widget | None = None  # what had the focus when it became too small

    def on_resize(self, event: events.Resize) -> None:
        """Hide, or appear again with everything as it was."""
        small = too_small(event.size)
        if small == self.has_class("-too-small"):
            return
        if small:
            self._in_use = self.focused
        self.set_class(small, "-too-small")
        if not small and self._in_use is not None:
            self.call_after_refresh(self._in_use.focus)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.has_class("-too-small")

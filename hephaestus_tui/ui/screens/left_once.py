"""Screens that are left once. A key that is held down or pressed twice may reach a screen when it has gone already, and
Textual would then take the screen under it away: in the end the run's own, with which the app ends."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

_T = TypeVar("_T")


class LeftOnce(Screen[_T]):
    """A screen that may be dismissed only while it is the one on top."""

    def dismiss(self, result: _T | None = None) -> AwaitComplete:
        """Leave with a result; does nothing where it has been left already, or something lies over it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Modal(ModalScreen[_T], LeftOnce[_T]):
    """The same over another screen."""

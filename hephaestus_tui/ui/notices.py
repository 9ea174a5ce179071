"""The one way to say something in passing: cleaned, never parsed as markup, never in the way for long."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.notifications import SeverityLevel

from hephaestus_tui.ui.text import clean


def say(app: App[Any], text: str, *, seconds: float = 4) -> None:
    """A note that something was done."""
    _show(app, text, "information", seconds)


def warn(app: App[Any], text: str) -> None:
    """A refusal or a failure, with what to do next."""
    _show(app, text, "error", 8)


def _show(app: App[Any], text: str, severity: SeverityLevel, seconds: float) -> None:
    # a key that is pressed again, or held down, would pile the same words up
    if not any(shown.message == clean(text, limit=1_000) for shown in app._notifications):
        app.notify(clean(text, limit=1_000), severity=severity, timeout=seconds, markup=False)

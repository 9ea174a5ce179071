"""The one way to say something in passing: cleaned, never parsed as markup, never in the way for long."""

from __future__ import annotations

from typing import Any

from textual.app import App

from hephaestus_tui.ui.text import clean


def say(app: App[Any], text: str) -> None:
    """A note that something was done."""
    app.notify(clean(text, limit=1_000), timeout=4, markup=False)


def warn(app: App[Any], text: str) -> None:
    """A refusal or a failure, with what to do next."""
    app.notify(clean(text, limit=1_000), severity="error", timeout=8, markup=False)

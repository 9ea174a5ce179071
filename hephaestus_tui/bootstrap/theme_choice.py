"""Keeps the theme that was chosen while the app ran beside the runs: the settings are the person's, and not written by us."""

from __future__ import annotations

from pathlib import Path

from hephaestus_tui.bootstrap.kept import keep, kept
from hephaestus_tui.domain.errors import StoreError

FILE = "theme.json"


def chosen_theme(state: Path, wanted: str) -> str:
    """The theme to begin with, where the settings have `wanted`.

    A choice counts until the settings name another theme than when it was made: who writes there is not overruled.
    """
    choice = kept(state, FILE)
    theme = choice.get("theme")
    return theme if isinstance(theme, str) and choice.get("settings") == wanted else wanted


def keep_theme(state: Path, wanted: str, name: str) -> None:
    """Begin with `name` from now on, where the settings have `wanted`. Raises StoreError."""
    try:
        keep(state, FILE, None if name == wanted else {"theme": name, "settings": wanted})
    except OSError as error:
        raise StoreError(
            f"The theme cannot be kept: {state / FILE}: {error.strerror}. Name it as `theme` under [ui] in config.toml instead."
        ) from error

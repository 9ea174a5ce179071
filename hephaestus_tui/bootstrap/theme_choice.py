"""Keeps the theme that was chosen while the app ran beside the runs: the settings are the person's, and not written by us."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.paths import make_folder

FILE = "theme.json"


def chosen_theme(state: Path, wanted: str) -> str:
    """The theme to begin with, where the settings have `wanted`.

    A choice counts until the settings name another theme than when it was made: who writes there is not overruled.
    """
    try:
        kept = json.loads((state / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return wanted  # none was made, or what is there is not ours
    if not isinstance(kept, dict) or kept.get("settings") != wanted or not isinstance(kept.get("theme"), str):
        return wanted
    return str(kept["theme"])


def keep_theme(state: Path, wanted: str, name: str) -> None:
    """Begin with `name` from now on, where the settings have `wanted`. Raises StoreError."""
    make_folder(state)
    path = state / FILE
    try:
        if name == wanted:
            path.unlink(missing_ok=True)
            return
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps({"theme": name, "settings": wanted}), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise StoreError(
            f"The theme cannot be kept: {path}: {error.strerror}. Name it as `theme` under [ui] in config.toml instead."
        ) from error

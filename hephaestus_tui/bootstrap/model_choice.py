"""Keeps the model that was chosen on the first screen beside the runs: the settings are the person's, and not written by us."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.paths import make_folder

FILE = "model.json"


def chosen_model(state: Path) -> str:
    """The model for new runs where nothing else names one; "" where none was chosen."""
    try:
        kept = json.loads((state / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""  # none was, or what is there is not ours
    model = kept.get("model") if isinstance(kept, dict) else None
    return model if isinstance(model, str) else ""


def keep_model(state: Path, model: str) -> None:
    """Raises StoreError."""
    make_folder(state)
    path = state / FILE
    try:
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps({"model": model}), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise StoreError(
            f"The model cannot be kept: {path}: {error.strerror}. Name it as `model` in config.toml instead."
        ) from error

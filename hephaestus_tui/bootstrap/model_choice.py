"""Keeps the model that was chosen on the first screen beside the runs: the settings are the person's, and not written by us."""

from __future__ import annotations

from pathlib import Path

from hephaestus_tui.bootstrap.kept import keep, kept
from hephaestus_tui.domain.errors import StoreError

FILE = "model.json"


def chosen_model(state: Path) -> str:
    """The model for new runs where nothing else names one; "" where none was chosen."""
    model = kept(state, FILE).get("model")
    return model if isinstance(model, str) else ""


def keep_model(state: Path, model: str) -> None:
    """Raises StoreError."""
    try:
        keep(state, FILE, {"model": model})
    except OSError as error:
        raise StoreError(
            f"The model cannot be kept: {state / FILE}: {error.strerror}. Name it as `model` in config.toml instead."
        ) from error

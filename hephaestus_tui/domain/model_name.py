"""How a model is called where a person reads it; without this a script's path fills the row that names it."""

from __future__ import annotations


def short_model(model: str) -> str:
    """A model that is a file is known by the file's name."""
    provider, _, name = model.partition(":")
    return f"{provider}:{name.rpartition('/')[2]}" if name.startswith("/") else model

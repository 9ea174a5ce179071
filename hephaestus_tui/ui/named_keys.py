"""Names for the keys that a pane keeps for itself, so that the settings can move them like any other action's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType

from hephaestus_tui.ui.sealed import SealedApp

_STEPS = {"1": "next", "-1": "previous", "'+'": "new", "'-'": "old"}


def with_names(scope: str, bound: Sequence[BindingType]) -> list[BindingType]:
    """Each under an id made of `scope` and what it does: "tasks.fold", "tasks.blocker-next"."""
    return [replace(b, id=b.id or _name(scope, b.action)) if isinstance(b, Binding) else b for b in bound]


def keys_of(binding: Binding, keys: Mapping[str, str]) -> list[str]:
    """The keys that do it now; `keys` are the rebindings, by id."""
    return [key.strip() for key in keys.get(binding.id or "", binding.key).split(",")]


def _name(scope: str, action: str) -> str:
    does, _, argument = action.rstrip(")").partition("(")
    words = does if not argument else f"{does} {_STEPS.get(argument, argument)}"
    return f"{scope}." + re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")


def rebindings(app: App[Any]) -> Mapping[str, str]:
    """The keys that a person has moved, by id."""
    return app.rebound if isinstance(app, SealedApp) else {}

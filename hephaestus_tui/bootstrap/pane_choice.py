"""Keeps how wide a person has made the panes, beside the runs and for all of them: it is no setting, and no project's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from hephaestus_tui.bootstrap.kept import keep, kept
from hephaestus_tui.domain.errors import StoreError

FILE = "panes.json"


def chosen_panes(state: Path) -> dict[int, tuple[float, ...]]:
    """The share of each pane, by the number of panes; nothing where none were chosen, or what is there is not ours."""
    try:
        chosen = {int(panes): tuple(float(s) for s in shares) for panes, shares in kept(state, FILE).items()}
    except (ValueError, TypeError, OverflowError):
        return {}
    return chosen if all(math.isfinite(s) for shares in chosen.values() for s in shares) else {}


def keep_panes(state: Path, shares: Mapping[int, Sequence[float]]) -> None:
    """Begin with these from now on. Raises StoreError."""
    try:
        keep(state, FILE, {str(panes): list(of) for panes, of in shares.items()} or None)
    except OSError as error:
        raise StoreError(
            f"The widths of the panes cannot be kept: {state / FILE}: {error.strerror}. They hold until you quit."
        ) from error

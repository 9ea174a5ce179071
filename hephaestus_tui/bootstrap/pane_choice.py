"""Keeps how wide a person has made the panes, beside the runs and for all of them: it is no setting, and no project's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.paths import make_folder

FILE = "panes.json"


def chosen_panes(state: Path) -> dict[int, tuple[float, ...]]:
    """The share of each pane, by the number of panes; nothing where none were chosen, or what is there is not ours."""
    try:
        kept = json.loads((state / FILE).read_text(encoding="utf-8"))
        return {int(panes): tuple(float(share) for share in shares) for panes, shares in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def keep_panes(state: Path, shares: Mapping[int, Sequence[float]]) -> None:
    """Begin with these from now on. Raises StoreError."""
    make_folder(state)
    path = state / FILE
    try:
        if not shares:
            path.unlink(missing_ok=True)
            return
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps({str(panes): list(of) for panes, of in shares.items()}), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise StoreError(
            f"The widths of the panes cannot be kept: {path}: {error.strerror}. They hold until you quit."
        ) from error

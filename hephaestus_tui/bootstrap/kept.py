"""Keeps small choices of a person as JSON beside the runs: a broken file of ours must not keep the app from starting."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hephaestus_tui.paths import make_folder


def kept(state: Path, file: str) -> dict[str, Any]:
    """What the file holds; empty where there is none, or what is there is not ours, whatever its bytes are."""
    try:
        found = json.loads((state / file).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(state: Path, file: str, value: dict[str, Any] | None) -> None:
    """Write it whole or not at all; without a value the file goes. Raises OSError, StoreError."""
    make_folder(state)
    path = state / file
    if value is None:
        path.unlink(missing_ok=True)
        return
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(value), encoding="utf-8")
    new.replace(path)

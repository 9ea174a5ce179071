"""What every check of the doctor tells, and how: a check on its own could neither be told nor counted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.cli.stores import places
from hephaestus_tui.config import Settings
from hephaestus_tui.settings import read_settings


class Standing(StrEnum):
    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    standing: Standing
    text: str


def fit(what: str, fits: bool, text: str) -> Finding:
    """Something without which hephaestus works too, only worse."""
    return Finding(what, Standing.OK if fits else Standing.NOTE, text)


def read() -> Settings:
    """The settings as a run would have them. Raises ConfigError."""
    return read_settings(places().config, os.environ, {})

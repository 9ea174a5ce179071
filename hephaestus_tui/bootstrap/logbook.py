"""The log beside the database: private, bounded, and without the key, which an error of a library could bring into it."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from hephaestus_tui.providers.secret import Secret

ROOT = logging.getLogger("hephaestus_tui")
MOST_BYTES, BACKUPS = 1_000_000, 2


class _Private(RotatingFileHandler):
    """Only its owner may read it, wherever it lies."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))


class _Discreet(logging.Formatter):
    def __init__(self, keys: Sequence[Secret]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._keys = keys

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for key in self._keys:
            text = key.hide(text)
        return text


def open_log(path: Path, keys: Sequence[Secret]) -> logging.Handler:
    """From now on our loggers write to `path`, and nowhere else; the file is made by the first record."""
    handler = _Private(path, maxBytes=MOST_BYTES, backupCount=BACKUPS, delay=True)
    handler.setFormatter(_Discreet(keys))
    ROOT.addHandler(handler)
    ROOT.setLevel(logging.INFO)
    ROOT.propagate = False
    return handler


def close_log(handler: logging.Handler) -> None:
    ROOT.removeHandler(handler)
    ROOT.propagate = True
    handler.close()

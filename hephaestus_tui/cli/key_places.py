"""Says in which line of the settings a key stands that cannot be: the parsed settings have forgotten it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hephaestus_tui.domain.errors import ConfigError
from hephaestus_tui.first_look import FILE
from hephaestus_tui.ui.key_fault import KeyFault


@contextmanager
def named_by_line(folder: Path) -> Iterator[None]:
    """Raises ConfigError in place of KeyFault."""
    try:
        yield
    except KeyFault as fault:
        raise ConfigError(f"{folder / FILE}{_line(folder / FILE, fault.action_id)}: {fault}") from fault


def _line(path: Path, name: str) -> str:
    name = re.escape(name)
    wanted = re.compile(rf"""(?:(["']){name}\1|(?<![\w."'-]){name})\s*=""")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""  # it was there when the settings were read
    return next((f", line {n}" for n, line in enumerate(lines, 1) if wanted.search(line.partition("#")[0])), "")

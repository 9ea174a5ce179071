"""Reads a command as an argument vector where no shell could read it otherwise; without it a rule would allow more than it says.

Whatever a shell might expand, split, assign or redirect makes a command compound: it is not read at all, so it asks.
"""

from __future__ import annotations

import re

_WORD = r"[A-Za-z0-9_@%+:,./=-]+"
_PROGRAM = r"[A-Za-z0-9_./][A-Za-z0-9_.+/-]*"
_SIMPLE = re.compile(rf"{_PROGRAM}(?: {_WORD})*")


def simple_argv(command: str) -> tuple[str, ...] | None:
    """The words of a command without any character that means something to a shell; None where it holds one."""
    return tuple(command.split(" ")) if _SIMPLE.fullmatch(command) else None

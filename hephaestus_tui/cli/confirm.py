"""A question that must be answered with yes before something is done; nobody answers it by accident or for a person."""

from __future__ import annotations

import sys

from hephaestus_tui.cli import output
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.plain import one_line


def require_someone(yes: bool) -> None:
    """Raises UsageError where there is neither --yes nor a terminal at which somebody could say it.

    In lines that are spoken the terminal belongs to the prompt, and to read it here as well would wait for ever.
    """
    if not yes and output.spoken.get():
        raise UsageError("It must be confirmed, so nothing was done: type it again with --yes.")
    if not yes and (sys.stdin is None or not sys.stdin.isatty()):
        raise UsageError("Nobody is here to confirm it, so nothing was done: repeat it with --yes.")


def confirmed(question: str, yes: bool) -> bool:
    """Whether it is to be done. Raises UsageError as `require_someone` does."""
    require_someone(yes)
    if yes:
        return True
    print(f"{one_line(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")

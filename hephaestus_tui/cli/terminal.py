"""Is there a terminal that can show the app? Asked before anything is made for it."""

from __future__ import annotations

import os
import sys

from hephaestus_tui.domain.errors import UsageError

INSTEAD = (
    "Without one use --plain, in which you type commands, or --headless: hephaestus run GOAL --headless --decide POLICY, "
    "or hephaestus demo --headless --decide accept"
)


def require_terminal() -> None:
    """Raises UsageError where no screen can be drawn: Textual itself would write escapes into whatever is there."""
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        raise UsageError(f"The app needs a terminal, and there is none. {INSTEAD}")
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        raise UsageError(f"This terminal (TERM=dumb) cannot show the app. Set TERM. {INSTEAD}")


def _is_terminal(stream: object) -> bool:
    # a stream that was closed before the start is None
    return stream is not None and getattr(stream, "isatty", lambda: False)()

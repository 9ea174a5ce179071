"""Notices an agent that goes round in circles: without it the same call would be made and paid for until a limit."""

from __future__ import annotations

import json
import re

from hephaestus_tui.domain.message import ToolCallPart
from hephaestus_tui.tools.base import ToolOutcome

SAME = 3
_TOOK = re.compile(r"\A(\[[^\n\]]* )after [0-9.]+ s\]")


class Repeats:
    """Counts calls in a row that are alike in tool, arguments and result.

    Polling is not counted: a call that asks to wait (`wait`), and one whose result changes, such as a command that reads a log
    that grows. How long a command took is no change.
    """

    def __init__(self) -> None:
        self._last: tuple[str, str, str] | None = None
        self._count = 0

    def note(self, call: ToolCallPart, outcome: ToolOutcome) -> bool:
        """Whether this is the `SAME`-th in a row; the count then begins anew."""
        arguments = json.loads(call.arguments)
        if isinstance(arguments, dict) and arguments.get("wait"):
            self._last, self._count = None, 0
            return False
        now = (call.name, json.dumps(arguments, sort_keys=True), _TOOK.sub(r"\1]", outcome.content))
        self._count = self._count + 1 if now == self._last else 1
        self._last = now
        if self._count < SAME:
            return False
        self._last, self._count = None, 0
        return True

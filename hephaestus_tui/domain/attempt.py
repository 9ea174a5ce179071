"""One attempt at a task: without them a task that was begun three times would tell of the last one alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`number` counts from 1; `model` is whom it began with. `how` and `why` say how it ended, and are empty until then.

    Times are Unix time in seconds.
    """

    number: int
    role: str
    model: str
    began: float
    ended: float | None = None
    how: str = ""
    why: str = ""

"""Without this, twenty agents would hammer a provider that asked them to wait.

The rules are those of the vendors' own clients: connection errors, 408, 409, 429 and 5xx are tried again,
`x-should-retry` overrules the status, `retry-after-ms` and `Retry-After` say when, otherwise 0.5 · 2ⁿ seconds up to
8, less up to a quarter.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

RETRIES = 4
LONGEST_WAIT = 600.0
SHORTEST_WAIT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Every clock and wait of the providers: `now` is monotonic, `today` Unix time, `chance` within [0, 1)."""

    now: Callable[[], float] = time.monotonic
    today: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


def may_retry(status: int, headers: Mapping[str, str]) -> bool:
    match headers.get("x-should-retry"):
        case "true":
            return True
        case "false":
            return False
    return status in (408, 409, 429) or status >= 500


def backoff(tries: int, chance: float) -> float:
    """Seconds to wait after the `tries`-th failure, counted from 1."""
    longest: float = min(0.5 * 2 ** (tries - 1), 8.0)
    return longest * (1 - 0.25 * chance)


def asked_wait(headers: Mapping[str, str], today: float) -> float | None:
    """Seconds that the server asked for, at most `LONGEST_WAIT`; None where it asked for nothing sensible."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    word = headers.get("retry-after")
    seconds = _number(word)
    if seconds is None and word:
        try:
            seconds = parsedate_to_datetime(word).timestamp() - today
        except (ValueError, OverflowError):
            return None
    return None if seconds is None else _bounded(seconds)


def _number(word: str | None) -> float | None:
    try:
        value = float(word) if word else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _bounded(seconds: float) -> float | None:
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None


class Gate:
    """One provider's shared pause: when it tells one agent to wait, the others wait too."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._open_at = -math.inf

    def close_for(self, seconds: float) -> None:
        self._open_at = max(self._open_at, self._pace.now() + seconds)

    def wait_left(self) -> float:
        """Seconds until it opens; a little more for each asker, so that they do not all rush in at once."""
        left = self._open_at - self._pace.now()
        return left * (1 + 0.25 * self._pace.chance()) if left > SHORTEST_WAIT else 0.0

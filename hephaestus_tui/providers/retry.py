"""Without this, twenty agents would hammer a provider that asked them to wait.

The rules are those of the vendors' own clients: connection errors, 408, 409, 429 and 5xx are tried again,
`x-should-retry` overrules the status, `retry-after-ms` and `Retry-After` say when, otherwise 0.5 · 2ⁿ seconds up to
8, less up to a quarter. But where the vendors' clients give up after a few tries, agents wait: a provider that has
answered before is asked again for a quarter of an hour, by one of them at a time.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

RETRIES = 4  # of each who asks a provider that has not answered yet
PATIENCE = 900.0  # seconds with one that has
LONGEST_WAIT = 600.0
TICK = 1.0
SPREAD = 2.0


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


@dataclass(frozen=True, slots=True)
class Wait:
    """`left` seconds remain, at the least, for `reason`."""

    reason: str
    left: float


class Gate:
    """What all who ask one provider share: after a failure one of them tries again when the wait is over, and only when it
    was answered do the others follow, one after another within `SPREAD` seconds."""

    def __init__(self, pace: Pace, patience: float = PATIENCE) -> None:
        self._pace = pace
        self._patience = patience
        self._open_at = -math.inf
        self._reason = ""
        self._failures = 0
        self._answered = False
        self._probe: object | None = None
        self._changed = asyncio.Event()
        self._waiting = 0

    async def pass_through(self, who: object) -> AsyncGenerator[Wait, None]:
        """Says, about once a second, how long there is to wait; ends when `who` may ask. `who` then tells what came of it."""
        held = False
        self._waiting += 1
        try:
            while self._failures and self._probe is not who:
                left = self._open_at - self._pace.now()
                if left <= 0 and self._probe is None:
                    self._probe = who
                    return
                held = True
                if left > 0:
                    yield Wait(self._reason, left)
                    await self._pause(min(left, TICK))
                else:
                    yield Wait(f"another agent tries it now. {self._reason}", TICK)
                    await self._pause(None)
            if held:
                await self._pace.sleep(SPREAD * self._pace.chance())
        finally:
            self._waiting -= 1

    def failed(self, who: object, reason: str, asked: float | None) -> None:
        """The request of `who` was refused before it began; the server may have asked for a wait of so many seconds."""
        if self._probe is who or not self._failures:  # those that were on their way together failed but once
            self._failures += 1
        seconds = asked or backoff(self._failures, self._pace.chance())
        self._open_at = max(self._open_at, self._pace.now() + seconds)
        self._reason = reason
        self._leave(who)

    def answered(self, who: object) -> None:
        """It works: everybody may ask again."""
        self._answered, self._failures, self._open_at = True, 0, -math.inf
        self._leave(who)

    def left(self, who: object) -> None:
        """`who` will not ask any more; another one tries in its place."""
        if self._probe is who:
            self._leave(who)

    def patient(self, tries: int, since: float) -> bool:
        """Whether one who failed so often, since a moment of `Pace.now`, waits on: a provider that never answered is more
        likely the wrong one than out of order."""
        return tries <= RETRIES or (self._answered and self._pace.now() - since < self._patience)

    def hurry(self) -> bool:
        """Let one try at once, even while another does; False where nobody waits."""
        if not (self._waiting and self._failures):
            return False
        self._open_at, self._probe = -math.inf, None
        self._wake()
        return True

    def _leave(self, who: object) -> None:
        if self._probe is who:
            self._probe = None
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _pause(self, seconds: float | None) -> None:
        """Until something has changed, or so many seconds at most."""
        changed = asyncio.ensure_future(self._changed.wait())
        both = [changed] if seconds is None else [changed, asyncio.ensure_future(self._pace.sleep(seconds))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in both:
                waiting.cancel()
            await asyncio.gather(*both, return_exceptions=True)

"""Keeps streamed text from filling a slow line, on which every key would wait behind frames that nobody needs any more.

Only streaming is rationed: what a key does is drawn at once, and so is a fact, a moment later.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import IO, Any

from textual.driver import Driver

# bytes a second for streamed text: ten thousand tokens at 200 a second are then less than 0.6 MB
BUDGET = 9_000
SLOW_FRAME_SECONDS = 1 / 3
MOST_SECONDS = 1.0  # that a frame waits, for the budget or for a line that takes nothing
_LOOK_SECONDS = 0.05
_STALL_SECONDS = 0.25
_STALLS = 2


@dataclass(slots=True)
class Line:
    """The way to the terminal: how much was handed to it, how much it took, and how often it kept us waiting."""

    handed: int = 0
    taken: int = 0
    stalls: int = 0

    @property
    def behind(self) -> bool:
        """Whether something is still on its way."""
        return self.taken < self.handed


@dataclass(slots=True)
class Pace:
    """`slow` is what a person said, or what was measured; `told` is whether they were told of it."""

    line: Line = field(default_factory=Line)
    slow: bool = False
    clock: Callable[[], float] = time.monotonic
    told: bool = field(init=False)
    _debt: float = 0.0
    _counted: int = 0
    _at: float = 0.0

    def __post_init__(self) -> None:
        self.told = self.slow

    def news(self) -> bool:
        """Once, when the line was found to be slow."""
        self.slow = self.slow or self.line.stalls >= _STALLS
        new, self.told = self.slow and not self.told, self.slow
        return new

    def at_least(self, seconds: float) -> float:
        """The time from a frame to the next one, where it would be `seconds` on a quick line."""
        return max(seconds, SLOW_FRAME_SECONDS) if self.slow else seconds

    async def free(self, streamed: bool, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until the next frame may be drawn; `streamed` says that it has nothing but streamed text."""
        waited = 0.0
        while self.line.behind and waited < MOST_SECONDS:
            await sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        now, handed = self.clock(), self.line.handed
        self._debt = max(0.0, self._debt - BUDGET * (now - self._at)) + handed - self._counted
        self._counted, self._at = handed, now
        if self.slow and streamed and self._debt > 0:
            await sleep(min(self._debt / BUDGET, MOST_SECONDS))


class _Measured:
    """A file that counts what it took, and when that took long. Written to by the driver's thread alone."""

    def __init__(self, file: IO[str], line: Line) -> None:
        self._file, self._line = file, line
        self._given = 0

    def write(self, text: str) -> None:
        self._given += len(text)
        self._timed(lambda: self._file.write(text))

    def flush(self) -> None:
        self._timed(self._file.flush)
        self._line.taken = self._given

    def _timed(self, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        self._line.stalls += time.monotonic() - began > _STALL_SECONDS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def measured(driver: type[Driver], line: Line) -> type[Driver]:
    """The same driver, with what it writes counted in `line`; as it is, where it writes in another way."""

    class MeasuredDriver(driver):  # type: ignore[misc,valid-type]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            file = getattr(self, "_file", None)
            self._counts = file is not None
            if file is not None:
                self._file: Any = _Measured(file, line)

        def write(self, data: str) -> None:
            if self._counts:
                line.handed += len(data)
            super().write(data)

    return MeasuredDriver

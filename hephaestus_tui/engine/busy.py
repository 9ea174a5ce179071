"""Counts work before it starts, so that "nothing moves without a human" is known and never guessed by a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Busy:
    """A counter with a "zero" that can be awaited. `enter` before handing work over, `leave` when it is done."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def enter(self) -> None:
        self._count += 1
        self._idle.clear()

    def leave(self) -> None:
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    @contextmanager
    def working(self) -> Iterator[None]:
        self.enter()
        try:
            yield
        finally:
            self.leave()

    @property
    def idle(self) -> bool:
        return self._count == 0

    async def settled(self) -> None:
        while self._count:  # who was woken at zero may run only after the next has entered
            await self._idle.wait()

"""Hands events to watchers. Facts are never lost: a watcher that falls behind is sent back to the journal for them.

Flickers are lost first: past `FLICKER_LIMIT` waiting ones, the newest are dropped and counted.
The publisher never waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from hephaestus_tui.domain.events import Event, Flicker, Recorded

FACT_LIMIT = 2_000
FLICKER_LIMIT = 5_000

ReadFacts = Callable[[int], Awaitable[Sequence[Recorded]]]


class _Watcher:
    def __init__(self, behind: bool) -> None:
        self.queue: deque[Event] = deque()
        self.facts = 0
        self.behind = behind
        self.wake = asyncio.Event()

    def push_fact(self, recorded: Recorded) -> None:
        if self.facts >= FACT_LIMIT:
            self.queue = deque(event for event in self.queue if not isinstance(event, Recorded))
            self.facts = 0
            self.behind = True
        if not self.behind:
            self.queue.append(recorded)
            self.facts += 1
        self.wake.set()

    def take(self) -> list[Event]:
        taken = list(self.queue)
        self.queue.clear()
        self.facts = 0
        self.wake.clear()
        return taken


class Bus:
    """`read_facts(after)` reads the journal of the run for a watcher that starts late or fell behind."""

    def __init__(self, read_facts: ReadFacts) -> None:
        self._read_facts = read_facts
        self._watchers: list[_Watcher] = []
        self._closed = False
        self.dropped_flickers = 0

    def publish(self, facts: Sequence[Recorded]) -> None:
        for watcher in self._watchers:
            for recorded in facts:
                watcher.push_fact(recorded)

    def flicker(self, flicker: Flicker) -> None:
        for watcher in self._watchers:
            if len(watcher.queue) - watcher.facts >= FLICKER_LIMIT:
                self.dropped_flickers += 1
                continue
            watcher.queue.append(flicker)
            watcher.wake.set()

    async def watch(self, after: int) -> AsyncGenerator[Event, None]:
        watcher = _Watcher(behind=True)
        watcher.wake.set()
        self._watchers.append(watcher)
        try:
            while not self._closed or watcher.queue or watcher.behind:
                if not watcher.behind:  # it may have fallen behind again while the journal was read
                    await watcher.wake.wait()
                if watcher.behind:
                    # cleared first: what is published during the read is queued, and read twice at most
                    watcher.behind = False
                    for recorded in await self._read_facts(after):
                        after = recorded.seq
                        yield recorded
                for event in watcher.take():
                    if isinstance(event, Recorded):
                        if event.seq <= after:
                            continue
                        after = event.seq
                    yield event
                if self._closed:
                    watcher.wake.set()
        finally:
            self._watchers.remove(watcher)

    def close(self) -> None:
        """Watchers end when they have seen all that was published."""
        self._closed = True
        for watcher in self._watchers:
            watcher.wake.set()

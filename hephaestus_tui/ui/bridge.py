"""Rations what the screen must draw: without it every token would be a frame, and streaming would freeze the keys.

Facts are folded at once, so keys always act upon the newest state; frames come at most 12 a second, the first one
after a quiet time at once, and none while nothing happens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.events import Event, Flicker, Recorded
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Session
from hephaestus_tui.ui.pace import Pace

FRAME_SECONDS = 1 / 12
# while another screen lies over the run's: there each frame paints everything anew, and keys would wait for it
COVERED_SECONDS = 1 / 2
# characters of a running command's output that are kept between frames; its result has them all
OUTPUT_LIMIT = 16_384
_TALK = (e.MessageAdded, e.ToolStarted, e.TurnCut, e.UsageRecorded, e.AgentSteered)
_TURN_ENDS = (e.MessageAdded, e.TurnCut, e.TaskCompleted, e.TaskFailed, e.TaskCancelled, e.AgentInterrupted)


@dataclass(frozen=True, slots=True)
class Frame:
    """What happened since the last frame. `state` is the live state, not a copy: read it now, do not keep it."""

    state: RunState
    facts: tuple[Recorded, ...] = ()
    flickers: tuple[Flicker, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether anything moved but conversations and what they cost; the first frame counts as that, too."""
        return (not self.flickers and not self.facts) or any(not isinstance(f.fact, _TALK) for f in self.facts)

    def note_retries(self, known: dict[TaskId, str]) -> None:
        """Keep in `known` why the providers of some agents must be asked again, for as long as that is due."""
        for flicker in self.flickers:
            known.pop(flicker.task_id, None)
            if isinstance(flicker, e.ProviderWaiting) and flicker.seconds:
                known[flicker.task_id] = f"{flicker.reason} Next try in {max(flicker.seconds, 1):.0f} s."


class Bridge:
    """Watches a session and hands frames to `draw`, which is called on the loop and never at the same time twice."""

    def __init__(
        self,
        session: Session,
        draw: Callable[[Frame], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        pace: Pace | None = None,
    ) -> None:
        self.state = session.state()
        self._session = session
        self._draw = draw
        self._clock = clock
        self._sleep = sleep
        self.pace = pace or Pace(clock=clock)
        self._facts: list[Recorded] = []
        self._fresh: dict[TaskId, list[Flicker]] = {}
        self._live: dict[TaskId, list[Flicker]] = {}
        self._news = asyncio.Event()
        self._due = 0.0
        self.covered = False

    async def run(self) -> None:
        """Draw the state as it is, then all that follows, until the session closes.

        A failure of the session or of `draw` comes out in an ExceptionGroup.
        """
        self._draw(Frame(self.state))
        async with asyncio.TaskGroup() as group, aclosing(self._session.watch(self.state.seq)) as events:
            drawing = group.create_task(self._frames())
            async for event in events:
                self.take(event)
            drawing.cancel()
        self.flush()

    def take(self, event: Event) -> None:
        """Fold one event; it will be in the next frame."""
        if isinstance(event, Recorded):
            apply(self.state, event)
            self._facts.append(event)
            if isinstance(event.fact, _TURN_ENDS):
                self._live.pop(event.fact.task_id, None)
        else:
            if isinstance(event, e.TurnBegan):
                self._live.pop(event.task_id, None)
            _add(self._fresh.setdefault(event.task_id, []), event)
            _add(self._live.setdefault(event.task_id, []), event)
        self._news.set()

    def live(self, task_id: TaskId | None = None) -> tuple[Flicker, ...]:
        """All that was streamed in turns that are still going on, of a task or of all: for a screen that turns to them midway."""
        if task_id is None:
            return tuple(flicker for flickers in self._live.values() for flicker in flickers)
        return tuple(self._live.get(task_id, ()))

    def flush(self) -> None:
        """Draw what has been collected now, if there is anything."""
        self._news.clear()
        if not self._facts and not self._fresh:
            return
        frame = Frame(self.state, tuple(self._facts), tuple(f for fresh in self._fresh.values() for f in fresh))
        self._facts, self._fresh = [], {}
        self._draw(frame)

    async def _frames(self) -> None:
        while True:
            await self._news.wait()
            # also with nothing left to wait for this gives the loop a turn, so that a burst becomes one frame
            await self._sleep(max(0.0, self._due - self._clock()))
            await self.pace.free(not self._facts, self._sleep)
            self.flush()
            self._due = self._clock() + self.pace.at_least(COVERED_SECONDS if self.covered else FRAME_SECONDS)


def _add(flickers: list[Flicker], flicker: Flicker) -> None:
    if flickers and (joined := _joined(flickers[-1], flicker)) is not None:
        flickers[-1] = joined
    else:
        flickers.append(flicker)


def _joined(before: Flicker, after: Flicker) -> Flicker | None:
    """One flicker that says what both say, or None where they say different things."""
    match before, after:
        case e.TextStreamed(), e.TextStreamed() if (before.turn, before.channel) == (after.turn, after.channel):
            return replace(before, text=before.text + after.text)
        case e.ToolOutput(), e.ToolOutput() if (before.turn, before.index) == (after.turn, after.index):
            return replace(before, text=(before.text + after.text)[-OUTPUT_LIMIT:])
        case e.ProviderWaiting(), e.ProviderWaiting():
            return after
        case e.CallStreamed(), e.CallStreamed() if (before.turn, before.index) == (after.turn, after.index):
            return after
        case _:
            return None

"""A moment between a human's acceptance and the start of the task, in which the decision can still be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from hephaestus_tui.domain.decision import ActorKind
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger


class Grace:
    """Holds back what was accepted less than `gate.undo_seconds` ago, and calls `wake` when the next of it may start.

    A human's own task, a rule's decision and a task that is tried again wait for nobody.
    """

    def __init__(self, ledger: Ledger, kit: Kit, wake: Callable[[], None]) -> None:
        self._ledger = ledger
        self._kit = kit
        self._wake = wake
        self._waiting: asyncio.Task[None] | None = None

    def over(self, ready: Iterable[TaskId]) -> list[TaskId]:
        """Those that may start now; for the others the time is kept."""
        left = {task_id: self._seconds_left(task_id) for task_id in ready}
        held = [seconds for seconds in left.values() if seconds > 0]
        if held and self._waiting is None:
            # something will move without a human: the engine is not settled meanwhile
            self._ledger.busy.enter()
            self._waiting = asyncio.create_task(self._kit_sleep(min(held)), name="grace")
            self._waiting.add_done_callback(self._passed)
        return [task_id for task_id, seconds in left.items() if seconds <= 0]

    async def close(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.wait([self._waiting])

    def _seconds_left(self, task_id: TaskId) -> float:
        state = self._ledger.state
        task, decision = state.tasks[task_id], state.decisions[task_id]
        if task.attempt or task.origin.task_id is None or decision.actor.kind is not ActorKind.HUMAN:
            return 0.0
        return decision.decided_at + self._kit.settings.gate.undo_seconds - self._kit.now()

    async def _kit_sleep(self, seconds: float) -> None:
        await self._kit.sleep(seconds)

    def _passed(self, waiting: asyncio.Task[None]) -> None:
        self._waiting = None
        self._wake()
        self._ledger.busy.leave()

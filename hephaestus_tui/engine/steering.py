"""Carries out what a human orders of agents: what must cut them off first does so, and then stores the order whole.

Each order comes to facts of single agents, in one transaction, so that replay needs no arithmetic of who was meant.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from hephaestus_tui.domain.commands import Order, Pause, Receipt, Restart, Resume, Revoke, Steer, Step, Stop
from hephaestus_tui.domain.events import Fact, MessageAdded
from hephaestus_tui.domain.reach import listeners, restartable, unended
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When
from hephaestus_tui.engine import ending, holding, words
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.cutting import results_of_cut
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.scheduler import Scheduler
from hephaestus_tui.engine.tally import Tally
from hephaestus_tui.engine.workshop import Workshop

_AT_ONCE: Mapping[type[Any], Callable[[RunState, Any], Tally]] = {
    Pause: holding.pause,
    Resume: holding.resume,
    Step: holding.step,
    Steer: words.steer,
    Revoke: words.revoke,
}


class Steering:
    """`now` is Unix time in seconds."""

    def __init__(self, ledger: Ledger, scheduler: Scheduler, shop: Workshop, now: Callable[[], float]) -> None:
        self._ledger = ledger
        self._scheduler = scheduler
        self._shop = shop
        self._now = now

    async def carry_out(self, order: Order) -> Receipt:
        """Raises UnknownTask, CommandRefused where nobody is reached, StoreError."""
        match order:
            case Stop():
                return await self._stop(order)
            case Restart():
                return await self._restart(order)
            case Steer(when=When.INTERRUPTING):
                return await self._interrupt(order)
            case _:
                async with self._ledger.lock:
                    return await self._record(_AT_ONCE[type(order)](self._ledger.state, order))

    async def _stop(self, order: Stop) -> Receipt:
        # worked out before as well: what has ended may be answering a question, and is left alone
        ending.stop(self._ledger.state, order)
        reason = ending.stop_reason(order)
        async with self._cut_off(lambda state: unended(state, order.reach), reason):
            kept = {task_id: await self._shop.kept(task_id) for task_id in unended(self._ledger.state, order.reach)}
            return await self._record(ending.stop(self._ledger.state, order, kept))

    async def _restart(self, order: Restart) -> Receipt:
        ending.restart(self._ledger.state, order, {})
        reason = ending.restart_reason(order)
        async with self._cut_off(lambda state: restartable(state, order.reach), reason):
            begins: dict[TaskId, int] = {}
            results: list[Fact] = []
            if order.note.strip() or order.fresh:
                for task_id in restartable(self._ledger.state, order.reach):
                    talk = await Conversation.load(self._ledger, task_id)
                    closed = self._closed(talk, task_id, order)
                    results += closed
                    begins[task_id] = talk.next_ordinal + len(closed)
            tally = ending.restart(self._ledger.state, order, begins)
            # after the end of the try: a call in which it waited is left, and what is said of that comes as a message
            recorded = await self._ledger.record(*tally.facts, *results)
            return tally.receipt(recorded[-1].seq)

    async def _interrupt(self, order: Steer) -> Receipt:
        words.steer(self._ledger.state, order)
        async with self._cut_off(lambda state: listeners(state, order.reach), f"interrupted by {order.actor}") as said:
            results: list[Fact] = []
            for task_id in listeners(self._ledger.state, order.reach):
                results += self._closed(await Conversation.load(self._ledger, task_id), task_id, order)
            return await self._record(words.steer(self._ledger.state, order, said), *results)

    def _closed(self, talk: Conversation, task_id: TaskId, order: Steer | Restart) -> list[Fact]:
        message = results_of_cut(self._ledger.state, talk, task_id, order.actor, self._now())
        return [MessageAdded(task_id=task_id, message=message)] if message else []

    @asynccontextmanager
    async def _cut_off(
        self, whom: Callable[[RunState], tuple[TaskId, ...]], reason: str
    ) -> AsyncIterator[Mapping[TaskId, str]]:
        """Within the block none of them works or starts, and the ledger's lock is held; gives what each was saying."""
        said: dict[TaskId, str] = {}
        async with AsyncExitStack() as stack:
            while True:
                late = [task_id for task_id in whom(self._ledger.state) if task_id not in said]
                said |= await stack.enter_async_context(self._scheduler.halted(late, reason))
                async with self._ledger.lock:
                    # some may have started while others were being ended
                    if all(task_id in said for task_id in whom(self._ledger.state)):
                        yield said
                        return

    async def _record(self, tally: Tally, *before: Fact) -> Receipt:
        recorded = await self._ledger.record(*before, *tally.facts)
        return tally.receipt(recorded[-1].seq)

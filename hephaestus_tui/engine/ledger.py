"""The run's state and the only way to change it: a fact is stored, then folded, then published, in that order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from hephaestus_tui.domain.events import Fact, Flicker, Recorded
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.engine.bus import Bus
from hephaestus_tui.engine.busy import Busy
from hephaestus_tui.session import Told
from hephaestus_tui.store.store import Store

log = logging.getLogger(__name__)

Condition = Callable[[RunState], bool]
STEP = 500  # facts that are read and folded at once: some ten milliseconds


class Ledger:
    """`lock` is held from reading the state until what was concluded from it is stored: the gate, the scheduler
    and whoever else must not see the ground move. Transcript facts need no lock."""

    def __init__(self, store: Store, run_id: RunId) -> None:
        self.run_id = run_id
        self.store = store
        self.state = RunState()
        self.busy = Busy()
        self.bus = Bus(self._folded)
        self.lock = asyncio.Lock()
        self._parked: list[tuple[Condition, asyncio.Future[None]]] = []
        self._listeners: list[Callable[[], None]] = []
        self._early: list[Recorded] | None = []
        self._unsubscribe = store.subscribe(self._stored)

    @classmethod
    async def open(cls, store: Store, run_id: RunId, told: Told | None = None) -> Ledger:
        """A stored run as its journal leaves it; `told` hears how much of how much was read, where that takes long."""
        ledger = cls(store, run_id)
        try:
            await ledger._replay(told)
        except BaseException:
            ledger.close()
            raise
        return ledger

    async def _replay(self, told: Told | None) -> None:
        """In steps, between which the loop has its turn: whoever looks at a screen may type meanwhile."""
        read = total = 0
        while facts := await self.store.facts(self.run_id, self.state.seq, STEP):
            for recorded in facts:
                apply(self.state, recorded)
            if len(facts) < STEP:
                break
            read += len(facts)
            if told:
                total = total or await self.store.count(self.run_id)
                told(read, total)
        # another ledger of this process may have stored more while the journal was read
        early, self._early = self._early or (), None
        for recorded in early:
            apply(self.state, recorded)

    async def record(self, *facts: Fact, durable: bool = True) -> list[Recorded]:
        """Store facts in one transaction; on return they are folded and published. Raises StoreError, storing none.

        Cancelled meanwhile, it still returns only when the state says what became of them: a caller that let go of
        `lock` earlier would let the next one conclude from a state that lacks them.
        """
        storing = asyncio.ensure_future(self.store.append(self.run_id, facts, durable=durable))
        try:
            return await asyncio.shield(storing)
        except asyncio.CancelledError:
            await asyncio.wait([storing])
            if not storing.cancelled() and (error := storing.exception()):
                log.warning("not stored for one who was cancelled: %s", error)
            raise

    def flicker(self, flicker: Flicker) -> None:
        self.bus.flicker(flicker)

    def on_change(self, listener: Callable[[], None]) -> None:
        """`listener` is called after each group of facts was folded; it must not block."""
        self._listeners.append(listener)

    def off_change(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    async def park(self, condition: Condition) -> None:
        """Stand still until the state fulfils a condition. The caller's own token of `busy` is given back meanwhile."""
        if condition(self.state):
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (condition, future)
        self._parked.append(entry)
        self.busy.leave()
        try:
            await future
        finally:
            if entry in self._parked:
                self._parked.remove(entry)
                self.busy.enter()

    async def _folded(self, after: int) -> list[Recorded]:
        # what is committed but not folded yet is published in a moment: a watcher must not know more than the state
        facts = await self.store.facts(self.run_id, after)
        return [recorded for recorded in facts if recorded.seq <= self.state.seq]

    def close(self) -> None:
        self._unsubscribe()
        self.bus.close()

    def _stored(self, run_id: RunId, facts: Sequence[Recorded]) -> None:
        if run_id != self.run_id:
            return
        if self._early is not None:
            self._early += facts
            return
        for recorded in facts:
            apply(self.state, recorded)
        self.bus.publish(facts)
        for entry in [e for e in self._parked if e[0](self.state)]:
            self._parked.remove(entry)
            # the token is taken on behalf of the sleeper, so that no one finds the engine idle before it wakes
            self.busy.enter()
            if not entry[1].done():
                entry[1].set_result(None)
        for listener in self._listeners:
            listener()

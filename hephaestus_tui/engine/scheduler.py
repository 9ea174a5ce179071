"""Starts what is ready, the most urgent first, as many at once as the settings allow; and ends it when told."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial

from hephaestus_tui.domain.errors import HephaestusError, StoreError
from hephaestus_tui.domain.events import TaskFailed, TaskStarted
from hephaestus_tui.domain.spending import held_agents, held_by
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.engine.agent import AgentLoop
from hephaestus_tui.engine.consultation import Consultation, to_be_woken
from hephaestus_tui.engine.gate import Gate
from hephaestus_tui.engine.grace import Grace
from hephaestus_tui.engine.kit import Kit
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.models import choice_of
from hephaestus_tui.engine.voice import STORE_RETRY_SECONDS
from hephaestus_tui.engine.workshop import Workshop

log = logging.getLogger(__name__)

_MOVING = (AgentStatus.WORKING, AgentStatus.WAITING, AgentStatus.PAUSED, AgentStatus.STALLED)


class Scheduler:
    """One asyncio task an agent. An agent that waits for a human leaves its place to another."""

    def __init__(self, ledger: Ledger, kit: Kit, gate: Gate, shop: Workshop) -> None:
        self._ledger = ledger
        self._shop = shop
        self._kit = kit
        self._gate = gate
        self._loops: dict[TaskId, AgentLoop | Consultation] = {}
        self._running: dict[TaskId, asyncio.Task[None]] = {}
        self._stopping: Counter[TaskId] = Counter()  # by how many orders each is kept from working
        self._wake = asyncio.Event()
        self._grace = Grace(ledger, kit, self.wake)

    async def serve(self) -> None:
        """Until cancelled; then every agent is stopped where it stands, and what it said is kept."""
        self._ledger.on_change(self.wake)
        self.wake()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                try:
                    await self._gate.settle_by_default()
                    await self._start_ready()
                except StoreError as error:
                    log.warning("no agent could be started: %s", error)
                    await self._kit.sleep(STORE_RETRY_SECONDS)
                    self.wake()
                finally:
                    self._ledger.busy.leave()
        finally:
            self._ledger.off_change(self.wake)
            await self._grace.close()
            self._stopping.update(list(self._running))
            await asyncio.gather(*(self._halt(task_id, "the program ended") for task_id in list(self._running)))
            if self._wake.is_set():
                self._wake.clear()
                self._ledger.busy.leave()

    def wake(self) -> None:
        if not self._wake.is_set():
            self._ledger.busy.enter()
            self._wake.set()

    @asynccontextmanager
    async def halted(self, task_ids: Iterable[TaskId], reason: str) -> AsyncIterator[dict[TaskId, str]]:
        """Cancel agents now, all at once, and keep them from starting anew within the block.

        On entry their streams are closed, their commands are dead and their words are stored; gives what each was saying.
        """
        task_ids = tuple(task_ids)
        self._stopping.update(task_ids)
        try:
            said = await asyncio.gather(*(self._halt(task_id, reason) for task_id in task_ids))
            yield dict(zip(task_ids, said, strict=True))
        finally:
            self._stopping.subtract(task_ids)
            self._stopping = +self._stopping
            self.wake()  # a task that was not ended after all goes on

    async def _halt(self, task_id: TaskId, reason: str) -> str:
        running = self._running.get(task_id)
        if running is None:
            return ""
        loop = self._loops[task_id]
        running.cancel()
        await asyncio.wait([running])
        try:
            return await loop.keep_what_was_said(reason)
        except StoreError as error:
            log.warning("the last words of %s are kept but in part: %s", task_id, error)
            return ""

    async def _start_ready(self) -> None:
        async with self._ledger.lock:
            state = self._ledger.state
            for task_id, agent in list(state.agents.items()):
                in_progress = state.tasks[task_id].status is TaskStatus.IN_PROGRESS
                if in_progress and agent.status in _MOVING and task_id not in (self._running.keys() | self._stopping):
                    await self._launch(task_id, AgentLoop)
            if state.paused:
                return
            for task_id in to_be_woken(state):
                if task_id not in (self._running.keys() | self._stopping):
                    await self._launch(task_id, Consultation)
            for task_id in self._grace.over(state.ready()):
                if self._at_work() >= self._kit.settings.agents:
                    return
                if task_id not in (self._running.keys() | self._stopping) and held_by(state, task_id) is None:
                    await self._start(task_id)

    def _at_work(self) -> int:
        agents, held = self._ledger.state.agents, held_agents(self._ledger.state)
        working = (task_id for task_id in self._running if agents[task_id].status is AgentStatus.WORKING)
        return sum(task_id not in held for task_id in working)

    async def _start(self, task_id: TaskId) -> None:
        task = self._ledger.state.tasks[task_id]
        attempt = task.attempt + 1
        try:
            self._kit.role(task.draft.role)
        except HephaestusError as error:
            await self._ledger.record(TaskFailed(task_id=task_id, reason=str(error)))
            return
        model = choice_of(self._kit, self._ledger.state, task_id).model
        await self._ledger.record(
            TaskStarted(
                task_id=task_id, agent_id=f"{task_id}.{attempt}", role=task.draft.role, model=model, attempt=attempt
            )
        )
        await self._launch(task_id, AgentLoop)

    async def _launch(self, task_id: TaskId, kind: type[AgentLoop] | type[Consultation]) -> None:
        if task_id in self._stopping:
            return  # the stop came while the start was being stored
        try:
            loop = kind(self._ledger, self._kit, self._gate, self._shop, task_id)
        except HephaestusError as error:
            await self._ledger.record(TaskFailed(task_id=task_id, reason=str(error)))
            return
        self._ledger.busy.enter()
        self._loops[task_id] = loop
        running = asyncio.create_task(self._guard(task_id, loop), name=f"agent {task_id}")
        # a callback, since a task that is cancelled before its first step runs none of its own code
        running.add_done_callback(partial(self._ended, task_id))
        self._running[task_id] = running

    def _ended(self, task_id: TaskId, running: asyncio.Task[None]) -> None:
        del self._running[task_id]
        del self._loops[task_id]
        self.wake()
        self._ledger.busy.leave()

    async def _guard(self, task_id: TaskId, loop: AgentLoop | Consultation) -> None:
        try:
            await loop.run()
        except Exception as error:
            # the boundary of an agent: its bug fails its task, and the others go on
            log.exception("agent of %s", task_id)
            reason = f"internal error ({type(error).__name__}); the log has it; retry the task or stop it"
            await loop.fail(reason)

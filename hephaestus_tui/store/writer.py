"""The one thread that writes: it gathers what waits, commits it together, and only then tells the loop, in order.

A connection shared by threads or coroutines loses writes without a word, and one commit a fact is slow: one thread with a
queue mends both.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from hephaestus_tui.domain.errors import HephaestusError, StoreError
from hephaestus_tui.domain.events import Recorded
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.store import failpoints
from hephaestus_tui.store.faults import explain

BATCH = 512

Work = Callable[[Database], Sequence[Recorded]]
OnCommit = Callable[[RunId, Sequence[Recorded]], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    run_id: RunId
    work: Work
    durable: bool
    done: asyncio.Future[Sequence[Recorded]]


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    recorded: Sequence[Recorded]
    fault: HephaestusError | None = None


class Writer:
    """Runs jobs against the database that `opened` yields, in the order in which they were put.

    `on_commit` is called on the loop for each job that recorded something, before any future of its batch resolves.
    """

    def __init__(self, path: Path, opened: Callable[[], AbstractContextManager[Database]], on_commit: OnCommit) -> None:
        self._path = path
        self._opened = opened
        self._on_commit = on_commit
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._unanswered: set[_Job] = set()
        self._fault: HephaestusError | None = None
        self._synchronous = ""

    async def start(self) -> None:
        """Returns when the database is open. Raises what opening it raised, as a StoreError."""
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        threading.Thread(target=self._main, name="db-writer", daemon=True).start()
        try:
            await self._ready
        except asyncio.CancelledError:
            self._jobs.put(None)
            raise

    def put(self, run_id: RunId, work: Work, *, durable: bool) -> asyncio.Future[Sequence[Recorded]]:
        """Queue a job; the future holds what it recorded once that is committed, or why it was not."""
        if self._fault:
            raise self._fault
        job = _Job(run_id, work, durable, self._loop.create_future())
        self._unanswered.add(job)
        self._jobs.put(job)
        return job.done

    async def close(self) -> None:
        """Returns when all that was put is committed and the database is closed."""
        if not self._fault:
            self._jobs.put(None)
        await asyncio.shield(self._ended)

    # -- in the thread

    def _main(self) -> None:
        fault: HephaestusError = StoreError(f"{self._path} is closed")
        try:
            with self._opened() as db:
                self._tell(self._opened_well)
                self._serve(db)
        except Exception as error:  # noqa: BLE001 - the end of the thread: whoever waits for it must learn why
            fault = explain(error, self._path)
        self._tell(self._finish, fault)

    def _serve(self, db: Database) -> None:
        while job := self._jobs.get():
            batch: list[_Job] = [job]
            last = False
            while len(batch) < BATCH and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    last = True
                    break
                batch.append(following)
            self._tell(self._deliver, self._write(db, batch))
            if last:
                return

    def _write(self, db: Database, batch: list[_Job]) -> list[_Outcome]:
        try:
            self._begin(db, durable=any(job.durable for job in batch))
        except Exception as error:  # noqa: BLE001 - nothing was begun, so each job of the batch has the same fault
            db.rollback()
            return [_Outcome(job, (), explain(error, self._path)) for job in batch]
        try:
            outcomes = [_Outcome(job, job.work(db)) for job in batch]
            failpoints.hit("tx.before_commit")
            db.commit()
        except Exception as error:  # noqa: BLE001 - the transaction is void: find out which job is to blame
            db.rollback()
            if len(batch) == 1:
                return [_Outcome(batch[0], (), explain(error, self._path))]
            # halves, and not a savepoint for each job: almost every batch is whole, and savepoints cost it a third
            half = len(batch) // 2
            return [*self._write(db, batch[:half]), *self._write(db, batch[half:])]
        failpoints.hit("tx.committed")
        return outcomes

    def _begin(self, db: Database, *, durable: bool) -> None:
        level = "FULL" if durable else "NORMAL"
        if level != self._synchronous:  # it cannot be changed inside a transaction
            db.execute(f"PRAGMA synchronous={level}")
            self._synchronous = level
        db.execute("BEGIN IMMEDIATE")
        failpoints.hit("tx.begun")

    def _tell(self, callback: Callable[..., None], *values: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *values)
        except RuntimeError:
            return  # the loop was closed without closing the store: nobody is left to be told

    # -- on the loop

    def _opened_well(self) -> None:
        if not self._ready.done():
            self._ready.set_result(None)

    def _deliver(self, outcomes: list[_Outcome]) -> None:
        for outcome in outcomes:
            if outcome.recorded:
                self._announce(outcome.job.run_id, outcome.recorded)
        for outcome in outcomes:
            self._unanswered.discard(outcome.job)
            _resolve(outcome.job.done, outcome.recorded, outcome.fault)

    def _announce(self, run_id: RunId, recorded: Sequence[Recorded]) -> None:
        try:
            self._on_commit(run_id, recorded)
        except Exception as error:  # noqa: BLE001 - a listener's fault; the facts stand, and whoever appended them must know
            context = {"message": f"a listener failed on facts of run {run_id}", "exception": error}
            self._loop.call_exception_handler(context)

    def _finish(self, fault: HephaestusError) -> None:
        self._fault = fault
        if not self._ready.done():
            self._ready.set_exception(fault)
        for job in self._unanswered:
            _resolve(job.done, (), fault)
        self._unanswered.clear()
        self._ended.set_result(None)


def _resolve(
    future: asyncio.Future[Sequence[Recorded]], recorded: Sequence[Recorded], fault: HephaestusError | None
) -> None:
    if future.done():
        return  # whoever waited was cancelled; the write stands
    if fault:
        future.set_exception(fault)
    else:
        future.set_result(recorded)

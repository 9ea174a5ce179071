"""The store as the engine sees it: facts go in, are durable when `append` returns, and are told to all who listen."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from sqlite_utils import Database

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.events import Fact, Recorded
from hephaestus_tui.domain.task import RunId, TaskId
from hephaestus_tui.session import Page, RunSummary, Transcript
from hephaestus_tui.store import failpoints
from hephaestus_tui.store.database import owned
from hephaestus_tui.store.journal import keep_partials, record
from hephaestus_tui.store.reader import Reader
from hephaestus_tui.store.writer import Writer

Listener: TypeAlias = Callable[[RunId, Sequence[Recorded]], None]
_T = TypeVar("_T")

# How much streamed text, in seconds, a killed process may lose.
PARTIALS_KEPT_EVERY = 0.25


class Store:
    """One project's database, owned by this process. All methods belong to the loop on which it was opened."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._listeners: list[Listener] = []
        self._partials: dict[tuple[RunId, TaskId, int], list[str]] = {}
        self._partials_due: asyncio.TimerHandle | None = None
        self._writer = Writer(path, partial(owned, path), self._publish)
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="db-reader")
        self._reader: Reader | None = None
        self._path = path
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, clock: Callable[[], float] = time.time) -> Store:
        """Take the database at `path`, made or brought up to date where needed.

        Raises StoreBusy, which names the process that has it, NewerStore, BrokenStore and StoreError.
        """
        failpoints.arm(os.environ.get(failpoints.VARIABLE, ""))
        store = cls(path, clock)
        await store._writer.start()
        return store

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the loop with what was committed, in the order of `seq`; returns what ends it."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    async def append(self, run_id: RunId, facts: Sequence[Fact], *, durable: bool = True) -> list[Recorded]:
        """Append all of `facts`, or raise StoreError and append none.

        Returns when they are committed and the listeners have them: on disk where `durable`, else safe from the end of
        the process but not of the machine. What was appended is what comes back: text that cannot be stored is replaced.
        """
        self._keep_partials_now()
        if not facts:
            return []
        at = self._clock()
        done = self._writer.put(run_id, lambda db: record(db, run_id, at, facts), durable=durable)
        return list(await done)

    def keep_partial(self, run_id: RunId, task_id: TaskId, turn: int, text: str) -> None:
        """Keep streamed text until the turn's message or cut is appended; of the last moments some may be lost."""
        self._partials.setdefault((run_id, task_id, turn), []).append(text)
        if self._partials_due is None:
            self._partials_due = asyncio.get_running_loop().call_later(PARTIALS_KEPT_EVERY, self._keep_partials_now)

    async def facts(self, run_id: RunId, after: int = 0, most: int | None = None) -> list[Recorded]:
        """The journal of a run from the first fact with a larger `seq` on, or `most` of it."""
        return await self._read(lambda reader: reader.facts(run_id, after, most))

    async def count(self, run_id: RunId) -> int:
        """How many facts the journal of a run has."""
        return await self._read(lambda reader: reader.count(run_id))

    async def transcript(self, run_id: RunId, task_id: TaskId) -> Transcript:
        if kept := self._keep_partials_now():
            await kept
        return await self._read(lambda reader: reader.transcript(run_id, task_id))

    async def page(
        self, run_id: RunId, of: Collection[TaskId] | None, *, before: int | None = None, after: int | None = None
    ) -> Page:
        """What was said `before` a place or from `after` on, else last, by agents on `of` or on any task."""
        return await self._read(lambda reader: reader.page(run_id, of, before=before, after=after))

    async def search_notes(self, run_id: RunId, query: str, most: int) -> list[str]:
        """The ids of a run's notes that share words with `query`, the nearest first; those that were struck aside."""
        return await self._read(lambda reader: reader.search_notes(run_id, query, most))

    async def runs(self) -> list[RunSummary]:
        """All runs, the one with the latest fact first."""
        return await self._read(lambda reader: reader.runs())

    async def find_run(self, word: str) -> RunId:
        """The run that an id, a unique prefix of one, or "last" names. Raises UsageError."""
        return await self._read(lambda reader: reader.find_run(word))

    async def close(self) -> None:
        """Returns when all that was appended is committed and another process may open the database."""
        if not self._closed:
            self._closed = True
            self._keep_partials_now()
            await asyncio.get_running_loop().run_in_executor(self._reading, self._close_reader)
            self._reading.shutdown(wait=False)
        await self._writer.close()

    def _keep_partials_now(self) -> asyncio.Future[Sequence[Recorded]] | None:
        if self._partials_due:
            self._partials_due.cancel()
            self._partials_due = None
        if not self._partials:
            return None
        rows = [(*key, "".join(texts)) for key, texts in self._partials.items()]
        self._partials.clear()

        def work(db: Database) -> Sequence[Recorded]:
            keep_partials(db, rows)
            return ()

        kept = self._writer.put("", work, durable=False)
        # a full disk stops the next fact and is reported there; streamed text is the stream's to lose
        kept.add_done_callback(_look_at)
        return kept

    def _publish(self, run_id: RunId, recorded: Sequence[Recorded]) -> None:
        for listener in tuple(self._listeners):
            listener(run_id, recorded)

    async def _read(self, read: Callable[[Reader], _T]) -> _T:
        if self._closed:
            raise StoreError(f"{self._path} is closed")
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read_now, read)

    # -- in the reading thread

    def _read_now(self, read: Callable[[Reader], _T]) -> _T:
        if self._reader is None:
            self._reader = Reader(self._path)
        return read(self._reader)

    def _close_reader(self) -> None:
        if self._reader:
            self._reader.close()


def _look_at(future: asyncio.Future[Sequence[Recorded]]) -> None:
    if not future.cancelled():
        future.exception()

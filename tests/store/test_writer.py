"""Group commit: order, isolation of a bad job, and what happens when nothing more can be written."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.domain.events import Fact, MessageAdded, Recorded, TaskProposed
from hephaestus_tui.store import failpoints
from hephaestus_tui.store.database import owned
from hephaestus_tui.store.journal import record
from hephaestus_tui.store.reader import Reader
from hephaestus_tui.store.store import Store
from hephaestus_tui.store.writer import Writer


async def test_commits_come_in_order_and_listeners_hear_first(
    store: Store, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    heard: list[int] = []
    store.subscribe(lambda _, recorded: heard.extend(r.seq for r in recorded))
    await store.append("r", begun("r"))

    async def append(ordinal: int) -> int:
        (recorded,) = await store.append("r", [said(ordinal)], durable=ordinal % 7 == 0)
        assert recorded.seq in heard
        return recorded.seq

    returned = await asyncio.gather(*(append(ordinal) for ordinal in range(1_500)))
    assert returned == sorted(returned)
    assert heard == sorted(heard)
    assert [r.seq for r in await store.facts("r")] == heard


async def test_a_bad_job_fails_alone(
    store: Store, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    await store.append("r", begun("r"))
    results = await asyncio.gather(
        store.append("r", [said(0), said(1)]),
        store.append("r", [said(2), said(0)]),  # the second of these is a repetition, so neither is kept
        store.append("nowhere", [said(9)]),
        store.append("r", [said(2)]),
        return_exceptions=True,
    )
    assert [isinstance(r, StoreError) for r in results] == [False, True, True, False]
    transcript = await store.transcript("r", "T1")
    assert [m.ordinal for m in transcript.messages] == [0, 1, 2]


async def test_a_number_that_sqlite_cannot_hold_fails_alone(
    store: Store, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    await store.append("r", begun("r"))
    with pytest.raises(StoreError, match="OverflowError"):
        await store.append("r", [said(2**70)])
    await store.append("r", [said(0)])


async def test_a_lone_surrogate_is_replaced_in_what_is_kept_and_in_what_is_told(
    store: Store,
    begun: Callable[[str], list[Fact]],
    said: Callable[..., MessageAdded],
    proposed: Callable[..., TaskProposed],
) -> None:
    await store.append("r", begun("r"))
    told = await store.append("r", [said(0, "a\ud800b\0"), proposed("T2", title="\udcff")])
    assert told == (await store.facts("r"))[-2:]
    assert isinstance(told[0].fact, MessageAdded)
    assert told[0].fact.message == said(0, "a\ufffdb\0").message
    assert (await store.transcript("r", "T1")).messages == (told[0].fact.message,)


async def test_jobs_of_a_transaction_that_failed_as_a_whole_are_tried_in_halves(
    db_path: Path, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    heard: list[Recorded] = []
    writer = Writer(db_path, lambda: owned(db_path), lambda _, recorded: heard.extend(recorded))
    await writer.start()
    began, gathered = threading.Event(), threading.Event()

    def wait(db: Database) -> Sequence[Recorded]:
        began.set()
        gathered.wait(5)
        return ()

    def put(*facts: Fact) -> asyncio.Future[Sequence[Recorded]]:
        return writer.put("r", lambda db: record(db, "r", 1.0, facts), durable=True)

    await put(*begun("r"))
    writer.put("r", wait, durable=False)
    await asyncio.to_thread(began.wait, 5)
    failpoints.arm("tx.before_commit=raise@2,tx.begun=raise@3")
    jobs = [put(said(n)) for n in range(4)]
    gathered.set()
    done = await asyncio.gather(*jobs, return_exceptions=True)
    failpoints.arm("")
    # the transaction of all four is void, then that of the last two cannot begin
    assert [isinstance(r, StoreError) for r in done] == [False, False, True, True]
    await writer.close()
    with Reader(db_path) as reader:
        assert reader.facts("r") == heard
        assert [m.ordinal for m in reader.transcript("r", "T1").messages] == [0, 1]


async def test_another_program_that_writes_is_waited_for(
    store: Store, db_path: Path, begun: Callable[[str], list[Fact]]
) -> None:
    with closing(sqlite3.connect(db_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        append = asyncio.ensure_future(store.append("r", begun("r")))
        assert await store.runs() == []
        assert not append.done()
        other.execute("ROLLBACK")
        assert len(await append) == len(begun("r"))


async def test_a_failing_listener_costs_nobody_else_anything(store: Store, started: Callable[[str], Fact]) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    heard: list[Recorded] = []

    def fail(run_id: str, recorded: Sequence[Recorded]) -> None:
        raise ValueError(run_id)

    store.subscribe(lambda _, recorded: heard.extend(recorded))
    unsubscribe = store.subscribe(fail)
    assert await store.append("r", [started("r")]) == heard
    assert [str(context["exception"]) for context in reported] == ["r"]
    unsubscribe()
    await store.append("s", [started("s")])
    assert len(heard) == 2
    assert len(reported) == 1


async def test_a_cancelled_append_is_still_written(store: Store, started: Callable[[str], Fact]) -> None:
    heard = asyncio.Event()
    store.subscribe(lambda _run, _recorded: heard.set())
    waiting = asyncio.ensure_future(store.append("r", [started("r")]))
    asyncio.get_running_loop().call_soon(waiting.cancel)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await heard.wait()
    assert await store.find_run("last") == "r"


async def test_a_closed_store_says_so(store: Store, started: Callable[[str], Fact]) -> None:
    pending = asyncio.ensure_future(store.append("r", [started("r")]))
    await asyncio.sleep(0)
    await store.close()
    assert len(await pending) == 1
    with pytest.raises(StoreError, match="is closed"):
        await store.append("r", [started("r")])
    with pytest.raises(StoreError, match="is closed"):
        await store.runs()
    await store.close()


async def test_streamed_text_is_kept_until_the_turn_is_told(
    store: Store, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    await store.append("r", begun("r"))
    for piece in ("once ", "upon ", "a \ud83d"):
        store.keep_partial("r", "T1", 0, piece)
    assert (await store.transcript("r", "T1")).unfinished == "once upon a \ufffd"
    store.keep_partial("r", "T1", 0, " time")
    await store.append("r", [said(0, "once upon a time")])
    transcript = await store.transcript("r", "T1")
    assert transcript.unfinished == ""
    assert len(transcript.messages) == 1


async def test_streamed_text_reaches_the_file_without_being_asked_for(
    store: Store, db_path: Path, begun: Callable[[str], list[Fact]]
) -> None:
    await store.append("r", begun("r"))
    store.keep_partial("r", "T1", 0, "once")

    def wait_for_text() -> str:
        deadline = time.monotonic() + 5
        with Reader(db_path) as reader:
            while (text := reader.transcript("r", "T1").unfinished) == "" and time.monotonic() < deadline:
                time.sleep(0.01)
        return text

    assert await asyncio.to_thread(wait_for_text) == "once"


async def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(
    db_path: Path, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    @contextmanager
    def small() -> Iterator[Database]:
        with owned(db_path) as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages + 20}").fetchone()
            yield db

    heard: list[Recorded] = []
    writer = Writer(db_path, small, lambda _, recorded: heard.extend(recorded))
    await writer.start()

    def put(*facts: Fact) -> asyncio.Future[Sequence[Recorded]]:
        return writer.put("r", lambda db: record(db, "r", 1.0, facts), durable=True)

    await put(*begun("r"))
    sizes = [1, 1, 500_000, 1, 500_000, 1]
    done = await asyncio.gather(*(put(said(n, "x" * size)) for n, size in enumerate(sizes)), return_exceptions=True)
    assert [isinstance(r, StoreError) for r in done] == [size > 1 for size in sizes]
    assert "disk is full" in str(done[2])
    small_ones = await asyncio.gather(*(put(said(n, "y" * 1_000)) for n in range(10, 200)), return_exceptions=True)
    refused = [r for r in small_ones if isinstance(r, StoreError)]
    assert 0 < len(refused) < len(small_ones)
    await writer.close()

    with Reader(db_path) as reader:
        assert reader.facts("r") == heard
        assert len(reader.transcript("r", "T1").messages) == 4 + len(small_ones) - len(refused)

"""Listings beside a process that writes, and without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hephaestus_tui.domain.errors import BrokenStore, StoreError, UsageError
from hephaestus_tui.domain.events import Fact, MessageAdded, ToolStarted, TurnCut, UsageRecorded
from hephaestus_tui.domain.message import Speaker, ToolCallPart, ToolResultPart, Usage
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.store import files
from hephaestus_tui.store.database import owned
from hephaestus_tui.store.reader import Reader, choose_run
from hephaestus_tui.store.store import Store


async def test_it_sees_each_commit_of_the_owner(
    store: Store, db_path: Path, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    with Reader(db_path) as reader:
        assert reader.runs() == []
        await store.append("r", begun("r"))
        assert replay(reader.facts("r")) == replay(await store.facts("r"))
        for ordinal in range(5):
            (told,) = await store.append("r", [said(ordinal)], durable=False)
            assert reader.facts("r", told.seq - 1) == [told]
        assert await store.runs() == reader.runs()


async def test_it_sees_what_a_killed_owner_left(db_path: Path, begun: Callable[[str], list[Fact]]) -> None:
    """The write-ahead log of a process that ended without closing is read too."""
    store = await Store.open(db_path)
    await store.append("r", begun("r"))
    grave = db_path.parent / "grave.db"
    for suffix in ("", "-wal"):
        files.beside(grave, suffix).write_bytes(files.beside(db_path, suffix).read_bytes())
    await store.close()
    with Reader(grave) as reader:
        assert len(reader.facts("r")) == len(begun("r"))


async def test_it_reads_a_database_in_a_folder_that_cannot_be_written(
    db_path: Path, begun: Callable[[str], list[Fact]]
) -> None:
    store = await Store.open(db_path)
    await store.append("r", begun("r"))
    await store.close()
    # the shared memory cannot be made where a folder has its name, whoever asks
    files.beside(db_path, "-shm").mkdir()
    with Reader(db_path) as reader:
        assert [run.run_id for run in reader.runs()] == ["r"]


def test_there_may_be_nothing_to_read(db_path: Path) -> None:
    with pytest.raises(StoreError, match="no database at"):
        Reader(db_path)


async def test_a_summary_counts(
    store: Store,
    begun: Callable[[str], list[Fact]],
    started: Callable[[str], Fact],
    proposed: Callable[..., Fact],
    accepted: Callable[[str], list[Fact]],
) -> None:
    def used(cost: float | None) -> Fact:
        return UsageRecorded(task_id="T1", model="m", usage=Usage(input=1, output=2, cost=cost))

    await store.append("r", [*begun("r"), proposed("T2"), *accepted("T3"), used(0.25), used(0.5)])
    await store.append("s", [started("s")])
    newest, oldest = await store.runs()
    assert (newest.run_id, newest.tasks, newest.cost) == ("s", 0, 0.0)
    assert (oldest.tasks, oldest.completed, oldest.failed, oldest.waiting, oldest.cost) == (2, 0, 0, 1, 0.75)
    await store.append("r", [used(None)])
    assert [(run.run_id, run.cost) for run in await store.runs()] == [("r", None), ("s", 0.0)]


async def test_a_transcript_has_what_was_cut_and_what_is_open(
    store: Store, begun: Callable[[str], list[Fact]], said: Callable[..., MessageAdded]
) -> None:
    calls = [ToolCallPart("a", "read_file", "{}"), ToolCallPart("b", "run_command", "{}")]
    cut = TurnCut(task_id="T1", turn=0, text="hal", reason="the stream was cut")
    intents = [ToolStarted(task_id="T1", turn=1, index=i, call_id=c.call_id, name=c.name) for i, c in enumerate(calls)]
    answer = said(1, "", ToolResultPart("a", "text"), speaker=Speaker.TOOL)
    await store.append("r", [*begun("r"), cut, said(0, "", *calls), *intents, answer])
    store.keep_partial("r", "T1", 2, "as I was say")
    transcript = await store.transcript("r", "T1")
    assert transcript.messages == (said(0, "", *calls).message, answer.message)
    assert (transcript.cuts, transcript.unanswered) == ((cut,), (intents[1],))
    assert transcript.unfinished == "as I was say"
    assert (await store.transcript("r", "T2")).messages == ()


async def test_a_fact_that_cannot_be_read_is_named(store: Store, db_path: Path, started: Callable[[str], Fact]) -> None:
    await store.append("r", [started("r")])
    await store.close()
    with owned(db_path) as db:
        db.execute("INSERT INTO facts (run_id, at, kind, body) VALUES ('r', 1.0, 'moon.landed', '{}')")
    with Reader(db_path) as reader, pytest.raises(BrokenStore, match=r"number 2.*moon\.landed"):
        reader.facts("r")


@pytest.mark.parametrize(
    ("word", "found"),
    [("last", "abd"), ("abc", "abc"), ("abd", "abd"), ("x", "xyz"), ("xyz", "xyz"), ("abcd", "abcde")],
)
def test_a_run_is_found_by_a_word(word: str, found: str) -> None:
    assert choose_run(["abd", "abc", "abcde", "xyz"], word) == found


@pytest.mark.parametrize(
    ("ids", "word", "message"),
    [
        ([], "last", "no run in this project yet"),
        (["abd", "abc"], "ab", "2 runs .abd, abc."),
        (["abd", "abc"], "q", "one of abd, abc"),
        (["abd"], "", "there is no run ''"),
        (["abd"], "abdd%", "there is no run"),
    ],
)
def test_a_word_for_no_run_or_several_is_explained(ids: list[str], word: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose_run(ids, word)


async def test_the_store_finds_runs_too(store: Store, started: Callable[[str], Fact]) -> None:
    for run_id in ("run-1", "run-2"):
        await store.append(run_id, [started(run_id)])
    assert (await store.find_run("last"), await store.find_run("run-1")) == ("run-2", "run-1")
    with pytest.raises(UsageError):
        await store.find_run("run")

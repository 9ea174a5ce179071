"""A conversation that grows past what its model takes is compacted: the work goes on, and nothing of it is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest

from hephaestus_tui.config import ContextSettings, Dialect, Limits, ProviderSettings
from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.commands import Answer, Pause, Resume, Steer
from hephaestus_tui.domain.context import Cause
from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import ContextCompacted, MessageAdded, SummaryBegan, TurnCut, UsageRecorded
from hephaestus_tui.domain.message import Speaker
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.reducer import replay
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.engine.conversation import Conversation
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.tools.catalog import catalog

FIXED = sum(len(json.dumps(asdict(tool.declaration()))) for tool in catalog(Limits()).values()) // 4
WINDOW = FIXED + 5_500
BIG = "line of a file that is long\n" * 250  # 7,000 characters: 1,750 tokens
TOO_LONG = (
    b'{"error": {"code": "context_length_exceeded", "message": "This model\'s maximum context length is exceeded."}}'
)


@dataclass
class Model:
    """A server that reads one file after another, `turns` times, sums up when it is given no tools, and is then done; with `asks` the
    first turn is a question to a human.

    What is longer than `takes` tokens is refused; before turn `stops_at` it waits until `go`.
    """

    turns: int = 8
    takes: int = 10**9
    sums_up: bool = True
    stops_at: int = -1
    asks: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)
    summaries: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length"))
        body = json.loads(await reader.readexactly(length))
        if len(self.bodies) == self.stops_at and "tools" in body:
            self.stopped.set()
            await self.go.wait()
        writer.write(self._answer(body, length))
        await writer.drain()
        writer.close()

    def _answer(self, body: dict[str, Any], length: int) -> bytes:
        if length // 4 > self.takes:
            self.refused += 1
            return _plain(400, TOO_LONG)
        if "tools" not in body:
            self.summaries.append(body)
            return _said("Done: read many files.", (), length) if self.sums_up else _plain(400, b'{"error": "no"}')
        self.bodies.append(body)
        number = len(self.bodies)
        if number == 1 and self.asks:
            return _said("Which one?", ("ask_human", {"question": "Which colour?"}, "r1"), length)
        if number <= self.turns:
            return _said(f"Now file {number}.", ("read_file", {"path": f"f{number}.txt"}, f"r{number}"), length)
        return _said("Done.", ("complete_task", {"summary": "read", "evidence": []}, "end"), length)


def _plain(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (status, len(body)) + body


def _said(text: str, call: tuple[Any, ...], length: int) -> bytes:
    delta: dict[str, Any] = {"content": text}
    if call:
        name, arguments, call_id = call
        delta["tool_calls"] = [
            {"index": 0, "id": call_id, "function": {"name": name, "arguments": json.dumps(arguments)}}
        ]
    usage = {"prompt_tokens": length // 4, "completion_tokens": 20}
    events = [
        {"choices": [{"delta": delta}]},
        {"choices": [{"delta": {}, "finish_reason": "tool_calls" if call else "stop"}]},
        {"choices": [], "usage": usage},
    ]
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    return head + b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events) + b"data: [DONE]\n\n"


@pytest.fixture
async def listen(forge) -> AsyncIterator[Callable[..., Any]]:
    """Serves a model on loopback, with the files that it reads, and points the forge at it."""
    servers: list[asyncio.Server] = []

    async def start(model: Model, window: int | None = WINDOW) -> Model:
        server = await asyncio.start_server(model.serve, "127.0.0.1", 0, limit=2**22)
        servers.append(server)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for number in range(1, model.turns + 1):
            (forge.project / f"f{number}.txt").write_text(f"file {number}\n{BIG}")
        forge.settings = replace(
            forge.settings,
            providers={"local": ProviderSettings(dialect=Dialect.OPENAI, base_url=url)},
            windows={} if window is None else {"local:m": window},
            limits=Limits(reply_tokens=500),
            context=ContextSettings(keep_turns=2),
        )
        return model

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


async def facts_of(forge, session, *kinds: type[Any]) -> list[Any]:
    return [r.fact for r in await forge.store.facts(session.run_id) if isinstance(r.fact, kinds)]


def text_of(body: dict[str, Any]) -> str:
    return json.dumps(body["messages"])


async def test_near_its_limit_it_is_compacted_and_the_work_goes_on(forge, ada, listen) -> None:
    model = await listen(Model(stops_at=2, turns=12))
    session = await forge.start_with("local:m", "read them all, whatever it takes")
    forge.serve(session)
    await asyncio.wait_for(model.stopped.wait(), 20)
    await session.submit(Steer(reach=only("T1"), text="mind the third one", actor=ada))
    model.go.set()
    await asyncio.wait_for(session.settled(), 30)
    state = session.state()
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    assert len(model.bodies) == 13
    assert all(len(json.dumps(body)) // 4 < WINDOW for body in model.bodies)
    for body in model.bodies:
        assert "read them all, whatever it takes" in text_of(body)
    assert all("mind the third one" in text_of(body) for body in model.bodies[4:])
    compactions = await facts_of(forge, session, ContextCompacted)
    assert compactions
    assert {c.cause for c in compactions} == {Cause.NEAR}
    assert all(c.after < c.before for c in compactions)
    assert all(c.upto and c.summary for c in compactions)
    assert {c.by for c in compactions} == {"local:m"}
    assert "Done: read many files." in text_of(model.bodies[-1])
    # each summary was paid for, in the name of the task
    turns = [f for f in await facts_of(forge, session, UsageRecorded) if not f.estimated]
    assert len(turns) == len(model.bodies) + len(model.summaries)
    # all of it is still stored
    said = [f.message for f in await facts_of(forge, session, MessageAdded)]
    assert [m.ordinal for m in said] == list(range(len(said)))
    assert sum(m.speaker is Speaker.TOOL for m in said) == 13
    transcript = await session.transcript("T1")
    assert len(transcript.messages) == len(said)
    assert [fact for _, fact in transcript.compactions] == compactions
    assert state.context["T1"].used < WINDOW


async def test_long_results_of_old_turns_go_before_any_summary_is_made(forge, listen) -> None:
    model = await listen(Model(turns=9), window=FIXED + 20_000)
    session = await forge.start_with("local:m")
    forge.serve(session)
    await asyncio.wait_for(session.settled(), 30)
    first, *_ = await facts_of(forge, session, ContextCompacted)
    assert (first.upto, first.summary, model.summaries) == (0, "", [])
    assert first.messages == len(first.cleared) >= 3
    assert "To see them, call read_file again" in text_of(model.bodies[-1])
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED


async def test_a_killed_run_sends_what_it_would_have_sent(forge, ada, listen, until) -> None:
    model = await listen(Model(stops_at=9, turns=12))
    session = await forge.start_with("local:m")
    forge.serve(session)
    await asyncio.wait_for(model.stopped.wait(), 20)
    run_id, live = session.run_id, session.state()
    ledger = session._ledger
    before = (await Conversation.load(ledger, "T1")).spoken
    await forge.stop()
    store = await forge._store()
    facts = await store.facts(run_id)
    assert any(isinstance(r.fact, ContextCompacted) for r in facts)
    replayed = replay([r for r in facts if r.seq <= live.seq])
    assert (replayed.context, replayed.compacted) == (live.context, live.compacted)
    again = await Ledger.open(store, run_id)
    assert (await Conversation.load(again, "T1")).spoken == before
    again.close()
    model.go.set()
    session = await forge.resume(run_id)
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await until(session, lambda s: s.tasks["T1"].status is TaskStatus.COMPLETED)
    assert len(model.bodies) >= 13


async def test_a_refusal_as_too_long_is_answered_by_making_room_and_once_more(forge, listen) -> None:
    model = await listen(Model(takes=FIXED + 6_000), window=None)
    session = await forge.start_with("local:m")
    forge.serve(session)
    await asyncio.wait_for(session.settled(), 30)
    state = session.state()
    assert state.tasks["T1"].status is TaskStatus.COMPLETED
    compactions = await facts_of(forge, session, ContextCompacted)
    assert compactions[0].cause is Cause.REFUSED
    assert {c.cause for c in compactions[1:]} <= {Cause.NEAR}, "what was refused is the limit from then on"
    assert model.refused == len(await facts_of(forge, session, TurnCut)) == 1
    assert state.context["T1"].assumed
    assert state.context["T1"].window < 32_000


async def test_what_does_not_fit_however_short_stands_still_and_says_why(forge, listen) -> None:
    model = await listen(Model(takes=10), window=None)
    session = await forge.start_with("local:m")
    forge.serve(session)
    await asyncio.wait_for(session.settled(), 30)
    (item,) = attention(session.state())
    assert session.state().agents["T1"].status is AgentStatus.STALLED
    assert "no longer fits the model" in item.text
    assert model.refused == 1


async def test_without_a_summary_of_its_model_one_is_put_together(forge, listen) -> None:
    model = await listen(Model(sums_up=False, turns=12))
    session = await forge.start_with("local:m")
    forge.serve(session)
    await asyncio.wait_for(session.settled(), 30)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert model.summaries, "it was asked"
    last = [c for c in await facts_of(forge, session, ContextCompacted) if c.summary][-1]
    assert last.by == ""
    assert "Done, step by step" in last.summary
    assert "- read_file path=f1.txt: 1 file 1" in last.summary
    assert "Done, step by step" in text_of(model.bodies[-1])


async def test_an_answer_of_a_person_goes_on_word_for_word(forge, ada, listen, until) -> None:
    model = await listen(Model(asks=True, turns=12))
    session = await forge.start_with("local:m")
    forge.serve(session)
    (question,) = (await until(session, lambda s: s.questions)).questions.values()
    words = "the blue one, since " + "the red one is worse, " * 100
    await session.submit(Answer(question_id=question.id, answer=words, actor=ada))
    await asyncio.wait_for(session.settled(), 30)
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    last = (await facts_of(forge, session, ContextCompacted))[-1]
    assert last.upto > 4
    assert last.quoted == ("r1",)
    assert words in text_of(model.bodies[-1])
    assert words in text_of(model.bodies[-1]).split("Done: read many files.")[0], "beside the summary, not in it"


async def test_a_person_may_ask_for_it(forge, ada, listen, until) -> None:
    model = await listen(Model(stops_at=4, turns=6), window=0)
    session = await forge.start_with("local:m")
    with pytest.raises(CommandRefused, match="too little"):
        await session.submit(Compact(task_id="T1", actor=ada))
    flickers: list[Any] = []

    async def look_on() -> None:
        async for event in session.watch(0):
            flickers.append(event)

    looking = asyncio.create_task(look_on())
    forge.serve(session)
    await asyncio.wait_for(model.stopped.wait(), 20)
    await session.submit(Pause(reach=only("T1"), actor=ada))
    receipt = await session.submit(Compact(task_id="T1", actor=ada))
    assert receipt.note == "T1 is compacted before its agent's next turn"
    with pytest.raises(CommandRefused, match="asked for already"):
        await session.submit(Compact(task_id="T1", actor=ada))
    model.go.set()
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await asyncio.wait_for(session.settled(), 30)
    looking.cancel()
    (fact,) = await facts_of(forge, session, ContextCompacted)
    assert (fact.cause, fact.by, fact.messages) == (Cause.ASKED, "local:m", 9)
    assert not session.state().compaction_asked
    assert SummaryBegan("T1") in flickers
    (asked,) = model.summaries
    assert "Now file 1." in text_of(asked)
    with pytest.raises(CommandRefused, match="has ended"):
        await session.submit(Compact(task_id="T1", actor=ada))

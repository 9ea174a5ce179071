"""A provider that dies, refuses or drips: agents wait, it is told why and for how long, nothing is lost or run twice.

The servers are real ones on loopback. Time in which nobody works passes sixty times as fast.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from hephaestus_tui.config import GateSettings, Limits
from hephaestus_tui.domain.commands import AddTask
from hephaestus_tui.domain.events import AgentStalled, MessageAdded, ProviderWaiting, ToolStarted, TurnCut
from hephaestus_tui.domain.message import Speaker
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskStatus
from hephaestus_tui.engine.local import LocalSession
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.http import Deadlines
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.retry import Pace
from hephaestus_tui.providers.wire import WireProvider
from hephaestus_tui.session import NewRun

FASTER = 60
COMMANDS = 2  # that each agent runs before it is done
BEGUN = time.monotonic()


async def nap(seconds: float) -> None:
    await asyncio.sleep(seconds / FASTER)


PACE = Pace(
    now=lambda: time.monotonic() * FASTER,
    today=lambda: (time.monotonic() - BEGUN) * FASTER,
    sleep=nap,
)


def events(number: int, task: str) -> list[bytes]:
    """The turn after `number` results: a command that leaves a mark, then the end."""
    name, arguments = "run_command", {"command": f"echo {number} >> {task}.log"}
    if number == COMMANDS:
        name, arguments = "complete_task", {"summary": "Done."}
    call = {"index": 0, "id": f"{task}-{number}", "function": {"name": name, "arguments": json.dumps(arguments)}}
    chunks: list[Any] = [
        {"choices": [{"delta": {"content": f"Step {number}."}}]},
        {"choices": [{"delta": {"tool_calls": [call]}}]},
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
    ]
    return [b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks] + [b"data: [DONE]\n\n"]


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
Trouble = Callable[[asyncio.StreamWriter, int, str], Any]


@dataclass
class Vendor:
    """Answers each task's turns in order; `trouble` has the request after the first result, as often as it has a turn."""

    trouble: list[Trouble] = field(default_factory=list)
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    server: asyncio.Server | None = None
    port: int = 0

    async def start(self) -> str:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=2**22)
        self.port = self.server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{self.port}"

    async def die(self) -> None:
        """As when it is killed: nobody listens, and every connection breaks."""
        assert self.server
        self.server.close()
        for writer in list(self.open):
            writer.transport.abort()
        await self.server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length"))
            body = json.loads(await reader.readexactly(length))
            (task,) = set(re.findall(r"Your task is (T[0-9]+)", json.dumps(body["messages"])))
            number = sum(message["role"] == "tool" for message in body["messages"])
            self.asked[task, number] += 1
            if number == 1 and self.trouble:
                await self.trouble.pop(0)(writer, number, task)
            else:
                writer.write(HEAD + b"".join(events(number, task)))
            await writer.drain()
        self.open.discard(writer)
        writer.close()


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    made = Vendor()
    yield made
    if made.server:
        await made.die()


@dataclass
class Watched:
    """A run of some agents on a vendor, and what is told of it while it goes on."""

    session: LocalSession
    waits: list[ProviderWaiting] = field(default_factory=list)
    facts: list[Any] = field(default_factory=list)

    async def look_on(self) -> None:
        async for event in self.session.watch(0):
            if isinstance(event, ProviderWaiting):
                self.waits.append(event)
            elif hasattr(event, "fact"):
                self.facts.append(event.fact)

    def of(self, *kinds: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kinds)]


@pytest.fixture
async def start(forge, vendor, ada) -> AsyncIterator[Callable[..., Any]]:
    """Starts so many agents at once, each on a task of its own."""
    looking: list[asyncio.Task[None]] = []
    providers: list[WireProvider] = []

    async def begin(agents: int = 1, deadlines: Deadlines | None = None) -> Watched:
        who = Who(name="vendor", host="here")
        url = httpx.URL(await vendor.start())
        provider = WireProvider(
            who, url, OpenAIWire(who), key=lambda: None, price=lambda _: None, pace=PACE, deadlines=deadlines
        )
        providers.append(provider)
        forge.settings = replace(
            forge.settings, model="vendor:m", agents=agents, gate=GateSettings(undo_seconds=0), limits=Limits()
        )
        kit = replace(forge._kit(), resolve=lambda word: (provider, word.partition(":")[2]))
        request = NewRun(goal="leave marks", role="backend_developer", phase=Phase.BUILDING, policy=Policy.AUTO)
        session = await LocalSession.start(await forge._store(), kit, request, str(forge.project), ada)
        for number in range(2, agents + 1):
            draft = TaskDraft(
                title=f"Mark {number}", description="Leave marks.", rationale="r", phase=Phase.BUILDING,
                role="backend_developer",
            )  # fmt: skip
            await session.submit(AddTask(draft=draft, actor=ada))
        watched = Watched(session)
        looking.append(asyncio.create_task(watched.look_on()))
        forge.serve(session)
        return watched

    yield begin
    for task in looking:
        task.cancel()
    await forge.halt()
    for provider in providers:
        await provider.aclose()


def check_all_done(forge: Any, watched: Watched, agents: int) -> None:
    state = watched.session.state()
    assert [task.status for task in state.tasks.values()] == [TaskStatus.COMPLETED] * agents
    marks = "".join(f"{n}\n" for n in range(COMMANDS))
    for task_id in state.tasks:
        assert (forge.project / f"{task_id}.log").read_text() == marks, "each command ran once"
    assert not watched.of(AgentStalled)
    said = [f for f in watched.of(MessageAdded) if f.message.speaker is Speaker.ASSISTANT]
    assert len(said) == agents * (COMMANDS + 1), "no turn is there twice"
    assert len(watched.of(ToolStarted)) == agents * COMMANDS


async def test_a_provider_that_is_killed_for_a_minute_under_ten_agents(forge, vendor, start) -> None:
    agents = 10
    half_said = 0
    all_half_said = asyncio.Event()

    async def begin_and_stay(writer: asyncio.StreamWriter, number: int, task: str) -> None:
        nonlocal half_said
        writer.write(HEAD + b"".join(events(number, task)[:2]))
        await writer.drain()
        half_said += 1
        if half_said == agents:
            all_half_said.set()
        await asyncio.Event().wait()

    vendor.trouble = [begin_and_stay] * agents
    watched = await start(agents)
    await asyncio.wait_for(all_half_said.wait(), 30)
    await vendor.die()
    began = time.monotonic()
    await nap(60)
    state = watched.session.state()
    assert {agent.status for agent in state.agents.values()} == {AgentStatus.WORKING}, (
        "they wait, and do not stand still"
    )
    assert {wait.task_id for wait in watched.waits if wait.seconds} == set(state.tasks), "of each it is told"
    told = [wait for wait in watched.waits if "cannot be reached" in wait.reason and wait.seconds]
    assert told
    assert max(wait.seconds for wait in told) <= 8
    await vendor.start()
    await asyncio.wait_for(watched.session.settled(), 60)
    assert (time.monotonic() - began) * FASTER >= 60
    check_all_done(forge, watched, agents)
    cuts = watched.of(TurnCut)
    assert Counter(cut.task_id for cut in cuts) == dict.fromkeys(state.tasks, 1), (
        "each lost one half turn, and it shows"
    )
    assert {cut.text for cut in cuts} == {"Step 1."}
    assert all(vendor.asked[task_id, 1] == 2 for task_id in state.tasks), (
        "asked once more each, when it was there again"
    )


async def refuse(writer: asyncio.StreamWriter, status: int, *headers: str) -> None:
    lines = [f"HTTP/1.1 {status} X", "content-length: 0", "connection: close", *headers, "", ""]
    writer.write("\r\n".join(lines).encode())


async def in_30_seconds(writer: asyncio.StreamWriter, number: int, task: str) -> None:
    await refuse(writer, 429, "retry-after: 30")


async def at_a_time_of_day(writer: asyncio.StreamWriter, number: int, task: str) -> None:
    await refuse(writer, 429, f"retry-after: {formatdate(PACE.today() + 30, usegmt=True)}")


async def overloaded(writer: asyncio.StreamWriter, number: int, task: str) -> None:
    await refuse(writer, 529)


@pytest.mark.parametrize(
    ("trouble", "status", "at_least", "at_most"),
    # where a time of day is told, what passed on the way is waited less, and a loaded machine takes its time; left to
    # itself it would wait for half a second
    [(in_30_seconds, "429", 29, 30), (at_a_time_of_day, "429", 10, 30), (overloaded, "529", 0.3, 0.5)],
)
async def test_a_refusal_is_waited_for_as_long_as_was_asked(
    trouble, status, at_least, at_most, forge, vendor, start
) -> None:
    vendor.trouble = [trouble]
    watched = await start()
    await asyncio.wait_for(watched.session.settled(), 30)
    check_all_done(forge, watched, 1)
    first = watched.waits[0]
    assert status in first.reason
    assert at_least <= first.seconds <= at_most
    left = [wait.seconds for wait in watched.waits if wait.seconds]
    assert left == sorted(left, reverse=True), "it is counted down"
    assert watched.waits[-1].seconds == 0, "and said to be over"
    assert vendor.asked["T1", 1] == 2


async def ping_forever(writer: asyncio.StreamWriter, number: int, task: str) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b": ping\n\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def talk_forever(writer: asyncio.StreamWriter, number: int, task: str) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b'data: {"choices":[{"delta":{"content":"and "}}]}\n\n')
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(("trouble", "said"), [(ping_forever, ""), (talk_forever, "and and ")])
async def test_a_stream_that_drips_for_ever_is_given_up_and_its_turn_taken_anew(
    trouble, said, forge, vendor, start
) -> None:
    vendor.trouble = [trouble]
    watched = await start(deadlines=Deadlines(first=0.3, idle=0.3, total=0.6))
    await asyncio.wait_for(watched.session.settled(), 30)
    check_all_done(forge, watched, 1)
    (cut,) = watched.of(TurnCut)
    assert cut.text.startswith(said)
    assert "no word for too long" in cut.reason
    assert any("no word for too long" in wait.reason for wait in watched.waits), "why it waits is told"


async def test_a_stream_of_one_byte_at_a_time_is_a_stream_like_any_other(forge, vendor, start) -> None:
    async def byte_by_byte(writer: asyncio.StreamWriter, number: int, task: str) -> None:
        for byte in HEAD + b"".join(events(number, task)):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    vendor.trouble = [byte_by_byte]
    watched = await start()
    await asyncio.wait_for(watched.session.settled(), 30)
    check_all_done(forge, watched, 1)
    assert not watched.of(TurnCut)
    assert vendor.asked["T1", 1] == 1

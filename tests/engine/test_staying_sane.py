"""An agent that goes in circles stops and asks; a provider that is down for a minute is waited for, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hephaestus_tui.config import Dialect, ProviderSettings
from hephaestus_tui.domain.attention import AttentionKind, attention
from hephaestus_tui.domain.commands import Resume, RetryNow
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.events import MessageAdded, ProviderWaiting
from hephaestus_tui.domain.message import Speaker, ToolCallPart
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import AgentStatus
from hephaestus_tui.domain.task import TaskStatus
from hephaestus_tui.engine.repeats import Repeats
from hephaestus_tui.tools.base import ToolOutcome


def root(say, *turns):
    return say.entry("root", 'role = "backend_developer"', *turns)


def look(say, mark, path="."):
    return say.turn(mark, say.call("list_files", mark, f'{{ path = "{path}" }}'))


async def test_three_identical_calls_in_a_row_stop_the_agent_until_a_human_resumes_it(forge, say, ada):
    session = await forge.start(say.script(root(say, *(look(say, f"l{n}") for n in range(5)), say.done())))
    await session.settled()
    state = session.state()
    assert (state.agents["T1"].status, state.agents["T1"].turns) == (AgentStatus.STALLED, 3)
    (item,) = attention(state)
    assert item.kind is AttentionKind.STALLED
    assert 'the same call 3 times in a row with the same result (list_files {"path": "."})' in item.text
    await session.submit(Resume(reach=only("T1"), actor=ada))
    await session.settled()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED, "two more do not stop it"


@pytest.mark.parametrize(
    "calls",
    [
        [('{"path": "a"}', "x"), ('{"path": "a"}', "x"), ('{"path": "b"}', "x"), ('{"path": "a"}', "x")],
        [('{"path": "a"}', "x"), ('{"path": "a"}', "y"), ('{"path": "a"}', "x"), ('{"path": "a"}', "y")],
        [('{"job": 1, "wait": true}', "still running")] * 9,
        [('{"command": "tail log"}', f"[exit code 0 after 0.1 s]\n{line}") for line in ("one", "two", "three", "four")],
        [('{"command": "tail log"}', f"[exit code 0 after 0.1 s]\nit took {n} s") for n in range(4)],
    ],
    ids=["other arguments", "other results", "polling by asking to wait", "polling what grows", "polling a clock"],
)
def test_what_is_no_circle(calls):
    repeats = Repeats()
    assert not any(repeats.note(ToolCallPart("c", "look", given), ToolOutcome(said)) for given, said in calls)


def test_how_long_a_command_took_makes_no_difference():
    repeats = Repeats()
    results = (f"[exit code 1 after {took} s]\n1 failed" for took in ("0.4", "0.5", "12.0"))
    call = ToolCallPart("c", "run_command", '{"command": "pytest"}')
    assert [repeats.note(call, ToolOutcome(said, is_error=True)) for said in results] == [False, False, True]


def test_the_order_of_arguments_makes_no_difference():
    repeats = Repeats()
    given = ['{"a": 1, "b": 2}', '{"b": 2, "a": 1}', '{ "a":1,"b":2 }']
    assert [repeats.note(ToolCallPart("c", "look", g), ToolOutcome("x")) for g in given] == [False, False, True]


# -- an outage


def chunk(**delta) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n"


def calling(name: str, call_id: str, **arguments) -> bytes:
    called = {"index": 0, "id": call_id, "function": {"name": name, "arguments": json.dumps(arguments)}}
    end = b'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
    return chunk(content="Now.", tool_calls=[called]) + end


class Vendor:
    """A server that answers each turn in order, and refuses everything while it is `down`."""

    def __init__(self) -> None:
        self.down = False
        self.refused = 0
        self.asked: list[int] = []
        self.turns = [
            calling("run_command", "c1", command="echo once >> log.txt"),
            calling("complete_task", "c2", summary="Done.", evidence=[]),
        ]
        self.refused_once = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length"))
        body = json.loads(await reader.readexactly(length))
        if self.down:
            self.refused += 1
            writer.write(b"HTTP/1.1 529 X\r\nretry-after: 60\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.refused_once.set()
        else:
            results = sum(message["role"] == "tool" for message in body["messages"])
            self.asked.append(results)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
            writer.write(self.turns[results])
            self.down = not results  # after the first turn
        await writer.drain()
        writer.close()


@pytest.fixture
async def vendor() -> AsyncIterator[tuple[Vendor, str]]:
    made = Vendor()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=2**22)
    yield made, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def test_an_outage_is_waited_for_told_and_cut_short_and_nothing_runs_twice(forge, say, ada, vendor):
    server, url = vendor
    forge.settings = replace(
        forge.settings, providers={"local": ProviderSettings(dialect=Dialect.OPENAI, base_url=url)}
    )
    session = await forge.start_with("local:m")
    with pytest.raises(CommandRefused, match="not at work"):
        await session.submit(RetryNow(task_id="T1", actor=ada))
    waited: list[ProviderWaiting] = []
    counted_down = asyncio.Event()

    async def look_on() -> None:
        async for event in session.watch(session.state().seq):
            if isinstance(event, ProviderWaiting):
                waited.append(event)
                if len(waited) == 2:
                    counted_down.set()

    looking = asyncio.create_task(look_on())
    forge.serve(session)
    await asyncio.wait_for(server.refused_once.wait(), 20)
    await asyncio.wait_for(counted_down.wait(), 20)
    state = session.state()
    assert (state.agents["T1"].status, state.tasks["T1"].status) == (AgentStatus.WORKING, TaskStatus.IN_PROGRESS)
    assert "529" in waited[0].reason
    assert 60 >= waited[0].seconds > waited[1].seconds > 0
    server.down = False
    receipt = await session.submit(RetryNow(task_id="T1", actor=ada))
    assert receipt.note == "the provider is asked again now"
    await asyncio.wait_for(session.settled(), 20)
    with pytest.raises(CommandRefused, match="not at work"):
        await session.submit(RetryNow(task_id="T1", actor=ada))
    looking.cancel()
    assert session.state().tasks["T1"].status is TaskStatus.COMPLETED
    assert (forge.project / "log.txt").read_text() == "once\n"
    assert (server.asked, server.refused) == ([0, 1], 1)
    facts = [r.fact for r in await forge.store.facts(session.run_id)]
    said = [f.message for f in facts if isinstance(f, MessageAdded) and f.message.speaker is Speaker.ASSISTANT]
    assert len(said) == 2

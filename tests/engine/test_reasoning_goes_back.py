"""What a model thought before a call goes back with the call's result as it came, through the store and over a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pytest

from hephaestus_tui.config import Dialect, Effort, ProviderSettings
from hephaestus_tui.domain.commands import Answer, Resume
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.reach import only
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.engine.local import LocalSession

ADA = Actor(ActorKind.HUMAN, "ada")
Until: TypeAlias = Callable[[LocalSession, Callable[[RunState], bool]], Awaitable[RunState]]
Json: TypeAlias = dict[str, Any]

ASK = ("ask_human", json.dumps({"question": "Shall I?", "options": []}))
DONE = ("complete_task", json.dumps({"summary": "done", "evidence": []}))
ITEM: Json = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "b3BhcXVl"}
SIGNED: Json = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}


def responses(call_id: str, name: str, arguments: str) -> list[Json]:
    call = {"type": "function_call", "id": "fc", "call_id": call_id, "name": name, "arguments": arguments}
    return [
        {"type": "response.created", "response": {"id": "resp"}},
        {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "id": "rs_1"}},
        {"type": "response.output_item.done", "output_index": 0, "item": ITEM | {"status": "completed"}},
        {"type": "response.output_item.done", "output_index": 1, "item": call | {"status": "completed"}},
        {
            "type": "response.completed",
            "response": {"status": "completed", "usage": {"input_tokens": 9, "output_tokens": 3}},
        },
    ]


def messages(call_id: str, name: str, arguments: str) -> list[Json]:
    return [
        {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 9}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": call_id, "name": name}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": arguments}},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]


@dataclass
class Server:
    """First asks a person, then completes the task."""

    turn: Callable[[str, str, str], list[Json]]
    bodies: list[Json] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length"))
        self.bodies.append(json.loads(await reader.readexactly(length)))
        events = self.turn(f"c{len(self.bodies)}", *(ASK if len(self.bodies) == 1 else DONE))
        stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{stream}".encode()
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def serving() -> AsyncIterator[Callable[[Server], Awaitable[str]]]:
    started: list[asyncio.Server] = []

    async def start(server: Server) -> str:
        started.append(await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20))
        return f"http://127.0.0.1:{started[-1].sockets[0].getsockname()[1]}/v1"

    yield start
    for server in started:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("dialect", [Dialect.RESPONSES, Dialect.ANTHROPIC])
async def test_reasoning_goes_back_with_the_result_of_the_call(
    dialect: Dialect, forge: Any, until: Until, serving: Callable[[Server], Awaitable[str]]
) -> None:
    server = Server(responses if dialect is Dialect.RESPONSES else messages)
    provider = ProviderSettings(dialect=dialect, base_url=await serving(server))
    forge.settings = replace(forge.settings, providers={"far": provider}, effort=Effort.LOW)
    session = await forge.start_with("far:thinker")
    forge.serve(session)
    await until(session, lambda state: bool(state.questions))
    await forge.halt()
    session = await forge.resume(session.run_id)
    (question,) = session.state().questions
    await session.submit(Resume(reach=only("T1"), actor=ADA))
    await session.submit(Answer(question_id=question, answer="yes", actor=ADA))
    state = await until(session, lambda state: state.tasks["T1"].status.ended)
    assert state.tasks["T1"].summary == "done"
    second = server.bodies[1]
    if dialect is Dialect.RESPONSES:
        assert [item["type"] for item in second["input"][1:]] == ["reasoning", "function_call", "function_call_output"]
        assert second["input"][1] == ITEM
        assert second["reasoning"] == {"effort": "low"}
    else:
        assert [block["type"] for block in second["messages"][1]["content"]] == ["thinking", "tool_use"]
        assert second["messages"][1]["content"][0] == SIGNED
        assert second["output_config"] == {"effort": "low"}

"""A server of our own on loopback, which answers each request with bytes, waits and accidents; a clock that obeys."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from typing import TypeAlias

import pytest

from hephaestus_tui.domain.message import Message, Part, Speaker, TextPart, ToolDeclaration
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.providers.base import TurnContext, TurnRequest
from hephaestus_tui.providers.retry import Pace

# bytes to send, seconds to wait, "reset" the connection, "drip" or "flood" the next bytes until the client hangs up
Step: TypeAlias = bytes | float | str
Serve: TypeAlias = Callable[..., Awaitable[tuple[str, list[bytes]]]]

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\r\n"


class Loopback:
    """Each request takes the next answer; the last one serves all that follow. `gone` tells that a client hung up."""

    def __init__(self, answers: Sequence[Sequence[Step]]) -> None:
        self.requests: list[bytes] = []
        self.gone = asyncio.Event()
        self._answers = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length")), 0
            )
            self.requests.append(head + await reader.readexactly(length))
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            await self._play(answer, writer)
        except ConnectionError:
            self.gone.set()
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    async def _play(self, answer: Sequence[Step], writer: asyncio.StreamWriter) -> None:
        forever = ""
        for step in answer:
            match step:
                case bytes() if forever:
                    while not writer.is_closing():
                        writer.write(step)
                        await writer.drain()
                        await asyncio.sleep(0.005 if forever == "drip" else 0)
                    raise ConnectionResetError
                case bytes():
                    writer.write(step)
                    await writer.drain()
                case "reset":
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, linger)
                    return
                case str():
                    forever = step
                case _:
                    await asyncio.sleep(step)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers: `url, requests = await serve([HEAD, b"data: …"], …)`, one list of steps for each request."""
    servers: list[asyncio.Server] = []

    async def start(*answers: Sequence[Step]) -> tuple[str, list[bytes]]:
        loopback = Loopback(answers)
        server = await asyncio.start_server(loopback.serve, "127.0.0.1", 0, limit=2**24)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", loopback.requests

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


class Clock:
    """Time that passes only when someone sleeps."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(now=lambda: clock.time, today=lambda: clock.time, sleep=clock.sleep, chance=lambda: 0.0)


@pytest.fixture
def slept(clock: Clock) -> list[float]:
    """The waits that were asked for, in order."""
    return clock.slept


@pytest.fixture
def recorded() -> Callable[[str], bytes]:
    folder = Path(__file__).parent / "sse"
    return lambda name: (folder / name).read_bytes()


@pytest.fixture
def ask() -> Callable[..., TurnRequest]:
    """A request for a turn: `ask(said("go"), model="m")`; a plain string is what the user says."""

    def build(
        *messages: str | tuple[Speaker, tuple[Part, ...], str],
        model: str = "small",
        tools: tuple[ToolDeclaration, ...] = (),
        attempt: int = 1,
        title: str = "Cache the tokens",
        role: str = "backend_developer",
        phase: Phase = Phase.BUILDING,
        origin: str | None = None,
    ) -> TurnRequest:
        found: list[Message] = []
        for ordinal, message in enumerate(messages or ("go",)):
            speaker, parts, reply_id = (Speaker.USER, (TextPart(message),), "") if isinstance(message, str) else message
            found.append(Message(ordinal=ordinal, speaker=speaker, parts=parts, at=0.0, reply_id=reply_id))
        return TurnRequest(
            model=model,
            system="You are careful.",
            messages=tuple(found),
            tools=tools,
            max_tokens=100,
            attempt=attempt,
            context=TurnContext(task_id="T1", role=role, phase=phase, title=title, origin_call_id=origin),
        )

    return build

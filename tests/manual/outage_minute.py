"""The minute of tests/engine/test_outages.py as it is: a server of its own, killed with SIGKILL under ten agents.

    python -m tests.manual.outage_minute [SECONDS]

Ten agents each run five commands that leave a mark. When all are at work the server's process is killed for that long (60),
then started again on the same port. What is told meanwhile, and what became of it, is printed.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hephaestus_tui.config import Dialect, GateSettings, ProviderSettings
from hephaestus_tui.domain.commands import AddTask
from hephaestus_tui.domain.events import MessageAdded, ProviderWaiting, Recorded, TaskCompleted, ToolStarted, TurnCut
from hephaestus_tui.domain.message import Speaker
from hephaestus_tui.domain.task import Phase, TaskDraft
from tests.engine.conftest import ADA, Forge

AGENTS, COMMANDS = 10, 5
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A turn that takes a second to be said."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(n.split(b":")[1]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length"))
    body = json.loads(await reader.readexactly(length))
    task = re.findall(r"Your task is (T[0-9]+)", json.dumps(body["messages"]))[0]
    number = sum(message["role"] == "tool" for message in body["messages"])
    done = number == COMMANDS
    name = "complete_task" if done else "run_command"
    given = {"summary": "Done.", "evidence": []} if done else {"command": f"echo {number} >> {task}.log"}
    call = {"index": 0, "id": f"{task}-{number}", "function": {"name": name, "arguments": json.dumps(given)}}
    writer.write(HEAD)
    try:
        for word in ("I ", "go ", "on ", "with ", "it."):
            writer.write(b"data: " + json.dumps({"choices": [{"delta": {"content": word}}]}).encode() + b"\n\n")
            await writer.drain()
            await asyncio.sleep(0.2)
        for chunk in (
            {"choices": [{"delta": {"tool_calls": [call]}}]},
            {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
        ):
            writer.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()
    except ConnectionError:
        return
    writer.close()


async def serve(port: int) -> None:
    async with await asyncio.start_server(answer, "127.0.0.1", port, limit=2**22) as server:
        print("ready", flush=True)
        await server.serve_forever()


async def server_on(port: int) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.manual.outage_minute", "serve", str(port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    await process.stdout.readline()
    return process


async def main(seconds: float) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    server = await server_on(port)
    with tempfile.TemporaryDirectory() as folder:
        forge = Forge(Path(folder))
        local = ProviderSettings(dialect=Dialect.OPENAI, base_url=f"http://127.0.0.1:{port}")
        forge.settings = replace(
            forge.settings, agents=AGENTS, gate=GateSettings(undo_seconds=0), providers={"local": local}
        )
        session = await forge.start_with("local:m", "leave marks")
        for number in range(2, AGENTS + 1):
            draft = TaskDraft(
                title=f"Mark {number}", description="Leave marks.", rationale="r", phase=Phase.BUILDING,
                role="backend_developer",
            )  # fmt: skip
            await session.submit(AddTask(draft=draft, actor=ADA))
        waits: list[tuple[float, ProviderWaiting]] = []
        facts: list[Recorded] = []
        at_work = asyncio.Event()
        began = time.monotonic()

        async def look_on() -> None:
            async for event in session.watch(0):
                if isinstance(event, ProviderWaiting):
                    waits.append((time.monotonic() - began, event))
                elif isinstance(event, Recorded):
                    facts.append(event)
                    if sum(isinstance(f.fact, ToolStarted) for f in facts) >= 2 * AGENTS:
                        at_work.set()

        looking = asyncio.create_task(look_on())
        forge.serve(session)
        await at_work.wait()
        server.send_signal(signal.SIGKILL)
        await server.wait()
        killed = time.monotonic()
        print(f"{killed - began:6.1f} s  killed, {AGENTS} agents at work")
        await asyncio.sleep(seconds)
        server = await server_on(port)
        back = time.monotonic()
        print(f"{back - began:6.1f} s  there again")
        await session.settled()
        ended = time.monotonic()
        marks = {p.name: p.read_text().split() for p in forge.project.glob("*.log")}
        looking.cancel()
        await forge.stop()
    server.kill()
    await server.wait()
    kinds = Counter(type(f.fact) for f in facts)
    said = sum(isinstance(f.fact, MessageAdded) and f.fact.message.speaker is Speaker.ASSISTANT for f in facts)
    expected = [str(n) for n in range(COMMANDS)]
    told = [(at, wait) for at, wait in waits if wait.seconds]
    print(f"{ended - began:6.1f} s  settled, {ended - back:.1f} s after it was there again")
    print(
        f"completed {kinds[TaskCompleted]} of {AGENTS}; turns {said} of {AGENTS * (COMMANDS + 1)}; cut {kinds[TurnCut]}"
    )
    print(
        f"commands begun {kinds[ToolStarted]} of {AGENTS * COMMANDS}; marks right in {sum(m == expected for m in marks.values())} files"
    )
    print(
        f"told of waiting {len(told)} times, to {len({w.task_id for _, w in told})} agents, at most {max(w.seconds for _, w in told):.1f} s ahead"
    )
    for reason, count in Counter(wait.reason for _, wait in told).most_common(4):
        print(f"  {count:4} x {reason}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0))

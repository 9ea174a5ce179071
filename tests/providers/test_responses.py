"""The responses dialect: what is sent, what a stream means, and what is no turn however it is cut."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, TypeAlias

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hephaestus_tui.config import Dialect, Effort, Price, ProviderSettings, Settings
from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import (
    Part,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolDeclaration,
    ToolResultPart,
)
from hephaestus_tui.providers.base import CallDelta, StreamItem, TextDelta, TurnEnd, TurnRequest
from hephaestus_tui.providers.errors import BadRequest, ContextOverflow, IncompleteTurn
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.registry import Registry
from hephaestus_tui.providers.responses import ResponsesWire
from hephaestus_tui.providers.responses_stream import ResponseParser
from hephaestus_tui.providers.sse import events

Serve: TypeAlias = Callable[..., Awaitable[tuple[str, list[bytes]]]]
Ask: TypeAlias = Callable[..., TurnRequest]
Json: TypeAlias = dict[str, Any]

WHO = Who(name="forge", host="127.0.0.1:1")
OPENAI = Who(name="openai", host="api.openai.com", key_env="OPENAI_API_KEY")
PRICE = Price(input=1.0, output=2.0, cache_read=0.1)
TOOL = ToolDeclaration("read", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def delta(kind: str, index: int, text: str, **more: object) -> Json:
    return {"type": f"response.{kind}.delta", "output_index": index, "item_id": f"i{index}", "delta": text, **more}


def added(index: int, **item: object) -> Json:
    return {"type": "response.output_item.added", "output_index": index, "item": {"id": f"i{index}", **item}}


def done(index: int, **item: object) -> Json:
    whole = {"id": f"i{index}", "status": "completed", **item}
    return {"type": "response.output_item.done", "output_index": index, "item": whole}


def call(index: int, arguments: str = "{}", call_id: str = "c1", name: str = "read") -> Json:
    return done(index, type="function_call", call_id=call_id, name=name, arguments=arguments)


CREATED: Json = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}
COMPLETED: Json = {
    "type": "response.completed",
    "response": {
        "id": "resp_1",
        "status": "completed",
        "usage": {
            "input_tokens": 100,
            "output_tokens": 9,
            "input_tokens_details": {"cached_tokens": 70, "cache_write_tokens": 10},
            "output_tokens_details": {"reasoning_tokens": 4},
        },
    },
}
THOUGHT: Json = {
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "Hm\u2028hm."}, {"type": "summary_text", "text": "So."}],
    "encrypted_content": "b3BhcXVl",
}
WHOLE: list[Json] = [
    CREATED,
    {"type": "response.in_progress", "response": {"id": "resp_1"}},
    added(0, type="reasoning", summary=[]),
    {"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 0},
    delta("reasoning_summary_text", 0, "Hm\u2028", summary_index=0),
    delta("reasoning_summary_text", 0, "hm.", summary_index=0),
    delta("reasoning_summary_text", 0, "So.", summary_index=1),
    done(0, **THOUGHT),
    added(1, type="message", role="assistant", content=[], status="in_progress"),
    {"type": "response.content_part.added", "output_index": 1, "content_index": 0},
    delta("output_text", 1, "Grüße\u2028zwei\u0085 ", content_index=0),
    delta("output_text", 1, "🦊 ok", content_index=0),
    {"type": "response.output_text.done", "output_index": 1, "text": "Grüße\u2028zwei\u0085 🦊 ok"},
    done(1, type="message", role="assistant", content=[{"type": "output_text", "text": "Grüße\u2028zwei\u0085 🦊 ok"}]),
    added(2, type="function_call", call_id="c1", name="read", arguments=""),
    delta("function_call_arguments", 2, '{"path": "ä'),
    delta("function_call_arguments", 2, '\u2028"}'),
    {"type": "response.function_call_arguments.done", "output_index": 2, "arguments": '{"path": "ä\u2028"}'},
    call(2, '{"path": "ä\u2028"}'),
    COMPLETED,
]
SENT_BACK: Json = {"type": "reasoning", "id": "i0", **{k: THOUGHT[k] for k in ("summary", "encrypted_content")}}


def turn_of(data: Iterable[str]) -> tuple[list[StreamItem], TurnEnd]:
    parser = ResponseParser(WHO, "call-1", 4_000, PRICE)
    items: list[StreamItem] = []
    for piece in data:
        items += parser.feed(piece)
    return items, parser.end()


def turn(*found: Json) -> TurnEnd:
    return turn_of(json.dumps(event) for event in found)[1]


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


# -- what a stream means


def check_whole(items: list[StreamItem], end: TurnEnd) -> None:
    thought, text, read = end.parts
    assert isinstance(thought, ReasoningPart)
    assert thought.text == "Hm\u2028hm.\n\nSo."
    assert thought.signature is not None
    assert json.loads(thought.signature.removeprefix("item:")) == SENT_BACK
    assert (text, read) == (
        TextPart("Grüße\u2028zwei\u0085 🦊 ok"),
        ToolCallPart("c1", "read", '{"path": "ä\u2028"}'),
    )
    assert (end.usage.input, end.usage.cache_read, end.usage.cache_write, end.usage.output) == (20, 70, 10, 9)
    assert end.usage.cost == pytest.approx((20 + 10 + 70 * 0.1 + 9 * 2) / 1e6)
    assert end.reply_id == "resp_1"
    for channel, part in ((Channel.REASONING, thought), (Channel.TEXT, text)):
        assert isinstance(part, ReasoningPart | TextPart)
        assert "".join(i.text for i in items if isinstance(i, TextDelta) and i.channel is channel) == part.text
    assert [i for i in items if isinstance(i, CallDelta)][-1] == CallDelta(0, "read", len('{"path": "ä\u2028"}'))


@settings(deadline=None, max_examples=150)
@given(
    cuts=st.lists(st.integers(0, 6_000), max_size=40),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    noise=st.sampled_from(["", ": ping", "event: keepalive", "retry: 5"]),
    ascii_only=st.booleans(),
)
def test_slices_line_ends_and_noise_change_nothing(cuts: list[int], newline: str, noise: str, ascii_only: bool) -> None:
    data = [json.dumps(event, ensure_ascii=ascii_only) for event in WHOLE]
    kinds = [f"event: {event['type']}" for event in WHOLE]
    lines = [
        w
        for kind, d in zip(kinds, data, strict=True)
        for w in (*([noise, ""] if noise else []), kind, f"data: {d}", "")
    ]
    stream = newline.join([*lines, ""]).encode()
    edges = sorted({0, len(stream), *(c % len(stream) for c in cuts)})
    check_whole(*turn_of(event_data(*(stream[a:b] for a, b in itertools.pairwise(edges)))))


def outcome(data: list[str]) -> TurnEnd | None:
    try:
        return turn_of(data)[1]
    except ProviderError:
        return None


def test_a_stream_that_ends_early_is_no_turn() -> None:
    data = [json.dumps(event) for event in WHOLE]
    assert [outcome(data[:n]) is None for n in range(len(data) + 1)] == [True] * len(data) + [False]


@pytest.mark.parametrize(
    ("name", "whole"), [("gemma.responses_text_stream.sse", True), ("gemma.responses_tool_stream.sse", False)]
)
def test_a_recorded_stream_cut_at_any_byte_is_whole_or_no_turn(
    name: str, whole: bool, recorded: Callable[[str], bytes]
) -> None:
    stream = recorded(name)
    everything = event_data(stream)
    assert [outcome(everything[:n]) is not None for n in range(len(everything) + 1)] == [False] * len(everything) + [
        whole
    ]

    async def check() -> None:
        for cut in range(len(stream) + 1):
            response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Slices([stream[:cut]]))
            found = [event.data async for event in events(response)]
            assert found == everything[: len(found)], f"a cut after {cut} bytes made up an event"

    asyncio.run(check())


def test_a_local_server_that_numbers_nothing_and_one_that_says_completed_of_a_cut_call(
    recorded: Callable[[str], bytes],
) -> None:
    _, end = turn_of(event_data(recorded("gemma.responses_text_stream.sse")))
    (text,) = end.parts
    assert isinstance(text, TextPart)
    assert text.text.startswith("Login fails after a password reset.")
    assert (end.usage.input, end.usage.cache_read, end.usage.output) == (5, 60, 24)
    with pytest.raises(IncompleteTurn, match="not valid JSON"):
        turn_of(event_data(recorded("gemma.responses_tool_stream.sse")))


def test_items_that_come_only_whole() -> None:
    end = turn(
        CREATED,
        done(0, **THOUGHT),
        done(
            1, type="message", content=[{"type": "output_text", "text": "Yes."}, {"type": "refusal", "refusal": "No."}]
        ),
        call(2, '{"path": "x"}'),
        COMPLETED,
    )
    assert [getattr(p, "text", "") for p in end.parts[:2]] == ["Hm\u2028hm.\n\nSo.", "Yes.No."]
    assert end.parts[2] == ToolCallPart("c1", "read", '{"path": "x"}')


def test_a_refusal_is_what_the_model_says() -> None:
    end = turn(
        added(0, type="message"), delta("refusal", 0, "I cannot "), delta("refusal", 0, "do that."), done(0), COMPLETED
    )
    assert end.parts == (TextPart("I cannot do that."),)


def test_items_that_are_named_anew_in_each_event_but_numbered() -> None:
    first, second = (
        added(0, type="function_call", call_id="a", name="x"),
        added(1, type="function_call", call_id="b", name="y"),
    )
    pieces = [delta("function_call_arguments", n, "{}", item_id=f"other{n}") for n in (0, 1)]
    ends = [call(0, "{}", "a", "x"), call(1, "{}", "b", "y")]
    assert turn(first, second, *pieces, *ends, COMPLETED).parts == (
        ToolCallPart("a", "x", "{}"),
        ToolCallPart("b", "y", "{}"),
    )


def test_kinds_that_are_added_later_are_passed_over() -> None:
    search = {"type": "response.web_search_call.in_progress", "output_index": 0}
    later = [added(0, type="web_search_call"), search, delta("output_text", 0, "?"), done(0, type="web_search_call")]
    assert turn(*later, call(1), {"type": "response.new"}, COMPLETED).parts == (ToolCallPart("c1", "read", "{}"),)


def test_reasoning_that_cannot_go_back_has_no_signature() -> None:
    end = turn(added(0, type="reasoning"), delta("reasoning_text", 0, "Hm."), done(0, summary=[]), call(1), COMPLETED)
    assert end.parts[0] == ReasoningPart("Hm.")
    half = done(0, type="reasoning", summary=[], encrypted_content="\ud83d")
    end = turn(half, call(1), COMPLETED)
    assert isinstance(end.parts[0], ReasoningPart)
    assert (end.parts[0].signature or "").isascii(), "half a character would keep the message from being stored"


def test_usage_that_is_not_told_is_estimated() -> None:
    end = turn(
        call(0), {"type": "response.completed", "response": {"status": "completed", "usage": {"input_tokens": "many"}}}
    )
    assert (end.usage.input, end.usage.output) == (1_000, 1)


TEXT = [CREATED, added(0, type="message"), delta("output_text", 0, "Hi")]
READ = added(0, type="function_call", call_id="c1", name="read")


def failed(**error: object) -> Json:
    return {"type": "response.failed", "response": {"status": "failed", "error": error}}


def incomplete(reason: str | None) -> Json:
    return {
        "type": "response.incomplete",
        "response": {"status": "incomplete", "incomplete_details": {"reason": reason}},
    }


@pytest.mark.parametrize(
    ("found", "kind", "says"),
    [
        ([*TEXT], IncompleteTurn, "broke off"),
        ([CREATED, COMPLETED], IncompleteTurn, "empty"),
        ([*TEXT, incomplete("max_output_tokens")], IncompleteTurn, "limit"),
        ([*TEXT, incomplete("mystery")], IncompleteTurn, "mystery"),
        ([*TEXT, incomplete(None)], IncompleteTurn, "none given"),
        ([*TEXT, incomplete("content_filter")], BadRequest, "content filter"),
        ([*TEXT, failed(code="server_error", message="it broke")], IncompleteTurn, "it broke"),
        ([*TEXT, failed(code="invalid_prompt", message="not that")], BadRequest, "not that"),
        ([*TEXT, failed(code="context_length_exceeded", message="too much")], ContextOverflow, "larger"),
        ([*TEXT, {"type": "error", "code": "server_error", "message": "gone"}], IncompleteTurn, "gone"),
        ([*TEXT, {"type": "error", "error": {"message": "wrapped"}}], IncompleteTurn, "wrapped"),
        ([*TEXT, {"error": {"message": "bare"}}], IncompleteTurn, "bare"),
        (
            [*TEXT, {"type": "response.completed", "response": {"status": "incomplete"}}],
            IncompleteTurn,
            "as incomplete",
        ),
        ([READ, delta("function_call_arguments", 0, "{}"), COMPLETED], IncompleteTurn, "tool call"),
        ([READ, delta("function_call_arguments", 0, "{"), call(0, "{}"), COMPLETED], IncompleteTurn, "differ"),
        (
            [READ, delta("function_call_arguments", 0, '{"a":'), call(0, '{"a":'), COMPLETED],
            IncompleteTurn,
            "not valid JSON",
        ),
        ([call(0, "[]"), COMPLETED], IncompleteTurn, "not one JSON object"),
        ([call(0, name=""), COMPLETED], IncompleteTurn, "naming"),
        ([READ, READ], IncompleteTurn, "twice"),
        ([call(0), call(0)], IncompleteTurn, "not open"),
        ([READ, delta("output_text", 0, "x")], IncompleteTurn, "mixed"),
        ([*TEXT, delta("function_call_arguments", 0, "x")], IncompleteTurn, "mixed"),
        ([*TEXT, delta("output_text", 1, "x")], IncompleteTurn, "not open"),
        ([call(0), COMPLETED, delta("output_text", 0, "x")], IncompleteTurn, "not open"),
        ([READ, call(0) | {"item": {"status": "incomplete"}}], IncompleteTurn, "unfinished"),
    ],
)
def test_what_is_no_turn(found: list[Json], kind: type[ProviderError], says: str) -> None:
    with pytest.raises(kind, match=says) as caught:
        turn(*found)
    assert type(caught.value) is kind


def test_a_server_that_says_completed_of_what_its_limit_cut() -> None:
    for limit, cut in ((9, True), (10, False), (0, False)):
        parser = ResponseParser(WHO, "call-1", 10, None, limit)
        parser.feed(json.dumps(call(0)))
        if cut:
            with pytest.raises(IncompleteTurn, match="limit of its answer"):
                parser.feed(json.dumps(COMPLETED))
        else:
            parser.feed(json.dumps(COMPLETED))
            assert parser.end().usage.output == 9


def test_a_model_that_thinks_without_a_word_is_waited_for_longer() -> None:
    parser = ResponseParser(WHO, "call-1", 10, None)
    for event, silent in [
        (CREATED, False),
        (added(0, type="reasoning"), True),
        (done(0, **THOUGHT), False),
        (READ | {"output_index": 1}, False),
    ]:
        parser.feed(json.dumps(event))
        assert parser.silent is silent


# -- what is sent


def reply(*parts: Part) -> tuple[Speaker, tuple[Part, ...], str]:
    return Speaker.ASSISTANT, parts, ""


def sent(request: TurnRequest, who: Who = WHO, **more: Any) -> Json:
    body: Json = json.loads(json.dumps(ResponsesWire(who, **more).body(request)))
    return body


def test_the_whole_conversation_goes_along_and_reasoning_as_it_came(ask: Ask) -> None:
    _, end = turn_of(json.dumps(event) for event in WHOLE)
    results = (Speaker.TOOL, (ToolResultPart("c1", ""),), "")
    request = ask("go", reply(*end.parts), results, "hurry", tools=(TOOL,))
    body = sent(request)
    assert body["input"] == [
        {"type": "message", "role": "user", "content": "go"},
        SENT_BACK,
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Grüße\u2028zwei\u0085 🦊 ok"}],
        },
        {"type": "function_call", "call_id": "c1", "name": "read", "arguments": '{"path": "ä\u2028"}'},
        {"type": "function_call_output", "call_id": "c1", "output": "(no output)"},
        {"type": "message", "role": "user", "content": "hurry"},
    ]
    assert body["instructions"] == "You are careful."
    assert (body["store"], body["stream"], body["max_output_tokens"]) == (False, True, 100)
    assert body["tools"] == [
        {
            "type": "function",
            "name": "read",
            "description": "Read a file.",
            "parameters": TOOL.parameters,
            "strict": False,
        }
    ]
    assert body["include"] == ["reasoning.encrypted_content"]
    assert "prompt_cache_key" not in body
    assert "reasoning" not in body


def test_reasoning_goes_to_nobody_else(ask: Ask) -> None:
    thought = ReasoningPart("Hm.", f"item:{json.dumps(SENT_BACK)}")
    request = ask("go", reply(thought, ReasoningPart("signed by another", "c2ln"), TextPart("Yes.")), "on")
    assert [item["type"] for item in sent(request)["input"]] == ["message", "reasoning", "message", "message"]
    for spoken, kept in (("forge:small", True), ("forge:very-small", False), ("other:small", False)):
        by = replace(request, messages=tuple(replace(m, model=spoken) for m in request.messages))
        assert any(item["type"] == "reasoning" for item in sent(by)["input"]) is kept, spoken


def test_effort_cache_and_what_a_server_wants_beyond(ask: Ask) -> None:
    request = replace(ask(model="gpt-5"), effort=Effort.LOW, cache_key="r1.T1")
    body = sent(request, OPENAI, extra={"reasoning": {"summary": "auto"}, "service_tier": "flex"})
    assert body["reasoning"] == {"effort": "low", "summary": "auto"}
    assert (body["prompt_cache_key"], body["service_tier"]) == ("r1.T1", "flex")
    assert body["max_output_tokens"] > 100, "reasoning counts as part of the answer"
    assert "prompt_cache_key" not in sent(request, OPENAI, cache=False)
    assert sent(request, cache=True)["prompt_cache_key"] == "r1.T1"
    assert "include" not in sent(replace(request, effort=Effort.NONE), OPENAI)
    assert "include" not in sent(ask(model="gpt-4.1"), OPENAI)


# -- over HTTP


async def test_a_turn_over_http(serve: Serve, ask: Ask) -> None:
    stream = [f"event: {e['type']}\ndata: {json.dumps(e, ensure_ascii=False)}\n\n".encode() for e in WHOLE]
    url, requests = await serve([HEAD, *(bytes([byte]) for byte in b"".join(stream))], [HEAD, *stream[:-1]])
    provider = ProviderSettings(dialect=Dialect.RESPONSES, base_url=f"{url}/v1", api_key_env="FORGE_KEY")
    registry = Registry(Settings(providers={"forge": provider}), {"FORGE_KEY": "k-1"})
    found, model = registry.resolve("forge:small")
    items = [item async for item in found.stream(ask(model=model))]
    assert isinstance(items[-1], TurnEnd)
    assert isinstance(items[-1].parts[2], ToolCallPart)
    head, body = requests[0].split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /v1/responses HTTP/1.1")
    assert b"\r\nAuthorization: Bearer k-1" in head
    assert json.loads(body)["store"] is False
    with pytest.raises(IncompleteTurn, match="broke off"):
        [item async for item in found.stream(ask(model=model))]
    assert len(requests) == 2
    await registry.aclose()

"""What servers do besides the book: indexes, ids, kinds and reasons as they come in the wild."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.message import ReasoningPart, TextPart, ToolCallPart
from hephaestus_tui.providers.anthropic_stream import MessageParser
from hephaestus_tui.providers.base import TurnEnd
from hephaestus_tui.providers.errors import BadRequest, ContextOverflow, IncompleteTurn
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai_stream import ChatParser

WHO = Who(name="forge", host="127.0.0.1:1")


def chat(*deltas: dict[str, Any], reason: str = "stop", usage: dict[str, Any] | None = None) -> TurnEnd:
    parser = ChatParser(WHO, "call-3", 400, None)
    for delta in deltas:
        parser.feed(json.dumps({"choices": [{"index": 0, "delta": delta}], "usage": None}))
    parser.feed(json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))
    if usage is not None:
        parser.feed(json.dumps({"choices": [], "usage": usage}))
    return parser.end()


def piece(text: str, index: int | None = 0, call_id: str | None = None, name: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"function": {"arguments": text} | ({"name": name} if name else {})}
    found |= {} if index is None else {"index": index}
    found |= {"id": call_id} if call_id is not None else {}
    return {"tool_calls": [found]}


def calls(end: TurnEnd) -> list[tuple[str, str, str]]:
    return [(p.call_id, p.name, p.arguments) for p in end.parts if isinstance(p, ToolCallPart)]


def test_calls_that_are_written_in_turn_and_interleaved() -> None:
    end = chat(
        piece("{", 0, "a", "x"), piece("{", 1, "b", "y"), piece("}", 0), piece('"k": 1}', 1), reason="tool_calls"
    )
    assert calls(end) == [("a", "x", "{}"), ("b", "y", '{"k": 1}')]


def test_servers_that_give_every_call_the_same_index_or_none() -> None:
    two = [("a", "x", "{}"), ("b", "y", "{}")]
    assert calls(chat(piece("{}", 0, "a", "x"), piece("{}", 0, "b", "y"))) == two
    assert calls(chat(piece("{", None, "a", "x"), piece("}", None), piece("{}", None, "b", "y"))) == two


def test_calls_without_an_id_of_their_own_get_one() -> None:
    end = chat(piece("{}", 0, "", "x"), piece("{}", 1, "same", "x"), piece("{}", 2, "same", "x"))
    assert [call_id for call_id, _, _ in calls(end)] == ["call-3-0", "same", "call-3-2"]


def test_no_arguments_are_an_empty_object() -> None:
    assert calls(chat(piece("", 0, "a", "list"), reason="tool_calls")) == [("a", "list", "{}")]


def test_reasoning_under_either_name_and_a_refusal() -> None:
    end = chat(
        {"reasoning": "Hm"}, {"reasoning": "m.", "reasoning_content": "m."}, {"content": "Hi"}, {"refusal": "No."}
    )
    assert end.parts == (ReasoningPart("Hmm."), TextPart("HiNo."))


def test_half_a_character_is_replaced() -> None:
    assert chat({"content": "a\ud83d"}).parts == (TextPart("a\ufffd"),)
    with pytest.raises(IncompleteTurn, match="surrogate"):
        chat(piece('{"a": "\ud83d"}', 0, "a", "x"))


def test_cached_tokens_are_not_counted_twice() -> None:
    end = chat(
        {"content": "x"},
        usage={"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 80}},
    )
    assert (end.usage.input, end.usage.cache_read, end.usage.output, end.usage.cost) == (20, 80, 5, None)
    end = chat({"content": "x"}, usage={"prompt_tokens": -1, "completion_tokens": "many", "prompt_tokens_details": 3})
    assert (end.usage.input, end.usage.output) == (100, 1)


@pytest.mark.parametrize(
    "delta",
    [{"content": 7}, {"tool_calls": [7]}, piece("{}", 0, "a", "x") | {"reasoning": []}, {"tool_calls": [{"id": 7}]}],
)
def test_malformed_pieces(delta: dict[str, Any]) -> None:
    with pytest.raises(IncompleteTurn):
        chat({"content": "x"}, delta)


def test_a_flood_of_calls_is_stopped() -> None:
    with pytest.raises(IncompleteTurn, match="64 tool calls"):
        chat(*(piece("{}", n, f"c{n}", "x") for n in range(65)))


def test_a_filter_is_no_reason_to_ask_again() -> None:
    with pytest.raises(BadRequest, match="content filter"):
        chat({"content": "x"}, reason="content_filter")


def feed(*events: dict[str, Any]) -> TurnEnd:
    parser = MessageParser(WHO, "call-3", 400, None)
    for event in events:
        parser.feed(json.dumps(event))
    return parser.end()


TEXT: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"id": "m"}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
]
STOP: dict[str, Any] = {"type": "message_stop"}


def reason(word: str) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": word}, "usage": {}}


@pytest.mark.parametrize(
    ("events", "kind", "says"),
    [
        ([*TEXT, reason("end_turn")], IncompleteTurn, "broke off"),
        ([*TEXT, STOP], IncompleteTurn, "broke off"),
        ([*TEXT, reason("tool_use"), STOP], IncompleteTurn, "no call"),
        ([*TEXT, reason("refusal"), STOP], BadRequest, "refused"),
        ([*TEXT, reason("model_context_window_exceeded")], ContextOverflow, "larger"),
        ([*TEXT, reason("pause_turn"), STOP], IncompleteTurn, "pause_turn"),
        ([*TEXT, reason("end_turn"), TEXT[2], STOP], IncompleteTurn, "not open"),
        ([*TEXT[:1], TEXT[2], reason("end_turn"), STOP], IncompleteTurn, "not open"),
        (
            [*TEXT, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}],
            IncompleteTurn,
            "Overloaded",
        ),
        ([*TEXT, {"type": "error", "error": {"message": "prompt is too long"}}], ContextOverflow, "too long"),
        (
            [
                *TEXT,
                {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "input_json_delta", "partial_json": "{}"},
                },
            ],
            IncompleteTurn,
            "mixed",
        ),
    ],
)
def test_messages_that_are_no_turn(events: list[dict[str, Any]], kind: type[ProviderError], says: str) -> None:
    with pytest.raises(kind, match=says):
        feed(*events)


def test_unknown_events_and_blocks_are_passed_over_and_input_may_come_at_once() -> None:
    end = feed(
        *TEXT,
        {"type": "content_block_start", "index": 1, "content_block": {"type": "server_tool_use", "id": "s"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {}}},
        {"type": "something_new"},
        {
            "type": "content_block_start",
            "index": 2,
            "content_block": {"type": "tool_use", "id": "t", "name": "x", "input": {"a": 1}},
        },
        reason("tool_use"),
        STOP,
    )
    assert end.parts == (TextPart("Hi"), ToolCallPart("t", "x", '{"a": 1}'))
    assert (end.usage.input, end.usage.output) == (100, 3)

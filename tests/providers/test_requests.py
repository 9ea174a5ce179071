"""What each dialect is sent: a transcript of ours as the vendor's conversation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Decision, Verdict, draft_changes
from hephaestus_tui.domain.message import (
    DecisionPart,
    Message,
    Part,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolDeclaration,
    ToolResultPart,
)
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.providers.anthropic import AnthropicWire
from hephaestus_tui.providers.base import TurnRequest
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.wording import UNANSWERED, decision_text

Ask: TypeAlias = Callable[..., TurnRequest]
Entry: TypeAlias = tuple[Speaker, tuple[Part, ...], str]

WHO = Who(name="forge", host="127.0.0.1:1")
TOOL = ToolDeclaration("read", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
DRAFT = TaskDraft(
    title="Cache tokens",
    description="Do it.",
    rationale="Slow.",
    phase=Phase.BUILDING,
    role="backend_developer",
    blocked_by=("T3",),
)
ADA = Actor(ActorKind.HUMAN, "ada")
ACCEPTED = Decision(
    id=1, task_id="T4", version=1, verdict=Verdict.ACCEPT, actor=ADA, decided_at=0, waited=0, final=DRAFT
)
CHANGED = replace(DRAFT, title="Cache auth tokens", blocked_by=())
EDITED = replace(ACCEPTED, verdict=Verdict.EDIT, final=CHANGED, changes=draft_changes(DRAFT, CHANGED))
REJECTED = replace(ACCEPTED, verdict=Verdict.REJECT, final=None, reason="Not now")


def reply(*parts: Part) -> Entry:
    return Speaker.ASSISTANT, parts, ""


def results(*parts: Part) -> Entry:
    return Speaker.TOOL, parts, ""


def chat(request: TurnRequest) -> list[dict[str, Any]]:
    body: dict[str, Any] = json.loads(json.dumps(OpenAIWire(WHO).body(request)))
    messages: list[dict[str, Any]] = body["messages"]
    assert messages[0] == {"role": "system", "content": "You are careful."}
    return messages[1:]


def messages(request: TurnRequest) -> list[dict[str, Any]]:
    body: dict[str, Any] = json.loads(json.dumps(AnthropicWire(WHO).body(request)))
    found: list[dict[str, Any]] = body["messages"]
    assert [m["role"] for m in found] == [["user", "assistant"][n % 2] for n in range(len(found))]
    for message in found:
        assert message["content"]
        for block in message["content"]:
            block.pop("cache_control", None)
    return found


TWO_CALLS = reply(TextPart("I read."), ToolCallPart("c1", "read", '{"path": "ä"}'), ToolCallPart("c2", "read", "{}"))


def test_results_and_what_is_said_after_them(ask: Ask) -> None:
    request = ask(
        "go",
        TWO_CALLS,
        results(ToolResultPart("c2", "no such file", is_error=True)),
        results(ToolResultPart("c1", "text")),
        (Speaker.USER, (DecisionPart(ACCEPTED),), ""),
        "hurry",
        tools=(TOOL,),
    )
    assert chat(request) == [
        {"role": "user", "content": "go"},
        {
            "role": "assistant",
            "content": "I read.",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "read", "arguments": '{"path": "ä"}'}},
                {"id": "c2", "type": "function", "function": {"name": "read", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "text"},
        {"role": "tool", "tool_call_id": "c2", "content": "no such file"},
        {"role": "user", "content": f"{decision_text(ACCEPTED)}\n\nhurry"},
    ]
    assert messages(request) == [
        {"role": "user", "content": [{"type": "text", "text": "go"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I read."},
                {"type": "tool_use", "id": "c1", "name": "read", "input": {"path": "ä"}},
                {"type": "tool_use", "id": "c2", "name": "read", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "text"},
                {"type": "tool_result", "tool_use_id": "c2", "content": "no such file", "is_error": True},
                {"type": "text", "text": decision_text(ACCEPTED)},
                {"type": "text", "text": "hurry"},
            ],
        },
    ]


def test_every_call_is_answered_and_nothing_else_is(ask: Ask) -> None:
    request = ask(
        "go",
        TWO_CALLS,
        results(ToolResultPart("c1", ""), ToolResultPart("elsewhere", "x")),
        reply(),
        reply(TextPart("So.")),
    )
    assert [(m["role"], m["content"]) for m in chat(request)[2:]] == [
        ("tool", "(no output)"),
        ("tool", UNANSWERED),
        ("assistant", "So."),
    ]
    blocks = messages(request)[2]["content"]
    assert [(b["tool_use_id"], b.get("is_error", False)) for b in blocks] == [("c1", False), ("c2", True)]


def test_thinking_goes_back_signed_to_the_model_that_signed_it(ask: Ask) -> None:
    thought = reply(
        ReasoningPart("Hm.", "c2ln"), ReasoningPart("", "redacted:b3Bh"), ReasoningPart("unsigned"), TextPart("Yes.")
    )
    request = ask("go", thought, "on")
    thinking = [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "b3Bh"},
    ]
    assert messages(request)[1]["content"] == [*thinking, {"type": "text", "text": "Yes."}]

    def spoken_by(model: str) -> TurnRequest:
        return replace(request, messages=tuple(replace(m, model=model) for m in request.messages))

    assert messages(spoken_by("forge:small"))[1]["content"][:2] == thinking
    assert messages(spoken_by("forge:other"))[1]["content"] == [{"type": "text", "text": "Yes."}]
    assert chat(request)[1] == {"role": "assistant", "content": "Yes."}


def test_the_bodies_name_tools_limits_and_the_end_of_the_cache(ask: Ask) -> None:
    body = OpenAIWire(WHO, {"tool_choice": "required"}).body(ask(tools=(TOOL,)))
    assert (body["max_tokens"], body["stream"], body["tool_choice"]) == (100, True, "required")
    assert body["tools"] == [
        {"type": "function", "function": {"name": "read", "description": "Read a file.", "parameters": TOOL.parameters}}
    ]
    assert "tools" not in OpenAIWire(WHO).body(ask())
    assert OpenAIWire(replace(WHO, host="api.openai.com")).body(ask())["max_completion_tokens"] == 100
    body = AnthropicWire(WHO).body(ask("one", "two", tools=(TOOL,)))
    cached = {"cache_control": {"type": "ephemeral"}}
    assert body["tools"] == [{"name": "read", "description": "Read a file.", "input_schema": TOOL.parameters} | cached]
    assert body["system"] == [{"type": "text", "text": "You are careful."} | cached]
    assert body["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"} | cached]}
    ]


def test_ids_of_another_vendor_fit_anthropic(ask: Ask) -> None:
    request = ask("go", reply(ToolCallPart("call.1:x", "read", "{}")), results(ToolResultPart("call.1:x", "y")))
    found = messages(request)
    assert found[1]["content"][0]["id"] == found[2]["content"][0]["tool_use_id"] == "call_1_x"


@pytest.mark.parametrize(
    ("decision", "says", "not_says"),
    [
        (ACCEPTED, ["T4 was accepted by ada as it was", "title: Cache tokens", "blocking_task_ids: T3"], ["changed"]),
        (
            EDITED,
            [
                "title: Cache tokens → Cache auth tokens",
                "blocking_task_ids: T3 → (none)",
                "- title: Cache auth tokens\n",
            ],
            [],
        ),
        (REJECTED, ["T4 was rejected by ada", "Reason: Not now"], ["title"]),
    ],
)
def test_a_decision_in_words(decision: Decision, says: list[str], not_says: list[str]) -> None:
    text = decision_text(decision)
    for words in says:
        assert words in text
    for words in not_says:
        assert words not in text


def test_the_last_message_may_be_the_models_own(ask: Ask) -> None:
    """A reply that is to be continued keeps every character."""
    request = ask("go", reply(TextPart("<tool_call>\n")))
    assert chat(request)[-1] == {"role": "assistant", "content": "<tool_call>\n"}
    assert isinstance(request.messages[-1], Message)

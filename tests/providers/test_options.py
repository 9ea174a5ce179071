"""What settings add to a request: effort and marks for the cache in each dialect, and the sentence when a server refuses them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from hephaestus_tui.config import Dialect, Effort, ProviderSettings, Settings
from hephaestus_tui.domain.message import (
    Part,
    ReasoningPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolDeclaration,
    ToolResultPart,
)
from hephaestus_tui.providers.anthropic import AnthropicWire
from hephaestus_tui.providers.base import TurnRequest
from hephaestus_tui.providers.effort import ROOM, thinks_adaptively
from hephaestus_tui.providers.errors import BadRequest, ContextOverflow, NothingLeft, UnknownModel
from hephaestus_tui.providers.failures import Who, failure_of
from hephaestus_tui.providers.openai import OpenAIWire
from hephaestus_tui.providers.options import merged
from hephaestus_tui.providers.registry import Registry

Serve: TypeAlias = Callable[..., Awaitable[tuple[str, list[bytes]]]]
Ask: TypeAlias = Callable[..., TurnRequest]
Entry: TypeAlias = tuple[Speaker, tuple[Part, ...], str]

WHO = Who(name="forge", host="127.0.0.1:1")
OPENAI = Who(name="openai", host="api.openai.com")
TOOLS = tuple(ToolDeclaration(name, "Does it.", {"type": "object"}) for name in ("read", "write"))
CACHED = {"type": "ephemeral"}


def reply(*parts: Part) -> Entry:
    return Speaker.ASSISTANT, parts, ""


CALLED = reply(TextPart("I read."), ToolCallPart("c1", "read", "{}"))
RESULT: Entry = (Speaker.TOOL, (ToolResultPart("c1", "text"),), "")


def messages_body(request: TurnRequest, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(AnthropicWire(WHO, **more).body(request)))
    return body


@pytest.mark.parametrize(
    ("model", "adaptive"),
    [
        ("claude-3-7-sonnet-20250219", False),
        ("claude-sonnet-4-20250514", False),
        ("claude-opus-4-1", False),
        ("claude-haiku-4-5-20251001", False),
        ("anthropic/claude-sonnet-4.5", False),
        ("claude-opus-4-6", True),
        ("claude-sonnet-5", True),
        ("claude-sonnet-5-5", True),
        ("anthropic.claude-opus-4-7-v1:0", True),
        ("qwen3", True),
    ],
)
def test_which_of_anthropics_models_take_a_word(model: str, adaptive: bool) -> None:
    assert thinks_adaptively(model) is adaptive


def test_effort_in_anthropics_words(ask: Ask) -> None:
    new, old = ask(model="claude-sonnet-5"), ask(model="claude-opus-4-5")
    body = messages_body(replace(new, effort=Effort.HIGH))
    assert (body["thinking"]["type"], body["output_config"]) == ("adaptive", {"effort": "high"})
    assert body["max_tokens"] == 100 + ROOM[Effort.HIGH]
    assert messages_body(replace(new, effort=Effort.MINIMAL))["output_config"] == {"effort": "low"}
    body = messages_body(replace(old, effort=Effort.LOW))
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 4096}
    assert body["max_tokens"] == 4196
    assert "output_config" not in body
    assert messages_body(replace(old, effort=Effort.NONE))["thinking"] == {"type": "disabled"}
    assert not messages_body(old).keys() & {"thinking", "output_config"}
    assert all(room >= 1_024 for effort, room in ROOM.items() if effort is not Effort.NONE), "Anthropic takes no less"


def test_thinking_for_a_number_of_tokens_begins_where_it_may(ask: Ask) -> None:
    """Calls of another model are answered without it, and from the next word of a person on it thinks."""

    def thinks(*said: Any) -> bool:
        return "thinking" in messages_body(replace(ask(*said, model="claude-opus-4-5"), effort=Effort.LOW))

    own = reply(ReasoningPart("Hm.", "c2ln"), ToolCallPart("c1", "read", "{}"))
    assert thinks("go")
    assert thinks("go", own, RESULT)
    assert not thinks("go", CALLED, RESULT)
    assert thinks("go", CALLED, RESULT, reply(TextPart("Done.")), "on")
    adaptive = replace(ask("go", CALLED, RESULT, model="claude-opus-4-6"), effort=Effort.LOW)
    assert "thinking" in messages_body(adaptive)


def test_marks_for_the_cache(ask: Ask) -> None:
    request = ask("one", CALLED, RESULT, reply(TextPart("Yes.")), "two", tools=TOOLS)
    body = messages_body(request)
    assert [tool.get("cache_control") for tool in body["tools"]] == [None, CACHED]
    assert body["system"][-1]["cache_control"] == CACHED
    marks = [[block.get("cache_control") for block in m["content"]] for m in body["messages"]]
    assert marks == [[None], [None, None], [CACHED], [None], [CACHED]]
    assert json.dumps(body).count("cache_control") == 4, "Anthropic takes no more"
    assert "cache_control" not in json.dumps(messages_body(request, cache=False))


def test_effort_and_the_cache_in_chat_completions(ask: Ask) -> None:
    request = replace(ask(), effort=Effort.XHIGH, cache_key="r1.T1")
    body = OpenAIWire(OPENAI).body(request)
    assert (body["reasoning_effort"], body["prompt_cache_key"]) == ("xhigh", "r1.T1")
    assert body["max_completion_tokens"] == 100 + ROOM[Effort.XHIGH]
    assert "prompt_cache_key" not in OpenAIWire(WHO).body(request), "strict servers refuse it"
    assert "prompt_cache_key" in OpenAIWire(WHO, cache=True).body(request)
    assert "reasoning_effort" not in OpenAIWire(OPENAI).body(ask())


def test_what_a_server_wants_beyond_is_merged_a_level_deep() -> None:
    assert merged({"a": {"x": 1}, "b": 1}, {"a": {"y": 2}, "b": {"z": 1}}) == {"a": {"x": 1, "y": 2}, "b": {"z": 1}}


REFUSED_EFFORT = "Unsupported parameter: 'reasoning_effort' is not supported with this model."


@pytest.mark.parametrize(
    ("dialect", "path", "said", "setting"),
    [
        ("openai", "/chat/completions", REFUSED_EFFORT, "roles.tech_lead.effort"),
        (
            "openai",
            "/chat/completions",
            "Model x does not support parameter reasoningEffort.",
            "roles.tech_lead.effort",
        ),
        ("openai", "/chat/completions", "property 'prompt_cache_key' is unsupported", "cache = false"),
        (
            "responses",
            "/responses",
            "Invalid value: 'max'. Supported values: 'low'. (reasoning.effort)",
            "roles.tech_lead.effort",
        ),
        ("responses", "/responses", "prompt_cache_key: extra fields not permitted", "cache = false"),
        ("anthropic", "/v1/messages", "adaptive thinking is not supported on this model", "roles.tech_lead.effort"),
        ("anthropic", "/v1/messages", "output_config.effort: extra inputs are not permitted", "roles.tech_lead.effort"),
        ("anthropic", "/v1/messages", "system.0.cache_control: Extra inputs are not permitted", "cache = false"),
    ],
)
async def test_a_server_that_does_not_know_it_is_told_of_with_the_setting_to_remove(
    dialect: str, path: str, said: str, setting: str, serve: Serve, ask: Ask
) -> None:
    body = json.dumps({"error": {"message": said, "type": "invalid_request_error"}})
    url, requests = await serve(
        [f"HTTP/1.1 400 X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()]
    )
    provider = ProviderSettings(dialect=Dialect(dialect), base_url=url, cache=True)
    registry = Registry(Settings(providers={"forge": provider}), {})
    found, model = registry.resolve("forge:x")
    request = replace(ask(model=model), effort=Effort.MAX, effort_setting="roles.tech_lead.effort", cache_key="r.T1")
    with pytest.raises(BadRequest, match=setting) as caught:
        [item async for item in found.stream(request)]
    assert said in str(caught.value)
    assert requests[0].split()[1].decode() == path
    assert len(requests) == 1
    await registry.aclose()


def test_what_was_not_asked_for_is_not_blamed(ask: Ask) -> None:
    options = OpenAIWire(WHO).options(ask())
    assert options == ()
    assert "base_url" in str(failure_of(WHO, "m", 400, REFUSED_EFFORT, options))
    asked = OpenAIWire(WHO).options(replace(ask(), effort=Effort.LOW))
    assert isinstance(failure_of(WHO, "m", 400, "maximum context length, with effort", asked), ContextOverflow)
    assert isinstance(failure_of(WHO, "m", 400, "invalid model name", asked), UnknownModel)
    room = "input length and `max_tokens` exceed context limit: 190000 + 24576 > 200000"
    assert isinstance(failure_of(WHO, "m", 400, room, asked), ContextOverflow)


def test_which_failures_another_model_may_not_have() -> None:
    found = {
        status: failure_of(WHO, "m", status, "{}").elsewhere for status in (400, 401, 402, 404, 413, 429, 500, 529)
    }
    assert found == {400: False, 401: True, 402: True, 404: True, 413: True, 429: True, 500: True, 529: True}
    assert isinstance(failure_of(WHO, "m", 429, "insufficient_quota"), NothingLeft)

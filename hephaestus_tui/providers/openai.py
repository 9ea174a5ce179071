"""Without this, no OpenAI-compatible server (OpenAI, Ollama, llama.cpp, vLLM, gateways) could be asked anything.

Requests of the chat completions dialect (https://platform.openai.com/docs/api-reference/chat/create).
"""

from __future__ import annotations

from collections.abc import Mapping

from hephaestus_tui.config import Price
from hephaestus_tui.domain.message import TextPart, ToolCallPart
from hephaestus_tui.providers.base import TurnRequest
from hephaestus_tui.providers.conversation import Entry, Replied, Results, Said, entries
from hephaestus_tui.providers.effort import with_room
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai_stream import ChatParser
from hephaestus_tui.providers.options import Option, cache_option, effort_option, merged

OPENAI_HOST = "api.openai.com"


class OpenAIWire:
    """`extra` is merged into every request's body, for what one server needs and another refuses; `cache` says whether it
    names the conversation, by which OpenAI finds what it has cached and which strict servers refuse."""

    path = "/chat/completions"

    def __init__(self, who: Who, extra: Mapping[str, object] | None = None, cache: bool | None = None) -> None:
        self._who = who
        self._extra = dict(extra or {})
        self._cache = who.host == OPENAI_HOST if cache is None else cache

    def auth(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def headers(self) -> dict[str, str]:
        return {}

    def body(self, request: TurnRequest) -> dict[str, object]:
        messages: list[dict[str, object]] = []
        if request.system:
            messages.append({"role": "system", "content": request.system})
        for entry in entries(request.messages):
            messages += _messages(entry)
        # OpenAI's newer models refuse `max_tokens`; most other servers know nothing else
        limit = "max_completion_tokens" if self._who.host == OPENAI_HOST else "max_tokens"
        body: dict[str, object] = {
            "model": request.model,
            "messages": messages,
            limit: with_room(request.max_tokens, request.effort),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {"name": t.name, "description": t.description, "parameters": t.parameters},
                }
                for t in request.tools
            ]
        if request.effort:
            body["reasoning_effort"] = request.effort
        if self._cache and request.cache_key:
            body["prompt_cache_key"] = request.cache_key
        return merged(body, self._extra)

    def options(self, request: TurnRequest) -> tuple[Option, ...]:
        cache = (cache_option(self._who.name, "prompt_cache_key"),) if self._cache else ()
        return (*cache, *effort_option(request, "reasoning"))

    def parser(self, request: TurnRequest, sent: int, price: Price | None) -> ChatParser:
        return ChatParser(self._who, f"call-{len(request.messages)}", sent, price)


def _messages(entry: Entry) -> list[dict[str, object]]:
    match entry:
        case Said(texts):
            return [{"role": "user", "content": "\n\n".join(texts)}]
        case Results(results):
            return [{"role": "tool", "tool_call_id": r.call_id, "content": r.content or "(no output)"} for r in results]
        case Replied(parts):
            text = "".join(p.text for p in parts if isinstance(p, TextPart))
            calls = [
                {"id": p.call_id, "type": "function", "function": {"name": p.name, "arguments": p.arguments}}
                for p in parts
                if isinstance(p, ToolCallPart)
            ]
            message: dict[str, object] = {"role": "assistant", "content": text or None}
            return [message | {"tool_calls": calls} if calls else message]

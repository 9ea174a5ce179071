"""Without this, OpenAI's reasoning models would forget between two calls of a tool what they had thought.

Requests of the responses dialect (https://platform.openai.com/docs/api-reference/responses/create). Nothing is kept on the
server (`store` is false): the whole conversation goes along each time, and reasoning comes encrypted and goes back as
it came, to the model that sent it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from hephaestus_tui.config import Effort, Price
from hephaestus_tui.domain.message import Part, ReasoningPart, TextPart, ToolCallPart
from hephaestus_tui.providers.base import TurnRequest
from hephaestus_tui.providers.conversation import ITEM, Entry, Replied, Results, Said, entries, is_same_model
from hephaestus_tui.providers.effort import with_room
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.openai import OPENAI_HOST
from hephaestus_tui.providers.options import Option, cache_option, effort_option, merged
from hephaestus_tui.providers.responses_stream import ResponseParser

# they do not reason, and OpenAI refuses to send them encrypted what they have not thought
UNREASONING = ("gpt-3", "gpt-4", "chatgpt-")


class ResponsesWire:
    """`extra` is merged into every request's body, for what one server needs and another refuses; `cache` says whether it
    names the conversation, by which OpenAI finds what it has cached and which strict servers refuse."""

    path = "/responses"

    def __init__(self, who: Who, extra: Mapping[str, object] | None = None, cache: bool | None = None) -> None:
        self._who = who
        self._extra = dict(extra or {})
        self._cache = who.host == OPENAI_HOST if cache is None else cache

    def auth(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def headers(self) -> dict[str, str]:
        return {}

    def body(self, request: TurnRequest) -> dict[str, object]:
        body: dict[str, object] = {
            "model": request.model,
            "input": [item for entry in entries(request.messages) for item in self._items(entry, request.model)],
            "max_output_tokens": with_room(request.max_tokens, request.effort),
            "store": False,
            "stream": True,
        }
        if request.system:
            body["instructions"] = request.system
        if request.tools:
            # `strict` is the default here, and refuses schemas with optional fields
            body["tools"] = [
                {
                    "type": "function",
                    "name": t.name,
                    "description": t.description,
                    "parameters": t.parameters,
                    "strict": False,
                }
                for t in request.tools
            ]
        if request.effort:
            body["reasoning"] = {"effort": request.effort}
        if _may_reason(request):
            body["include"] = ["reasoning.encrypted_content"]
        if self._cache and request.cache_key:
            body["prompt_cache_key"] = request.cache_key
        return merged(body, self._extra)

    def options(self, request: TurnRequest) -> tuple[Option, ...]:
        cache = (cache_option(self._who.name, "prompt_cache_key"),) if self._cache else ()
        return (*cache, *effort_option(request, "reasoning"))

    def parser(self, request: TurnRequest, sent: int, price: Price | None) -> ResponseParser:
        limit = 0 if "max_output_tokens" in self._extra else with_room(request.max_tokens, request.effort)
        return ResponseParser(self._who, f"call-{len(request.messages)}", sent, price, limit)

    def _items(self, entry: Entry, model: str) -> list[dict[str, object]]:
        match entry:
            case Said(texts):
                return [{"type": "message", "role": "user", "content": "\n\n".join(texts)}]
            case Results(results):
                return [
                    {"type": "function_call_output", "call_id": r.call_id, "output": r.content or "(no output)"}
                    for r in results
                ]
            case Replied(parts, spoken):
                own = is_same_model(spoken, self._who.name, model)
                return [item for part in parts if (item := _item(part, own)) is not None]


def _item(part: Part, own: bool) -> dict[str, object] | None:
    match part:
        case TextPart(text) if text.strip():
            return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}
        case ToolCallPart(call_id, name, arguments):
            return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}
        case ReasoningPart(_, str(signature)) if own and signature.startswith(ITEM):
            item: dict[str, object] = json.loads(signature.removeprefix(ITEM))
            return item
        case _:
            return None


def _may_reason(request: TurnRequest) -> bool:
    if request.effort is not None:
        return request.effort is not Effort.NONE
    return not request.model.startswith(UNREASONING)

"""Without this, no server that speaks Anthropic's messages (Anthropic, llama.cpp, gateways) could be asked anything.

Requests of the dialect (https://docs.anthropic.com/en/api/messages): roles alternate, every `tool_use` is answered in
the next user message, and signed thinking must go back exactly as it came, to the model that signed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hephaestus_tui.codec import BadJson, strict_json
from hephaestus_tui.config import Price
from hephaestus_tui.domain.message import Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.providers.anthropic_stream import REDACTED, MessageParser
from hephaestus_tui.providers.base import TurnRequest
from hephaestus_tui.providers.conversation import Replied, Results, Said, entries
from hephaestus_tui.providers.failures import Who

VERSION = "2023-06-01"

_CACHED: dict[str, object] = {"cache_control": {"type": "ephemeral"}}
_BAD_ID = re.compile(r"[^a-zA-Z0-9_-]")


class AnthropicWire:
    """`extra` is merged into every request's body, for what one server needs and another refuses."""

    path = "/v1/messages"

    def __init__(self, who: Who, extra: Mapping[str, object] | None = None) -> None:
        self._who = who
        self._extra = dict(extra or {})

    def auth(self, key: str) -> dict[str, str]:
        return {"x-api-key": key}

    def headers(self) -> dict[str, str]:
        return {"anthropic-version": VERSION}

    def body(self, request: TurnRequest) -> dict[str, object]:
        body: dict[str, object] = {
            "model": request.model,
            "max_tokens": request.max_tokens,
            "messages": _messages(request),
            "stream": True,
        }
        if request.system:
            body["system"] = [{"type": "text", "text": request.system} | _CACHED]
        if request.tools:
            body["tools"] = [
                {"name": t.name, "description": t.description, "input_schema": t.parameters} for t in request.tools
            ]
        return body | self._extra

    def parser(self, request: TurnRequest, sent: int, price: Price | None) -> MessageParser:
        return MessageParser(self._who, f"call-{len(request.messages)}", sent, price)


def _messages(request: TurnRequest) -> list[dict[str, object]]:
    """Results and what the user says after them are one user message; its last block marks how far to cache."""
    found: list[tuple[str, list[dict[str, object]]]] = []
    for entry in entries(request.messages):
        match entry:
            case Replied(parts, model):
                # a signature means nothing to a model that did not give it
                signed = not model or model.endswith(request.model)
                role, blocks = "assistant", [b for p in parts if (b := _block(p, signed)) is not None]
            case Results(results):
                role, blocks = "user", [_result(r) for r in results]
            case Said(texts):
                role, blocks = "user", [{"type": "text", "text": t} for t in texts]
        if found and found[-1][0] == role:
            found[-1][1].extend(blocks)
        else:
            found.append((role, blocks))
    if found and found[-1][0] == "user":
        found[-1][1][-1] |= _CACHED
    return [{"role": role, "content": blocks} for role, blocks in found]


def _block(part: Part, signed: bool) -> dict[str, object] | None:
    match part:
        case TextPart(text) if text.strip():
            return {"type": "text", "text": text}
        case ToolCallPart(call_id, name, arguments):
            return {"type": "tool_use", "id": _wire_id(call_id), "name": name, "input": _object(arguments)}
        case ReasoningPart(text, str(signature)) if signed:
            if signature.startswith(REDACTED):
                return {"type": "redacted_thinking", "data": signature.removeprefix(REDACTED)}
            return {"type": "thinking", "thinking": text, "signature": signature}
        case _:
            return None


def _result(part: ToolResultPart) -> dict[str, object]:
    block: dict[str, object] = {
        "type": "tool_result",
        "tool_use_id": _wire_id(part.call_id),
        "content": part.content if part.content.strip() else "(no output)",
    }
    return block | {"is_error": True} if part.is_error else block


def _wire_id(call_id: str) -> str:
    return _BAD_ID.sub("_", call_id)


def _object(arguments: str) -> object:
    try:
        return strict_json(arguments)
    except BadJson:
        return {"unreadable": arguments}

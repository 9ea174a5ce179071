"""Without this, no server that speaks Anthropic's messages (Anthropic, llama.cpp, gateways) could be asked anything.

Requests of the dialect (https://docs.anthropic.com/en/api/messages): roles alternate, every `tool_use` is answered in
the next user message, and signed thinking must go back exactly as it came, to the model that signed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from hephaestus_tui.codec import BadJson, strict_json
from hephaestus_tui.config import Price
from hephaestus_tui.domain.message import Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from hephaestus_tui.providers.anthropic_stream import REDACTED, MessageParser
from hephaestus_tui.providers.base import TurnRequest
from hephaestus_tui.providers.conversation import ITEM, Replied, Results, Said, entries, is_same_model
from hephaestus_tui.providers.effort import thinking, thinks_adaptively, with_room
from hephaestus_tui.providers.failures import Who
from hephaestus_tui.providers.options import Option, cache_option, effort_option, merged

VERSION = "2023-06-01"

Block: TypeAlias = dict[str, object]

_CACHED: Block = {"cache_control": {"type": "ephemeral"}}
_BAD_ID = re.compile(r"[^a-zA-Z0-9_-]")


class AnthropicWire:
    """`extra` is merged into every request's body, for what one server needs and another refuses; `cache` says whether it
    marks what may be cached."""

    path = "/v1/messages"

    def __init__(self, who: Who, extra: Mapping[str, object] | None = None, cache: bool | None = None) -> None:
        self._who = who
        self._extra = dict(extra or {})
        self._cache = cache is not False

    def auth(self, key: str) -> dict[str, str]:
        return {"x-api-key": key}

    def headers(self) -> dict[str, str]:
        return {"anthropic-version": VERSION}

    def body(self, request: TurnRequest) -> dict[str, object]:
        messages = self._messages(request)
        body: dict[str, object] = {
            "model": request.model,
            "max_tokens": with_room(request.max_tokens, request.effort),
            "messages": [{"role": role, "content": blocks} for role, blocks in messages],
            "stream": True,
        }
        system: list[Block] = [{"type": "text", "text": request.system}] if request.system else []
        tools: list[Block] = [
            {"name": t.name, "description": t.description, "input_schema": t.parameters} for t in request.tools
        ]
        if self._cache:
            _mark(tools, system, messages)
        body |= {"system": system} if system else {}
        body |= {"tools": tools} if tools else {}
        if request.effort and (thinks_adaptively(request.model) or _may_start_thinking(messages)):
            body |= thinking(request.model, request.effort)
        return merged(body, self._extra)

    def options(self, request: TurnRequest) -> tuple[Option, ...]:
        cache = (cache_option(self._who.name, "cache_control"),) if self._cache else ()
        return (*cache, *effort_option(request, "thinking", "output_config"))

    def parser(self, request: TurnRequest, sent: int, price: Price | None) -> MessageParser:
        return MessageParser(self._who, f"call-{len(request.messages)}", sent, price)

    def _messages(self, request: TurnRequest) -> list[tuple[str, list[Block]]]:
        """Each role with its blocks: results and what the user says after them are one user message."""
        found: list[tuple[str, list[Block]]] = []
        for entry in entries(request.messages):
            match entry:
                case Replied(parts, model):
                    # a signature means nothing to a model that did not give it
                    signed = is_same_model(model, self._who.name, request.model)
                    role, blocks = "assistant", [b for p in parts if (b := _block(p, signed)) is not None]
                case Results(results):
                    role, blocks = "user", [_result(r) for r in results]
                case Said(texts):
                    role, blocks = "user", [{"type": "text", "text": t} for t in texts]
            if found and found[-1][0] == role:
                found[-1][1].extend(blocks)
            else:
                found.append((role, blocks))
        return found


def _mark(tools: list[Block], system: list[Block], messages: list[tuple[str, list[Block]]]) -> None:
    """How far to cache, in the four marks that there are: tools, system, and the last two messages of the user, since a
    mark finds what was cached at an earlier one only a few blocks before it."""
    ends = [blocks for role, blocks in messages if role == "user"][-2:]
    if messages and messages[-1][0] != "user":
        ends = []
    for blocks in (tools, system, *ends):
        if blocks:
            blocks[-1] |= _CACHED


def _may_start_thinking(messages: list[tuple[str, list[Block]]]) -> bool:
    """Models that think for a number of tokens want the calls that are answered now to follow thinking of their own: what
    another model has begun is ended without."""
    replies = [blocks for role, blocks in messages if role == "assistant"]
    if not replies or not any(block["type"] == "tool_use" for block in replies[-1]):
        return True
    return replies[-1][0]["type"] in ("thinking", "redacted_thinking")


def _block(part: Part, signed: bool) -> Block | None:
    match part:
        case TextPart(text) if text.strip():
            return {"type": "text", "text": text}
        case ToolCallPart(call_id, name, arguments):
            return {"type": "tool_use", "id": _wire_id(call_id), "name": name, "input": _object(arguments)}
        case ReasoningPart(text, str(signature)) if signed and not signature.startswith(ITEM):
            if signature.startswith(REDACTED):
                return {"type": "redacted_thinking", "data": signature.removeprefix(REDACTED)}
            return {"type": "thinking", "thinking": text, "signature": signature}
        case _:
            return None


def _result(part: ToolResultPart) -> Block:
    block: Block = {
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

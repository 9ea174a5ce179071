"""Without this, a cut or malformed message could be taken for a whole turn.

The stream of Anthropic's messages (https://docs.anthropic.com/en/docs/build-with-claude/streaming): `message_start`,
then blocks that start, grow and stop, `message_delta` with the stop reason and a cumulative count, `message_stop`;
`ping` and `error` at any time. Only `message_stop` says that a turn is whole.
"""

from __future__ import annotations

import json
from typing import Any

from hephaestus_tui.config import Price
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.providers.base import StreamItem, TurnEnd
from hephaestus_tui.providers.draft import Call, TurnDraft, Words, count, estimated_tokens, priced
from hephaestus_tui.providers.errors import BadRequest, ContextOverflow
from hephaestus_tui.providers.failures import Who, error_in, one_line, stream_error

USAGE_KEYS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
# marks the signature of thinking that came only as opaque data, and goes back as such
REDACTED = "redacted:"


class MessageParser:
    """One streamed message. `sent` is the size of the request in characters, for servers that count nothing."""

    def __init__(self, who: Who, fallback_id: str, sent: int, price: Price | None) -> None:
        self._who = who
        self._draft = TurnDraft(who, fallback_id)
        self._sent = sent
        self._price = price
        self._reply_id = ""
        self._usage: dict[str, int] = {}
        self._blocks: dict[object, Words | Call | None] = {}
        self._reason = ""
        self._signs = 0
        self.done = False

    @property
    def whole(self) -> bool:
        return self.done

    @property
    def size(self) -> int:
        return self._draft.size + self._signs

    @property
    def silent(self) -> bool:
        return False

    def feed(self, data: str) -> list[StreamItem]:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise self._who.incomplete("sent something that is not JSON in the middle of its answer")
        match event.get("type"):
            case "message_start":
                message = _dict(event, "message")
                self._reply_id = one_line(str(message.get("id") or ""), 200)
                self._count(message)
                self._signs += 1
            case "content_block_start":
                return self._start(event.get("index"), _dict(event, "content_block"))
            case "content_block_delta":
                return self._delta(event.get("index"), _dict(event, "delta"))
            case "message_delta":
                self._count(event)
                self._stop(_dict(event, "delta").get("stop_reason"))
            case "message_stop":
                self.done = True
            case _ if event.get("error"):
                raise stream_error(self._who, error_in(data) or "no reason given", data)
            case _:
                pass  # pings, block stops (some servers send them all at the end) and whatever is added later
        return []

    def _start(self, index: object, block: dict[str, Any]) -> list[StreamItem]:
        if self._reason:
            raise self._who.incomplete("went on after it had said that it was finished")
        match block.get("type"):
            case "text":
                words = self._blocks[index] = self._draft.new_words(Channel.TEXT)
                return self._draft.say(words, _text(block, "text"))
            case "thinking":
                words = self._blocks[index] = self._draft.new_words(Channel.REASONING)
                words.signature = _text(block, "signature")
                return self._draft.say(words, _text(block, "thinking"))
            case "redacted_thinking":
                words = self._blocks[index] = self._draft.new_words(Channel.REASONING)
                words.signature = REDACTED + _text(block, "data")
                return []
            case "tool_use":
                call = self._blocks[index] = self._draft.new_call(_text(block, "id"), _text(block, "name"))
                given = block.get("input")
                return self._draft.write(call, json.dumps(given) if given else "")
            case _:
                self._blocks[index] = None
                return []

    def _delta(self, index: object, delta: dict[str, Any]) -> list[StreamItem]:
        if index not in self._blocks or self._reason:
            raise self._who.incomplete("sent a piece of a block that is not open")
        block = self._blocks[index]
        match delta.get("type"), block:
            case "text_delta", Words():
                return self._draft.say(block, _text(delta, "text"))
            case "thinking_delta", Words():
                return self._draft.say(block, _text(delta, "thinking"))
            case "signature_delta", Words():
                block.signature += _text(delta, "signature")
                self._signs += 1
                return []
            case "input_json_delta", Call():
                return self._draft.write(block, _text(delta, "partial_json"))
            case (("text_delta" | "thinking_delta" | "signature_delta" | "input_json_delta"), Words() | Call()):
                raise self._who.incomplete("mixed text and a tool call in one block")
            case _:
                return []

    def _count(self, event: dict[str, Any]) -> None:
        usage = _dict(event, "usage")
        self._usage |= {key: count(usage[key]) for key in USAGE_KEYS if usage.get(key) is not None}

    def _stop(self, reason: object) -> None:
        match reason:
            case None | "":
                return
            case "end_turn" | "tool_use" | "stop_sequence":
                self._reason = str(reason)
            case "max_tokens":
                raise self._who.incomplete("reached the limit of its answer before it was finished (max_tokens)")
            case "model_context_window_exceeded":
                raise ContextOverflow(
                    f"{self._who} filled the model's context while it answered."
                    " Use a model with a larger one, or split the task."
                )
            case "refusal":
                raise BadRequest(f"{self._who} refused to answer. Change the task's words, or choose another model.")
            case _:
                raise self._who.incomplete(f"ended for a reason that is not known here ({one_line(str(reason), 60)})")

    def end(self) -> TurnEnd:
        if not self.done or not self._reason:
            raise self._who.incomplete("broke off in the middle of its answer")
        parts = self._draft.parts()
        if self._reason == "tool_use" and not self._draft.has_calls:
            raise self._who.incomplete("said that it called a tool, but sent no call")
        return TurnEnd(parts=parts, usage=priced(self._tokens(), self._price), reply_id=self._reply_id)

    def _tokens(self) -> Usage:
        read, written = self._usage.get(USAGE_KEYS[2], 0), self._usage.get(USAGE_KEYS[3], 0)
        found = Usage(
            input=self._usage.get(USAGE_KEYS[0], 0),
            output=self._usage.get(USAGE_KEYS[1], 0),
            cache_read=read,
            cache_write=written,
        )
        if not found.total:
            return Usage(input=estimated_tokens(self._sent), output=estimated_tokens(self._draft.size))
        return found


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""

"""Without this, a cut or malformed response could be taken for a whole turn.

The stream of the responses dialect (https://platform.openai.com/docs/api-reference/responses-streaming): items are
added, grow and are done; the last event is `response.completed`, `response.incomplete` or `response.failed`, and there
is no `[DONE]`. Some servers count the items (`output_index`), some only name them, and some say `completed` of a call
that was cut: what is done must be what has come piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hephaestus_tui.config import Price
from hephaestus_tui.domain.errors import ProviderError
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.providers.base import StreamItem, TurnEnd
from hephaestus_tui.providers.conversation import ITEM
from hephaestus_tui.providers.draft import Call, TurnDraft, Words, count, estimated_tokens, priced
from hephaestus_tui.providers.errors import BadRequest
from hephaestus_tui.providers.failures import Who, error_in, one_line, stream_error

# what a reasoning item is sent back with; its `status` is refused
KEPT = ("type", "id", "summary", "content", "encrypted_content")


class ResponseParser:
    """One streamed response. `sent` is the size of the request in characters, for servers that count nothing; `limit` are
    the most tokens that it was to have, at which some servers cut it without a word, 0 where that is not known."""

    def __init__(self, who: Who, fallback_id: str, sent: int, price: Price | None, limit: int = 0) -> None:
        self._who = who
        self._limit = limit
        self._draft = TurnDraft(who, fallback_id)
        self._sent = sent
        self._price = price
        self._reply_id = ""
        self._usage: Mapping[str, Any] = {}
        self._items: dict[object, Words | Call | None] = {}
        self._open: set[object] = set()
        self._parts: set[object] = set()
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
        return any(
            isinstance(words := self._items[key], Words) and words.channel is Channel.REASONING for key in self._open
        )

    def feed(self, data: str) -> list[StreamItem]:
        if data.strip() == "[DONE]":  # some gateways send it all the same
            return []
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise self._who.incomplete("sent something that is not JSON in the middle of its answer")
        match event.get("type"):
            case "response.created":
                self._reply_id = one_line(_text(_dict(event, "response"), "id"), 200)
            case "response.output_item.added":
                return self._add(event, _dict(event, "item"))
            case "response.output_text.delta" | "response.refusal.delta":
                return self._say(event, Channel.TEXT)
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                return self._say(event, Channel.REASONING)
            case "response.function_call_arguments.delta":
                return self._write(event)
            case "response.output_item.done":
                return self._finish(event, _dict(event, "item"))
            case "response.completed":
                self._complete(_dict(event, "response"))
            case "response.incomplete":
                raise self._incomplete(_dict(_dict(event, "response"), "incomplete_details").get("reason"))
            case "response.failed":
                raise self._failed(_dict(event, "response"))
            case "error":
                raise self._failed(event)
            case _ if event.get("error"):
                raise self._failed(event)
            case _:
                pass  # parts that begin and end, repetitions of what has come, and whatever is added later
        return []

    def _add(self, event: dict[str, Any], item: dict[str, Any]) -> list[StreamItem]:
        key = _key(event, item)
        if key in self._items:
            raise self._who.incomplete("began one item of its answer twice")
        self._open.add(key)
        match item.get("type"):
            case "message":
                self._items[key] = self._draft.new_words(Channel.TEXT)
            case "reasoning":
                self._items[key] = self._draft.new_words(Channel.REASONING)
            case "function_call":
                call = self._items[key] = self._draft.new_call(_text(item, "call_id"), _text(item, "name"))
                return self._draft.write(call, _text(item, "arguments"))
            case _:
                self._items[key] = None
        return []

    def _say(self, event: dict[str, Any], channel: Channel) -> list[StreamItem]:
        words = self._grown(event)
        if words is None:
            return []
        if not isinstance(words, Words) or words.channel is not channel:
            raise self._who.incomplete("mixed text and a tool call in one item")
        text = _text(event, "delta")
        part = (_key(event, {}), event.get("type"), event.get("content_index", event.get("summary_index", 0)))
        # the parts of a summary are paragraphs
        gap = "\n\n" if channel is Channel.REASONING and words.pieces and part not in self._parts else ""
        self._parts.add(part)
        return self._draft.say(words, gap + text)

    def _write(self, event: dict[str, Any]) -> list[StreamItem]:
        call = self._grown(event)
        if call is None:
            return []
        if not isinstance(call, Call):
            raise self._who.incomplete("mixed text and a tool call in one item")
        return self._draft.write(call, _text(event, "delta"))

    def _grown(self, event: dict[str, Any]) -> Words | Call | None:
        """The open item that an event adds to; None where it is of no kind that matters here."""
        key = _key(event, {})
        if key not in self._open or self.done:
            raise self._who.incomplete("sent a piece of an item that is not open")
        return self._items[key]

    def _finish(self, event: dict[str, Any], item: dict[str, Any]) -> list[StreamItem]:
        """An item as a whole: it adds what has not come piece by piece, and must not differ from what has."""
        key = _key(event, item)
        items = [] if key in self._items else self._add(event, item)
        if key not in self._open:
            raise self._who.incomplete("ended an item that is not open")
        self._open.discard(key)
        if item.get("status") == "incomplete":
            raise self._who.incomplete("left an item of its answer unfinished")
        match self._items[key]:
            case Call() as call:
                return items + self._finish_call(call, _text(item, "arguments"))
            case Words(Channel.TEXT) as words if not words.pieces:
                return items + self._draft.say(words, _texts(item, "content"))
            case Words(Channel.REASONING) as words:
                if not words.pieces:
                    items += self._draft.say(words, _texts(item, "summary") or _texts(item, "content"))
                if item.get("encrypted_content") or item.get("content"):
                    kept = {name: item[name] for name in KEPT if item.get(name) is not None}
                    words.signature = ITEM + json.dumps(kept, separators=(",", ":"))
                    self._signs += 1
        return items

    def _finish_call(self, call: Call, arguments: str) -> list[StreamItem]:
        written = "".join(call.pieces)
        if not written:
            return self._draft.write(call, arguments)
        if arguments and arguments != written:
            raise self._who.incomplete(f"called {call.name} with arguments that differ from those that it had sent")
        return []

    def _complete(self, response: dict[str, Any]) -> None:
        if response.get("status") in ("incomplete", "failed", "cancelled"):
            raise self._who.incomplete(f"ended its answer as {response['status']}")
        if any(isinstance(self._items[key], Call) for key in self._open):
            raise self._who.incomplete("broke off in the middle of a tool call")
        self._usage = _dict(response, "usage")
        if self._limit and count(self._usage.get("output_tokens")) >= self._limit:
            raise self._incomplete("max_output_tokens")
        self.done = True

    def _incomplete(self, reason: object) -> ProviderError:
        match reason:
            case "max_output_tokens":
                return self._who.incomplete(
                    "reached the limit of its answer before it was finished (max_output_tokens)"
                )
            case "content_filter":
                return BadRequest(
                    f"{self._who} stopped the answer by its content filter. Change the task's words or the model."
                )
            case _:
                return self._who.incomplete(
                    f"ended for a reason that is not known here ({one_line(str(reason or 'none given'), 60)})"
                )

    def _failed(self, value: dict[str, Any]) -> ProviderError:
        said = error_in(json.dumps(value)) or "no reason given"
        if _dict(value, "error").get("code") == "invalid_prompt":
            return BadRequest(
                f'{self._who} refused to answer: "{said}". Change the task\'s words, or choose another model.'
            )
        return stream_error(self._who, said, json.dumps(value.get("error") or value))

    def end(self) -> TurnEnd:
        if not self.done:
            raise self._who.incomplete("broke off in the middle of its answer")
        return TurnEnd(parts=self._draft.parts(), usage=priced(self._tokens(), self._price), reply_id=self._reply_id)

    def _tokens(self) -> Usage:
        everything, output = count(self._usage.get("input_tokens")), count(self._usage.get("output_tokens"))
        if not everything and not output:
            return Usage(input=estimated_tokens(self._sent), output=estimated_tokens(self._draft.size))
        details = _dict(self._usage, "input_tokens_details")
        read, written = count(details.get("cached_tokens")), count(details.get("cache_write_tokens"))
        # as in chat completions, the count of the input includes what came from the cache
        return Usage(input=max(everything - read - written, 0), output=output, cache_read=read, cache_write=written)


def _key(event: Mapping[str, Any], item: Mapping[str, Any]) -> object:
    """What tells items apart: their number where they are numbered, since some servers name one anew in each event."""
    index = event.get("output_index")
    return index if isinstance(index, int) else event.get("item_id") or item.get("id")


def _texts(item: Mapping[str, Any], key: str) -> str:
    parts = item.get(key)
    if not isinstance(parts, list):
        return ""
    texts = [_text(part, "text") or _text(part, "refusal") for part in parts if isinstance(part, dict)]
    return ("" if key == "content" else "\n\n").join(texts)


def _dict(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""

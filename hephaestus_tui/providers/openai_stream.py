"""Without this, a cut or malformed chat completion could be taken for a whole turn.

The stream of the chat completions dialect (https://platform.openai.com/docs/api-reference/chat-streaming): a call's
id and name come only on its first piece, `finish_reason` on a chunk of its own, the usage on one more, and then
`[DONE]`, which some leave out. `reasoning_content` and `reasoning` are what other vendors added. An error may come
inside a 200.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hephaestus_tui.config import Price
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.providers.base import StreamItem, TurnEnd
from hephaestus_tui.providers.draft import Call, TurnDraft, count, estimated_tokens, priced
from hephaestus_tui.providers.errors import BadRequest
from hephaestus_tui.providers.failures import Who, error_in, one_line, stream_error

FINISHED = frozenset(
    {"stop", "tool_calls", "function_call", "tool_use", "end_turn", "eos", "eos_token", "stop_sequence"}
)


class ChatParser:
    """One streamed chat completion. `sent` is the size of the request in characters, for servers that count nothing."""

    def __init__(self, who: Who, fallback_id: str, sent: int, price: Price | None) -> None:
        self._who = who
        self._draft = TurnDraft(who, fallback_id)
        self._sent = sent
        self._price = price
        self._reply_id = ""
        self._usage: Mapping[str, Any] = {}
        self._slots: dict[int, tuple[str, Call]] = {}
        self._open = 0
        self.whole = False
        self.done = False

    @property
    def size(self) -> int:
        return self._draft.size

    @property
    def silent(self) -> bool:
        return False

    def feed(self, data: str) -> list[StreamItem]:
        if data.strip() == "[DONE]":
            self.done = True
            return []
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            chunk = None
        if not isinstance(chunk, dict):
            raise self._who.incomplete("sent something that is not JSON in the middle of its answer")
        if chunk.get("error"):
            raise stream_error(self._who, error_in(data) or "no reason given", data)
        if isinstance(chunk.get("id"), str):
            self._reply_id = self._reply_id or one_line(chunk["id"], 200)
        if isinstance(chunk.get("usage"), dict):
            self._usage = chunk["usage"]
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            return []
        items: list[StreamItem] = []
        for choice in choices:
            if isinstance(choice, dict) and choice.get("index", 0) == 0:
                items += self._choice(choice)
        return items

    def _choice(self, choice: dict[str, Any]) -> list[StreamItem]:
        delta = choice.get("delta")
        items = self._delta(delta) if isinstance(delta, dict) else []
        if items and self.whole:
            raise self._who.incomplete("went on after it had said that it was finished")
        reason = choice.get("finish_reason")
        if reason:
            self._finish(str(reason))
        return items

    def _delta(self, delta: dict[str, Any]) -> list[StreamItem]:
        items: list[StreamItem] = []
        for key, channel in (
            ("reasoning_content", Channel.REASONING),
            ("reasoning", Channel.REASONING),
            ("content", Channel.TEXT),
            ("refusal", Channel.TEXT),
        ):
            text = delta.get(key)
            if text is None or (key == "reasoning" and delta.get("reasoning_content")):
                continue
            if not isinstance(text, str):
                raise self._who.incomplete(f"sent {key} that is not text")
            if text:
                items += self._draft.say(self._draft.words(channel), text)
        calls = delta.get("tool_calls")
        for piece in calls if isinstance(calls, list) else ():
            if not isinstance(piece, dict):
                raise self._who.incomplete("sent a malformed tool call")
            items += self._call(piece)
        return items

    def _call(self, piece: dict[str, Any]) -> list[StreamItem]:
        function = piece.get("function")
        function = function if isinstance(function, dict) else {}
        call_id, name, text = piece.get("id") or "", function.get("name") or "", function.get("arguments")
        if isinstance(text, dict):
            text = json.dumps(text)
        index = piece.get("index")
        if not isinstance(index, int):
            index = self._open + 1 if call_id and self._slots else self._open
        if not all(isinstance(word, str) for word in (call_id, name, text or "")):
            raise self._who.incomplete("sent a malformed tool call")
        slot = self._slots.get(index)
        # some servers give every call the index 0: a new id together with a name starts a new one
        if slot is None or (call_id and name and slot[0] and call_id != slot[0]):
            slot = self._slots[index] = (call_id, self._draft.new_call(call_id, name))
        self._open = index
        return self._draft.write(slot[1], text or "")

    def _finish(self, reason: str) -> None:
        if reason == "length":
            raise self._who.incomplete("reached the limit of its answer before it was finished (finish_reason length)")
        if reason == "content_filter":
            raise BadRequest(
                f"{self._who} stopped the answer by its content filter. Change the task's words or the model."
            )
        if reason not in FINISHED:
            raise self._who.incomplete(f"ended for a reason that is not known here ({one_line(reason, 60)})")
        if reason == "tool_calls" and not self._draft.has_calls:
            raise self._who.incomplete("said that it called a tool, but sent no call")
        self.whole = True

    def end(self) -> TurnEnd:
        if not self.whole:
            raise self._who.incomplete("broke off in the middle of its answer")
        parts = self._draft.parts()
        return TurnEnd(parts=parts, usage=priced(self._tokens(), self._price), reply_id=self._reply_id)

    def _tokens(self) -> Usage:
        prompt, output = count(self._usage.get("prompt_tokens")), count(self._usage.get("completion_tokens"))
        if not prompt and not output:
            return Usage(input=estimated_tokens(self._sent), output=estimated_tokens(self.size))
        details = self._usage.get("prompt_tokens_details")
        details = details if isinstance(details, dict) else {}
        read = count(details.get("cached_tokens")) or count(self._usage.get("prompt_cache_hit_tokens"))
        written = count(details.get("cache_write_tokens"))
        # here, other than in Anthropic's wire, the prompt's count includes what came from the cache
        return Usage(input=max(prompt - read - written, 0), output=output, cache_read=read, cache_write=written)

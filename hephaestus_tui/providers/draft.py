"""Without this, half a tool call could run: it collects a turn piece by piece and gives it out whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from hephaestus_tui.codec import BadJson, strict_json
from hephaestus_tui.config import Price
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import Part, ReasoningPart, TextPart, ToolCallPart, Usage
from hephaestus_tui.providers.base import CallDelta, StreamItem, TextDelta, TurnEnd, TurnRequest
from hephaestus_tui.providers.conversation import size_of
from hephaestus_tui.providers.failures import Who, one_line

TEXT_LIMIT = 2_000_000
CALLS_LIMIT = 64
NAME_LIMIT = 128
CHARACTERS_PER_TOKEN = 4

_SURROGATES = re.compile("[\ud800-\udfff]")


class TurnParser(Protocol):
    """Turns the events of one answer into stream items; pure, so that it can be fed from anywhere.

    `size` grows with every piece of content and with nothing else. `whole` says that the turn can no longer be cut,
    `done` that nothing more will come, `silent` that it thinks and need not say so. `feed` and `end` raise a ProviderError as soon as the turn cannot become whole.
    """

    @property
    def size(self) -> int: ...

    @property
    def whole(self) -> bool: ...

    @property
    def done(self) -> bool: ...

    @property
    def silent(self) -> bool: ...

    def feed(self, data: str) -> list[StreamItem]: ...

    def end(self) -> TurnEnd: ...


@dataclass(slots=True)
class Words:
    """One block of text or reasoning as it grows."""

    channel: Channel
    pieces: list[str] = field(default_factory=list)
    signature: str = ""


@dataclass(slots=True)
class Call:
    """One tool call as it grows; `index` counts the calls of the turn from 0."""

    index: int
    call_id: str
    name: str
    pieces: list[str] = field(default_factory=list)
    size: int = 0


class TurnDraft:
    """The blocks of a turn in their order. Raises IncompleteTurn for what exceeds the limits."""

    def __init__(self, who: Who, fallback_id: str) -> None:
        self._who = who
        self._fallback_id = fallback_id
        self._blocks: list[Words | Call] = []
        self._calls: list[Call] = []
        self.size = 0

    def words(self, channel: Channel) -> Words:
        """The block to go on with: the last one when it is of this channel, else a new one."""
        last = self._blocks[-1] if self._blocks else None
        if isinstance(last, Words) and last.channel is channel:
            return last
        return self.new_words(channel)

    def new_words(self, channel: Channel) -> Words:
        block = Words(channel)
        self._blocks.append(block)
        return block

    def say(self, block: Words, text: str) -> list[StreamItem]:
        if not text:
            return []
        text = _SURROGATES.sub("\ufffd", text)
        self._grow(len(text))
        block.pieces.append(text)
        return [TextDelta(block.channel, text)]

    def new_call(self, call_id: str, name: str) -> Call:
        """A call without an id of its own, or with that of another, gets one that is unique in the conversation."""
        if len(self._calls) >= CALLS_LIMIT:
            raise self._who.incomplete(f"made more than {CALLS_LIMIT} tool calls in one turn")
        if not call_id or len(call_id) > NAME_LIMIT or any(c.call_id == call_id for c in self._calls):
            call_id = f"{self._fallback_id}-{len(self._calls)}"
        call = Call(len(self._calls), one_line(call_id), one_line(name, NAME_LIMIT))
        self._calls.append(call)
        self._blocks.append(call)
        self._grow(1)
        return call

    def write(self, call: Call, piece: str) -> list[StreamItem]:
        self._grow(len(piece))
        call.pieces.append(piece)
        call.size += len(piece)
        return [CallDelta(call.index, call.name, call.size)]

    @property
    def has_calls(self) -> bool:
        return bool(self._calls)

    def _grow(self, characters: int) -> None:
        self.size += characters
        if self.size > TEXT_LIMIT:
            raise self._who.incomplete(f"wrote more than {TEXT_LIMIT:,} characters in one turn and was stopped")

    def parts(self) -> tuple[Part, ...]:
        """Everything, checked. Raises IncompleteTurn for a turn that says nothing or holds a malformed call."""
        found = [part for block in self._blocks if (part := self._part(block)) is not None]
        if not any(isinstance(part, TextPart | ToolCallPart) for part in found):
            raise self._who.incomplete("gave an empty answer")
        return tuple(found)

    def _part(self, block: Words | Call) -> Part | None:
        if isinstance(block, Call):
            return ToolCallPart(block.call_id, block.name, self._arguments(block))
        text = "".join(block.pieces)
        if block.channel is Channel.REASONING:
            signature = _SURROGATES.sub("\ufffd", block.signature)
            return ReasoningPart(text, signature or None) if text or block.signature else None
        return TextPart(text) if text.strip() else None

    def _arguments(self, call: Call) -> str:
        if not call.name:
            raise self._who.incomplete("called a tool without naming it")
        text = "".join(call.pieces).strip() or "{}"
        try:
            value = strict_json(text)
        except (BadJson, ValueError) as error:
            raise self._who.incomplete(f"called {call.name} with arguments that are {one_line(str(error))}") from error
        if not isinstance(value, dict):
            raise self._who.incomplete(f"called {call.name} with arguments that are not one JSON object")
        return text


def estimated_tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)


def estimated_usage(request: TurnRequest, said: int, price: Price | None) -> Usage:
    """What a turn has cost of which nobody told the price: `said` is the number of characters that came."""
    sent = len(request.system) + size_of(request.messages)
    return priced(Usage(input=estimated_tokens(sent), output=estimated_tokens(said)), price)


def count(value: object) -> int:
    """A number of tokens from a wire: what is no whole positive number is 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def priced(usage: Usage, price: Price | None) -> Usage:
    """The same usage with its cost; None where there is no price."""
    cost = None
    if price is not None:
        read = price.input if price.cache_read is None else price.cache_read
        written = price.input if price.cache_write is None else price.cache_write
        cost = (
            usage.input * price.input
            + usage.output * price.output
            + usage.cache_read * read
            + usage.cache_write * written
        ) / 1_000_000
    return Usage(
        input=usage.input, output=usage.output, cache_read=usage.cache_read, cache_write=usage.cache_write, cost=cost
    )

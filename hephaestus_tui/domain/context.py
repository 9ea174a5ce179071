"""How much of its model's window an agent's conversation fills: without it, it would be known when it is too late."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.message import Message, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart

CHARACTERS_PER_TOKEN = 4


class Cause(StrEnum):
    """Why a conversation was compacted."""

    NEAR = "near its limit"
    REFUSED = "refused as too long"
    ASKED = "asked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextUse:
    """`tokens` is what the provider told with the last turn, its answer among it; `since` is our own estimate, in the
    same measure as `estimate`, of what came after it. `window` is what `model` can take, `assumed` where nobody told.

    `refused` is the size at which this model said that it was too much, 0 where it never did.
    """

    model: str
    tokens: int
    estimate: int
    window: int
    assumed: bool = False
    since: int = 0
    refused: int = 0

    @property
    def scale(self) -> float:
        """What to multiply our own estimates by, learned from the last turn that was measured."""
        return min(max(self.tokens / self.estimate, 0.5), 4.0) if self.tokens and self.estimate else 1.0

    @property
    def used(self) -> int:
        return self.tokens + round(self.since * self.scale)


def text_tokens(text: str) -> int:
    """About how many tokens a text takes: four letters of English or code make one, other letters one each."""
    if text.isascii():
        return -(-len(text) // CHARACTERS_PER_TOKEN)
    plain = sum(char.isascii() for char in text)
    return -(-plain // CHARACTERS_PER_TOKEN) + len(text) - plain


def message_tokens(message: Message) -> int:
    return sum(map(_part_tokens, message.parts))


def _part_tokens(part: Part) -> int:
    match part:
        case TextPart() | ReasoningPart():
            return text_tokens(part.text)
        case ToolCallPart():
            return text_tokens(part.name) + text_tokens(part.arguments)
        case ToolResultPart():
            return text_tokens(part.content)
        case _:
            return text_tokens(str(part))  # the words in which it is told are about as long

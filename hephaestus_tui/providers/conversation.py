"""Without this, a vendor would refuse a transcript in which a call has no result or two users speak in a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from hephaestus_tui.domain.message import (
    DecisionPart,
    LetterPart,
    Message,
    OverlapPart,
    Part,
    QueryPart,
    ReasoningPart,
    ReviewPart,
    Speaker,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    UndonePart,
    UnreadPart,
    WordsPart,
)
from hephaestus_tui.providers.wording import UNANSWERED, news_text

# marks the signature of reasoning that is a whole item of the responses dialect
ITEM = "item:"


@dataclass(frozen=True, slots=True)
class Said:
    """What the human's side said since the model's last words; never empty."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replied:
    """The model's own words and calls; `model` is who it was, empty where unknown."""

    parts: tuple[Part, ...]
    model: str


@dataclass(frozen=True, slots=True)
class Results:
    """One result for every call of the reply before it, in the order of the calls."""

    results: tuple[ToolResultPart, ...]


Entry: TypeAlias = Said | Replied | Results


def entries(messages: Iterable[Message]) -> list[Entry]:
    """The conversation as every vendor accepts it.

    A call that has no result gets one that says so; a result that answers no call of the reply before it is left out,
    since no vendor takes it. What the user said between results comes after them.
    """
    found: list[Entry] = []
    texts: list[str] = []
    results: dict[str, ToolResultPart] = {}
    calls: tuple[ToolCallPart, ...] = ()

    def close() -> None:
        if calls:
            answers = (results.get(c.call_id, ToolResultPart(c.call_id, UNANSWERED, is_error=True)) for c in calls)
            found.append(Results(tuple(answers)))
        if texts:
            found.append(Said(tuple(texts)))

    for message in messages:
        if message.speaker is Speaker.ASSISTANT:
            if not _says_something(message.parts):
                continue
            close()
            texts, results, calls = [], {}, message.calls()
            found.append(Replied(message.parts, message.model))
            continue
        for part in message.parts:
            match part:
                case ToolResultPart():
                    results.setdefault(part.call_id, part)
                case TextPart() if part.text.strip():
                    texts.append(part.text)
                case (
                    DecisionPart()
                    | UndonePart()
                    | QueryPart()
                    | WordsPart()
                    | LetterPart()
                    | UnreadPart()
                    | OverlapPart()
                    | ReviewPart()
                ):
                    texts.append(news_text(part))
                case _:
                    pass
    close()
    return found


def is_same_model(spoken: str, provider: str, model: str) -> bool:
    """Whether a reply, of whose model "PROVIDER:MODEL" may not be known, came from this one."""
    return not spoken or spoken == f"{provider}:{model}"


def _says_something(parts: tuple[Part, ...]) -> bool:
    return any(isinstance(p, ToolCallPart) or (isinstance(p, TextPart) and p.text.strip()) for p in parts)


def size_of(messages: Iterable[Message]) -> int:
    """Characters in a conversation, for estimates of its tokens."""
    return sum(_part_size(part) for message in messages for part in message.parts)


def _part_size(part: Part) -> int:
    match part:
        case TextPart() | ReasoningPart():
            return len(part.text)
        case ToolCallPart():
            return len(part.name) + len(part.arguments)
        case ToolResultPart():
            return len(part.content)
        case (
            DecisionPart()
            | UndonePart()
            | QueryPart()
            | WordsPart()
            | LetterPart()
            | UnreadPart()
            | OverlapPart()
            | ReviewPart()
        ):
            return len(news_text(part))

"""What is said between an agent and its model, independent of any vendor's wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from hephaestus_tui.domain.decision import Decision, Query, Undoing
from hephaestus_tui.domain.talk import Letter
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import Word
from hephaestus_tui.domain.work import Review


class Speaker(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """Thinking shown by the model; `signature` must go back verbatim to the vendor that issued it."""

    text: str
    signature: str | None = None
    kind: Literal["reasoning"] = "reasoning"


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A complete call: `arguments` is strict JSON text of one object, checked by the provider."""

    call_id: str
    name: str
    arguments: str
    kind: Literal["call"] = "call"


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    call_id: str
    content: str
    is_error: bool = False
    kind: Literal["result"] = "result"


@dataclass(frozen=True, slots=True)
class DecisionPart:
    """A decision on its way to the agent that proposed the task."""

    decision: Decision
    kind: Literal["decision"] = "decision"


@dataclass(frozen=True, slots=True)
class UndonePart:
    """The news that a decision of which the agent was told no longer stands."""

    task_id: TaskId
    undoing: Undoing
    kind: Literal["undone"] = "undone"


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A human's question about a proposal, on its way to the agent that made it."""

    query: Query
    kind: Literal["query"] = "query"


@dataclass(frozen=True, slots=True)
class LetterPart:
    """What another agent has to say to this one: data, in words that are not a human's."""

    letter: Letter
    kind: Literal["letter"] = "letter"


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """The news that `reader` has ended without having read what this agent wrote to it."""

    letter: Letter
    reader: TaskId
    kind: Literal["unread"] = "unread"


@dataclass(frozen=True, slots=True)
class OverlapPart:
    """The news that another task changes files that this one has changed too; `title` is the other's."""

    other: TaskId
    title: str
    paths: tuple[str, ...]
    kind: Literal["overlap"] = "overlap"


@dataclass(frozen=True, slots=True)
class WordsPart:
    """A human's words on their way to the agent that they are for."""

    word: Word
    kind: Literal["words"] = "words"


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """What a human says about the agent's work, which is sent back; `number` is the round that ended so, from 1."""

    review: Review
    number: int
    kind: Literal["review"] = "review"


Part: TypeAlias = (
    TextPart | ReasoningPart | ToolCallPart | ToolResultPart
    | DecisionPart | UndonePart | QueryPart | WordsPart | LetterPart | UnreadPart | OverlapPart | ReviewPart
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One entry of a task's transcript; `ordinal` counts from 0 in the task, over all its attempts.

    `reply_id` is the provider's own id of an assistant message (empty where it gives none).
    """

    ordinal: int
    speaker: Speaker
    parts: tuple[Part, ...]
    at: float
    model: str = ""
    reply_id: str = ""

    def calls(self) -> tuple[ToolCallPart, ...]:
        return tuple(p for p in self.parts if isinstance(p, ToolCallPart))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one or more model calls. `input` EXCLUDES cached tokens for every vendor (normalised by the provider).

    `cost` is in US dollars, None where the price is unknown.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost: float | None = 0.0

    @property
    def total(self) -> int:
        return self.input + self.output + self.cache_read + self.cache_write

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            input=self.input + other.input,
            output=self.output + other.output,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
            cost=cost,
        )


@dataclass(frozen=True, slots=True)
class ToolDeclaration:
    """A tool as a model is told of it; `parameters` is a JSON schema in which every string and array is bounded."""

    name: str
    description: str
    parameters: dict[str, object] = field(hash=False)

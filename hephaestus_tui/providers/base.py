"""What the engine asks of a model, whoever serves it: one streamed turn that is whole or did not happen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from hephaestus_tui.config import Effort, Price
from hephaestus_tui.domain.events import Channel
from hephaestus_tui.domain.message import Message, Part, ToolDeclaration, Usage
from hephaestus_tui.domain.task import Phase, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnContext:
    """Who asks; no wire sends it. `origin_call_id` is the provider's id of the call that spawned the task, if any.

    `sums_up` says that this is no turn of the agent: a summary of its conversation is wanted, in words alone.
    """

    task_id: TaskId
    role: str
    phase: Phase
    title: str
    done_criteria: tuple[str, ...] = ()
    origin_call_id: str | None = None
    sums_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """`model` is the part after "PROVIDER:"; `messages` hold no system message; `attempt` counts from 1 for this turn.

    Tool results follow each other directly behind the assistant message whose calls they answer. `effort_setting` is where
    the effort comes from, for the sentence that says what to remove; `cache_key` is the same for all turns of a conversation.
    """

    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolDeclaration, ...]
    max_tokens: int
    attempt: int
    context: TurnContext
    effort: Effort | None = None
    effort_setting: str = "effort"
    cache_key: str = ""


@dataclass(frozen=True, slots=True)
class TextDelta:
    channel: Channel
    text: str


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A tool call is being written; `size` is the number of characters of arguments so far."""

    index: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The request failed before its first byte and will be sent again in `seconds`; with 0 it is being sent."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnd:
    """The last item of every whole turn: complete parts, with every call's arguments one strict JSON object."""

    parts: tuple[Part, ...]
    usage: Usage
    reply_id: str = ""


StreamItem: TypeAlias = TextDelta | CallDelta | RetryDue | TurnEnd


class Provider(Protocol):
    def stream(self, request: TurnRequest) -> AsyncGenerator[StreamItem, None]:
        """Yields deltas and then exactly one TurnEnd, or raises a ProviderError: a stream that just ends is IncompleteTurn."""
        ...

    def price(self, model: str) -> Price | None:
        """What a model costs; None where nobody knows."""
        ...

    def window(self, model: str) -> int | None:
        """How many tokens a model takes at once, its answer among them; 0 for any number, None where nobody knows."""
        ...

    def hurry(self) -> bool:
        """Let whoever waits for it to be well again ask at once; False where nobody waits."""
        ...

    async def aclose(self) -> None: ...

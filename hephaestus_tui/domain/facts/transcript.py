"""Facts of the transcript: messages, calls begun, turns cut, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.message import Message, Usage
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAdded:
    """`worked` are the seconds that it took, those spent waiting for a human aside."""

    KIND: ClassVar[str] = "message.added"
    task_id: TaskId
    message: Message
    worked: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolStarted:
    """The intent, durable before the effect; without a result it is an unanswered call."""

    KIND: ClassVar[str] = "tool.started"
    task_id: TaskId
    turn: int
    index: int
    call_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCut:
    """A model turn that did not end properly. Nothing of it ran; `text` is what had been said, in `worked` seconds."""

    KIND: ClassVar[str] = "turn.cut"
    task_id: TaskId
    turn: int
    text: str
    reason: str
    worked: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecorded:
    """`estimated` says that the provider did not tell, since its turn was cut."""

    KIND: ClassVar[str] = "usage.recorded"
    task_id: TaskId
    model: str
    usage: Usage
    estimated: bool = False


TranscriptFact: TypeAlias = MessageAdded | ToolStarted | TurnCut | UsageRecorded

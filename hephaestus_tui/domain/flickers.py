"""Flickers: what is seen while it happens and never stored, such as the words of a turn that streams."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hephaestus_tui.domain.task import TaskId


class Channel(StrEnum):
    TEXT = "text"
    REASONING = "reasoning"


@dataclass(frozen=True, slots=True)
class TurnBegan:
    """A model call starts; text that streamed in an earlier, cut try of the same turn is void."""

    task_id: TaskId
    turn: int
    attempt: int


@dataclass(frozen=True, slots=True)
class TextStreamed:
    task_id: TaskId
    turn: int
    channel: Channel
    text: str


@dataclass(frozen=True, slots=True)
class CallStreamed:
    """The model is writing a tool call; `size` is the number of characters of arguments so far."""

    task_id: TaskId
    turn: int
    index: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """Output of a running command, as it comes."""

    task_id: TaskId
    turn: int
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ProviderWaiting:
    """A retry is due in `seconds`; 0 says that the wait is over."""

    task_id: TaskId
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SummaryBegan:
    """A long conversation is being summed up by its model, before the next turn."""

    task_id: TaskId


Flicker: TypeAlias = TurnBegan | TextStreamed | CallStreamed | ToolOutput | ProviderWaiting | SummaryBegan

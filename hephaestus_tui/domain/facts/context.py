"""Facts of an agent's context: how full it is, and what was compacted so that the next turn fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.context import Cause
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextMeasured:
    """With each turn: the provider's count of the whole conversation, and our `estimate` of the same."""

    KIND: ClassVar[str] = "context.measured"
    task_id: TaskId
    model: str
    tokens: int
    estimate: int
    window: int
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionAsked:
    """A human wants the conversation compacted before the agent's next turn."""

    KIND: ClassVar[str] = "context.compaction_asked"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCompacted:
    """From message `turn` on the model gets `summary` in place of the messages before `upto`, and the results of the calls
    in `cleared` only in part; nothing that is stored goes away, and each later one replaces this one whole.

    What people said in those messages still goes word for word: whole messages, and the results in `quoted`, which hold
    an answer or a decision. `messages` counts what this compaction took away, `before` and `after` are tokens as estimated.
    `by` is the model that wrote the summary, empty where it was put together without one; `worked` are seconds.
    """

    KIND: ClassVar[str] = "context.compacted"
    task_id: TaskId
    turn: int
    upto: int
    summary: str
    cleared: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    messages: int
    before: int
    after: int
    cause: Cause
    by: str = ""
    worked: float = 0.0


ContextFact: TypeAlias = ContextMeasured | CompactionAsked | ContextCompacted

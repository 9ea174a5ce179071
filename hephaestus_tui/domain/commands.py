"""What a human may ask of a run. Imperative; each names its actor, whom only a front end can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor, Verdict
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.task import TaskDraft, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Answer a proposal. `final` is for EDIT alone, `reason` is required for REJECT.

    `version` is the version of the proposal that the person saw: a decision on another one is refused.
    """

    KIND: ClassVar[str] = "decide"
    task_id: TaskId
    verdict: Verdict
    actor: Actor
    version: int
    final: TaskDraft | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    KIND: ClassVar[str] = "answer"
    question_id: str
    answer: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTask:
    """A human's own task: proposed and accepted in one step."""

    KIND: ClassVar[str] = "add_task"
    draft: TaskDraft
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Hold an agent, or with `task_id=None` the whole run, at the next boundary between turns and tools."""

    KIND: ClassVar[str] = "pause"
    actor: Actor
    task_id: TaskId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Let a paused, interrupted or stalled agent (or the paused run) go on."""

    KIND: ClassVar[str] = "resume"
    actor: Actor
    task_id: TaskId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End a task now: its stream is closed, its command killed, what it said is kept."""

    KIND: ClassVar[str] = "stop"
    task_id: TaskId
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steer:
    """A message that the agent reads before its next model call."""

    KIND: ClassVar[str] = "steer"
    task_id: TaskId
    text: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Put a failed or cancelled task back into the queue; its transcript goes on."""

    KIND: ClassVar[str] = "retry"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DropBlockers:
    """Let a dead-blocked task go ahead without the blockers that can never complete."""

    KIND: ClassVar[str] = "drop_blockers"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPolicy:
    KIND: ClassVar[str] = "set_policy"
    policy: Policy
    actor: Actor


Command: TypeAlias = Decide | Answer | AddTask | Pause | Resume | Stop | Steer | Retry | DropBlockers | SetPolicy


@dataclass(frozen=True, slots=True)
class Receipt:
    """A command was carried out and stored; `note` says what it did, in a sentence fit to be shown."""

    seq: int
    note: str
    task_id: TaskId | None = None

"""Facts of tasks at work and of the agents on them: started, held, steered, ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.check import Waiver
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.task import AgentId, Evidence, Finding, TaskId
from hephaestus_tui.domain.words import When


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    KIND: ClassVar[str] = "task.started"
    task_id: TaskId
    agent_id: AgentId
    role: str
    model: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted:
    KIND: ClassVar[str] = "task.completed"
    task_id: TaskId
    summary: str
    evidence: tuple[Evidence, ...]
    finding: Finding | None = None
    waived: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed:
    """`limit` is the name of the limit that ended it, None for any other reason."""

    KIND: ClassVar[str] = "task.failed"
    task_id: TaskId
    reason: str
    limit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCancelled:
    KIND: ClassVar[str] = "task.cancelled"
    task_id: TaskId
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRetried:
    """A human put a failed or cancelled task back into the queue; `was` says how it had ended.

    `begins` is the ordinal of the first message of a conversation that begins anew, None where the old one goes on.
    """

    KIND: ClassVar[str] = "task.retried"
    task_id: TaskId
    actor: Actor
    was: str = ""
    begins: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPaused:
    """One that has begun holds at its next boundary; what has not does not begin before it is resumed."""

    KIND: ClassVar[str] = "agent.paused"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResumed:
    KIND: ClassVar[str] = "agent.resumed"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSteered:
    """A human's words, kept until the agent reads them as a user message; `said` is the end of what they cut off."""

    KIND: ClassVar[str] = "agent.steered"
    task_id: TaskId
    text: str
    actor: Actor
    when: When = When.NOW
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentInterrupted:
    """The process that ran the agent ended without ending the task."""

    KIND: ClassVar[str] = "agent.interrupted"
    task_id: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStalled:
    """The agent stands still until a human resumes or stops it."""

    KIND: ClassVar[str] = "agent.stalled"
    task_id: TaskId
    reason: str


AgentFact: TypeAlias = (
    TaskStarted
    | TaskCompleted
    | TaskFailed
    | TaskCancelled
    | TaskRetried
    | AgentPaused
    | AgentResumed
    | AgentSteered
    | AgentInterrupted
    | AgentStalled
)

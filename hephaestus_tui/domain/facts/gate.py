"""Facts of the gate: proposals, decisions, what was chosen for those that wait, rules and bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.decision import Actor, Choice, Decision, Proposal, Query
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import Task, TaskDraft, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProposed:
    KIND: ClassVar[str] = "task.proposed"
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDecided:
    """`task` is the row that the decision created: None exactly when it was rejected."""

    KIND: ClassVar[str] = "proposal.decided"
    decision: Decision
    task: Task | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionUndone:
    """`proposal` stands again, in a new version: whoever saw the old one must look before deciding anew."""

    KIND: ClassVar[str] = "decision.undone"
    decision_id: int
    task_id: TaskId
    actor: Actor
    reason: str
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalQueried:
    KIND: ClassVar[str] = "proposal.queried"
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAnswered:
    """`failed` says that there will be no answer, and `text` why."""

    KIND: ClassVar[str] = "proposal.answered"
    query_id: str
    task_id: TaskId
    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAmended:
    """A human changed a task that had not started, or what it waits for."""

    KIND: ClassVar[str] = "task.amended"
    task_id: TaskId
    draft: TaskDraft
    actor: Actor
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockerSettled:
    """What was chosen for `dependents` of a blocker that will never complete; other facts of its transaction do it."""

    KIND: ClassVar[str] = "blocker.settled"
    blocker: TaskId
    choice: Choice
    dependents: tuple[TaskId, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockerDefaultSet:
    """What is chosen from now on without asking; None asks again."""

    KIND: ClassVar[str] = "run.blocker_default"
    choice: Choice | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockersDropped:
    KIND: ClassVar[str] = "task.blockers_dropped"
    task_id: TaskId
    dropped: tuple[TaskId, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSwitched:
    """The rule stands here as it was, so that a later change of its file changes no history."""

    KIND: ClassVar[str] = "rule.switched"
    rule: Rule
    on: bool
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesStopped:
    KIND: ClassVar[str] = "rule.all_stopped"
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundReached:
    """An agent was told to propose no more; `bound` is the name of a field of the spawn bounds, `limit` its value."""

    KIND: ClassVar[str] = "spawn.bound_reached"
    bound: str
    task_id: TaskId
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSettled:
    """A human has seen it; with a `limit` the bound is that from now on, in this run."""

    KIND: ClassVar[str] = "spawn.bound_settled"
    bound: str
    limit: int | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateScoreSet:
    """From this similarity on (0 to 100) a proposal says that it is a likely duplicate."""

    KIND: ClassVar[str] = "run.duplicate_score"
    score: int
    actor: Actor


GateFact: TypeAlias = (
    TaskProposed
    | ProposalDecided
    | DecisionUndone
    | ProposalQueried
    | QueryAnswered
    | TaskAmended
    | BlockerSettled
    | BlockerDefaultSet
    | BlockersDropped
    | RuleSwitched
    | RulesStopped
    | BoundReached
    | BoundSettled
    | DuplicateScoreSet
)

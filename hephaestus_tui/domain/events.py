"""Facts (durable, numbered, past tense) and flickers (never stored): everything that a front end can observe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.decision import Actor, Choice, Decision, Proposal, Query
from hephaestus_tui.domain.message import Message, Usage
from hephaestus_tui.domain.policy import Containment, Effect, Policy
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.task import AgentId, Evidence, RunId, Task, TaskDraft, TaskId


class QuestionKind(StrEnum):
    QUESTION = "question"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something an agent cannot go on without: words from a human, or leave to run `text`.

    `turn` and `index` name the tool call that asks. A permission is answered with `ALLOW` or with the words of a refusal;
    `effect` is what it would have on the world outside.
    """

    id: str
    kind: QuestionKind
    task_id: TaskId
    text: str
    options: tuple[str, ...]
    turn: int
    index: int
    asked_at: float
    effect: Effect | None = None


ALLOW = "allow"


# -- the run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """`containment` is what the machine that runs it was found to have; a journal without it had no sandbox."""

    KIND: ClassVar[str] = "run.started"
    run_id: RunId
    goal: str
    project: str
    model: str
    policy: Policy
    roles: tuple[str, ...]
    containment: Containment = Containment.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed:
    """A process took the run up again; every agent that was at work is interrupted."""

    KIND: ClassVar[str] = "run.resumed"
    model: str
    policy: Policy
    roles: tuple[str, ...]
    containment: Containment = Containment.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused:
    """`limit` says which limit of the whole run was reached, in journals from before there were budgets; else None."""

    KIND: ClassVar[str] = "run.paused"
    actor: Actor
    limit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUnpaused:
    KIND: ClassVar[str] = "run.unpaused"
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    KIND: ClassVar[str] = "run.policy_changed"
    policy: Policy
    actor: Actor


# -- the gate


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


# -- budgets


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWarned:
    """Most of a budget is spent; once for each limit. Nobody waits for anything."""

    KIND: ClassVar[str] = "budget.warned"
    budget: Budget
    spent: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReached:
    """All whom it pays for wait until a human raises it. `task_id` is who ran into it.

    `unpriced` names the model whose price nobody knows, where a budget in dollars cannot be kept for that reason.
    """

    KIND: ClassVar[str] = "budget.reached"
    budget: Budget
    task_id: TaskId
    spent: float
    limit: float
    unpriced: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSet:
    """The limit is this from now on, in this run; 0 is none, and None what the settings say. Nobody waits for it now."""

    KIND: ClassVar[str] = "budget.set"
    budget: Budget
    limit: float | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpricedAllowed:
    """From now on budgets in dollars count what is known, and models without a price go on."""

    KIND: ClassVar[str] = "budget.unpriced_allowed"
    actor: Actor


# -- tasks and agents


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
    """A human put a failed or cancelled task back into the queue."""

    KIND: ClassVar[str] = "task.retried"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockersDropped:
    KIND: ClassVar[str] = "task.blockers_dropped"
    task_id: TaskId
    dropped: tuple[TaskId, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPaused:
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
    """A human's words, queued until the agent's next boundary, where they become a user message."""

    KIND: ClassVar[str] = "agent.steered"
    task_id: TaskId
    text: str
    actor: Actor


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


# -- the transcript


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


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    KIND: ClassVar[str] = "question.asked"
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    KIND: ClassVar[str] = "question.answered"
    question_id: str
    answer: str
    actor: Actor


Fact: TypeAlias = (
    RunStarted | RunResumed | RunPaused | RunUnpaused | PolicyChanged
    | TaskProposed | ProposalDecided | DecisionUndone | ProposalQueried | QueryAnswered | TaskAmended
    | BlockerSettled | BlockerDefaultSet | RuleSwitched | RulesStopped | BoundReached | BoundSettled | DuplicateScoreSet
    | BudgetWarned | BudgetReached | BudgetSet | UnpricedAllowed
    | TaskStarted | TaskCompleted | TaskFailed | TaskCancelled | TaskRetried | BlockersDropped
    | AgentPaused | AgentResumed | AgentSteered | AgentInterrupted | AgentStalled
    | MessageAdded | ToolStarted | TurnCut | UsageRecorded
    | QuestionAsked | QuestionAnswered
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with its place in the journal. `seq` grows in a store, over all its runs; `at` is Unix time in seconds."""

    seq: int
    at: float
    fact: Fact


# -- flickers


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


Flicker: TypeAlias = TurnBegan | TextStreamed | CallStreamed | ToolOutput | ProviderWaiting
Event: TypeAlias = Recorded | Flicker

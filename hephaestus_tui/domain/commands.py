"""What a human may ask of a run. Imperative; each names its actor, whom only a front end can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.decision import Actor, Choice
from hephaestus_tui.domain.gate_commands import AskBack, Decide, DecideMany, Merge, Ruling, Split, Undo
from hephaestus_tui.domain.leave import Extent
from hephaestus_tui.domain.orders import Order, Pause, Restart, Resume, Revoke, Steer, Step, Stop
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.talk_commands import AddNote, AnswerReport, ChangeNote, StrikeNote
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.domain.work_commands import DiscardWork, MergeWork, ResolveConflict, SendBack

__all__ = [
    "AddTask", "AllowUnpriced", "Answer", "AskBack", "Command", "Decide", "DecideMany", "Merge", "Missed", "Order", "Pause",
    "Receipt", "Restart", "Resume", "RetryNow", "Revoke", "Ruling", "SetBlockerDefault", "SetBudget", "SetDuplicateScore",
    "SetPolicy", "SettleBlocker", "SettleBound", "Split", "Steer", "Step", "Stop", "StopRules", "SwitchRule",
    "TakeBackLeave", "Undo",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleBlocker:
    """Choose for all that wait for `blocker`, which will never complete."""

    KIND: ClassVar[str] = "settle_blocker"
    blocker: TaskId
    choice: Choice
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBlockerDefault:
    """Choose so from now on, in this run, without asking; None asks again."""

    KIND: ClassVar[str] = "set_blocker_default"
    choice: Choice | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRule:
    """Let a rule decide from now on, or no longer. Switching one on again replaces it by what it is now."""

    KIND: ClassVar[str] = "switch_rule"
    rule: Rule
    on: bool
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRules:
    """All rules off, at once."""

    KIND: ClassVar[str] = "stop_rules"
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleBound:
    """Take note that agents reached a bound of spawning; with a `limit`, let that be the bound in this run."""

    KIND: ClassVar[str] = "settle_bound"
    bound: str
    limit: int | None
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget:
    """Let a budget be `limit` in this run: more than is spent already, or 0 for none. Who waits for it goes on."""

    KIND: ClassVar[str] = "set_budget"
    budget: Budget
    limit: float
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowUnpriced:
    """Let models whose price nobody knows go on, though budgets in dollars cannot count them."""

    KIND: ClassVar[str] = "allow_unpriced"
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDuplicateScore:
    """From this similarity on (0 to 100) a proposal says that it is a likely duplicate."""

    KIND: ClassVar[str] = "set_duplicate_score"
    score: int
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`ALLOW`, or words. Leave may be given for a `command` other than the one that was asked about, and for more than once."""

    KIND: ClassVar[str] = "answer"
    question_id: str
    answer: str
    actor: Actor
    command: str | None = None
    extent: Extent = Extent.ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackLeave:
    """What was allowed for a task or the run asks again from now on."""

    KIND: ClassVar[str] = "take_back_leave"
    grant_id: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTask:
    """A human's own task: proposed and accepted in one step."""

    KIND: ClassVar[str] = "add_task"
    draft: TaskDraft
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryNow:
    """Let the provider of a task's agent be asked again at once, instead of when the wait is over."""

    KIND: ClassVar[str] = "retry_now"
    task_id: TaskId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseModel:
    """Let "PROVIDER:MODEL" answer from the next turn on: for one task, or with None for all. Empty: as the settings say."""

    KIND: ClassVar[str] = "choose_model"
    model: str
    actor: Actor
    task_id: TaskId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPolicy:
    KIND: ClassVar[str] = "set_policy"
    policy: Policy
    actor: Actor


Command: TypeAlias = (
    Decide | DecideMany | AskBack | Undo | Merge | Split
    | ChooseModel | SetBudget | AllowUnpriced | RetryNow | Compact
    | SettleBlocker | SetBlockerDefault | SwitchRule | StopRules | SettleBound | SetDuplicateScore
    | Answer | TakeBackLeave | AddTask | SetPolicy | Order
    | MergeWork | SendBack | DiscardWork | ResolveConflict
    | AnswerReport | AddNote | ChangeNote | StrikeNote
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Missed:
    """A task that an order was for, and that it could not change."""

    task_id: TaskId
    why: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A command was carried out and stored; `note` says what it did, in a sentence fit to be shown.

    `reached` are the tasks that an order was for and has changed, `missed` the others with the reason of each.
    """

    seq: int
    note: str
    task_id: TaskId | None = None
    reached: tuple[TaskId, ...] = ()
    missed: tuple[Missed, ...] = ()

"""One thing that waits for a human: what the inbox is a list of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.task import TaskId


class AttentionKind(StrEnum):
    PERMISSION = "permission"
    QUESTION = "question"
    CRITERION = "criterion"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    PROPOSAL = "proposal"
    FAILED = "failed"
    BLOCKER_GONE = "blocker-gone"
    BOUND = "bound"
    BUDGET = "budget"
    REVIEW = "review"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """`holds_up` counts agents and tasks that cannot go on before this is dealt with; `stands` says that an agent is one.

    `concerned` are the tasks and proposals that it is about, besides `task_id`; `question_id` may also be that of a report.
    """

    kind: AttentionKind
    task_id: TaskId
    text: str
    since: float
    holds_up: int
    stands: bool = False
    question_id: str | None = None
    concerned: tuple[TaskId, ...] = ()
    budget: Budget | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """The same for the same item in a later state; a task may be in the inbox more than once."""
        return self.kind, "" if self.budget else self.task_id, self.question_id or "", str(self.budget or "")

"""Tasks as people and agents speak of them: phases, statuses, and the draft that a human may edit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypeAlias

from hephaestus_tui.domain.check import Check, Waiver
from hephaestus_tui.domain.criterion import Criterion, criteria_fault

RunId: TypeAlias = str
TaskId: TypeAlias = str
AgentId: TypeAlias = str

TITLE_LIMIT = 200
TEXT_LIMIT = 20_000
BLOCKERS_LIMIT = 50


class Phase(StrEnum):
    INVESTIGATION = "investigation"
    BUILDING = "building"
    VALIDATION = "validation"


class Finding(StrEnum):
    """What a validation says of the work that it checked."""

    PASSED = "passed"
    FAILED = "failed"


class TaskStatus(StrEnum):
    PENDING = "pending"
    BLOCKED = "blocked"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in _ENDED  # asked of ten thousand at a time: names of an enum are dear to look up


_ENDED = (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)


class Discovery(StrEnum):
    OPTIMIZATION = "optimization"
    BUG = "bug"
    REFACTORING = "refactoring"
    PERFORMANCE = "performance"
    SECURITY = "security"
    MISSING_FEATURE = "missing_feature"
    OTHER = "other"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """0 is served first."""
        return {"urgent": 0, "high": 1, "normal": 2, "low": 3}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """The fields of a task that its proposer writes and a human may edit.

    `blocks` are those that wait for it from its acceptance on; what waits for it now, the graph says.
    """

    title: str
    description: str
    rationale: str
    phase: Phase
    role: str
    blocked_by: tuple[TaskId, ...] = ()
    blocks: tuple[TaskId, ...] = ()
    done_criteria: tuple[Criterion, ...] = ()
    discovery: Discovery = Discovery.OTHER
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a task was discovered; all None when a human wrote it.

    `turn` and `index` name the assistant message of `task_id` and the call in it: together they are the
    key under which a proposal repeated after a crash is recognised. `call_id` is the provider's own word for the call.
    """

    task_id: TaskId | None = None
    agent_id: AgentId | None = None
    turn: int | None = None
    index: int | None = None
    call_id: str | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an agent offers for one done criterion; `checked` is what the engine itself saw, where a command decides."""

    criterion: str
    evidence: str
    checked: Check | None = None

    @property
    def holds(self) -> bool:
        """Whether it is good enough: an agent's word is, where no command decides."""
        return self.checked is None or self.checked.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An accepted task; `decision_id` names the decision without which it could not exist.

    `finding` is what a validation found, None where it did not say. `waived`: who let it be completed as it is.
    """

    id: TaskId
    draft: TaskDraft
    origin: Origin
    decision_id: int
    created_at: float
    status: TaskStatus = TaskStatus.PENDING
    attempt: int = 0
    summary: str | None = None
    evidence: tuple[Evidence, ...] = ()
    finding: Finding | None = None
    waived: Waiver | None = None
    reason: str | None = None
    started_at: float | None = None
    ended_at: float | None = None

    @property
    def found_faults(self) -> bool:
        """Whether it is a validation that was carried out and did not let pass what it checked."""
        return self.status is TaskStatus.COMPLETED and self.finding is Finding.FAILED

    @property
    def lets_go(self) -> bool:
        """Whether what waits for it may start, as far as it is concerned."""
        return self.status is TaskStatus.COMPLETED and self.finding is not Finding.FAILED

    @property
    def is_gone(self) -> bool:
        """Whether what waits for it waits in vain, until a person chooses."""
        return self.status in (TaskStatus.FAILED, TaskStatus.CANCELLED) or self.found_faults


def draft_faults(draft: TaskDraft, roles: tuple[str, ...]) -> dict[str, str]:
    """What is wrong with each field, taken alone; the graph's own rules are in `graph.blocker_fault`."""
    faults: dict[str, str] = {}
    for name in ("title", "description", "rationale"):
        value: str = getattr(draft, name)
        limit = TITLE_LIMIT if name == "title" else TEXT_LIMIT
        if not value.strip():
            faults[name] = f"{name} is empty: write one"
        elif len(value) > limit:
            faults[name] = f"{name} has {len(value)} characters, {limit} at most"
    if "\n" in draft.title.strip():
        faults.setdefault("title", "title must be one line")
    if roles and draft.role not in roles:
        faults["role"] = f"there is no role {draft.role!r}; use one of: {', '.join(roles)}"
    if fault := criteria_fault(draft.done_criteria):
        faults["done_criteria"] = fault
    if len(draft.blocked_by) > BLOCKERS_LIMIT:
        faults["blocked_by"] = f"{len(draft.blocked_by)} blockers, {BLOCKERS_LIMIT} at most"
    if len(draft.blocks) > BLOCKERS_LIMIT:
        faults["blocks"] = f"{len(draft.blocks)} tasks that it blocks, {BLOCKERS_LIMIT} at most"
    return faults


DRAFT_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(TaskDraft))

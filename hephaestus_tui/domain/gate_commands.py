"""What a human may say to a proposal: decide it, ask about it, join it to another, part it, and take that back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hephaestus_tui.domain.decision import Actor, Verdict
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
class Ruling:
    """One of many decisions that are made together; the fields are those of `Decide`."""

    task_id: TaskId
    verdict: Verdict
    version: int
    final: TaskDraft | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideMany:
    """All of them in one transaction, or, where one of them cannot be made, none."""

    KIND: ClassVar[str] = "decide_many"
    rulings: tuple[Ruling, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBack:
    """Ask the agent that proposed a task about it; its answer, and maybe a new version, come back. Nothing is decided."""

    KIND: ClassVar[str] = "ask_back"
    task_id: TaskId
    version: int
    question: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take back the decision that stands on a task which has not started; the proposal stands again."""

    KIND: ClassVar[str] = "undo"
    task_id: TaskId
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Make a proposal part of another task or proposal, which takes over its words, criteria and dependents."""

    KIND: ClassVar[str] = "merge"
    task_id: TaskId
    version: int
    into: TaskId
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Make several proposals of one: the first keeps its id. `chained`: each is blocked by the one before."""

    KIND: ClassVar[str] = "split"
    task_id: TaskId
    version: int
    parts: tuple[TaskDraft, ...]
    chained: bool
    actor: Actor

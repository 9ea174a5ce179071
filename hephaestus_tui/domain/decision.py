"""Proposals and decisions: the two halves of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hephaestus_tui.domain.task import DRAFT_FIELDS, Origin, TaskDraft, TaskId

FieldValue: TypeAlias = str | tuple[str, ...]


class Verdict(StrEnum):
    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"


class ActorKind(StrEnum):
    HUMAN = "human"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decided: a person's name, or the id of a rule that a person switched on."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return self.name if self.kind is ActorKind.HUMAN else f"rule {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A spawned task on which nobody has decided; `waits` says that its agent stands still until someone does."""

    task_id: TaskId
    version: int
    draft: TaskDraft
    origin: Origin
    waits: bool
    proposed_at: float


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: FieldValue
    after: FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One human (or rule) answer to one version of a proposal; `final` is None exactly when it was rejected."""

    id: int
    task_id: TaskId
    version: int
    verdict: Verdict
    actor: Actor
    decided_at: float
    waited: float
    reason: str = ""
    final: TaskDraft | None = None
    changes: tuple[Change, ...] = ()


def draft_changes(before: TaskDraft, after: TaskDraft) -> tuple[Change, ...]:
    """The fields in which two drafts differ, in the order of the form."""
    return tuple(
        Change(name, getattr(before, name), getattr(after, name))
        for name in DRAFT_FIELDS
        if getattr(before, name) != getattr(after, name)
    )

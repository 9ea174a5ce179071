"""Proposals and decisions: the two halves of the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from hephaestus_tui.domain.actor import Actor, ActorKind
from hephaestus_tui.domain.criterion import Criterion
from hephaestus_tui.domain.task import DRAFT_FIELDS, Origin, TaskDraft, TaskId

__all__ = [
    "Actor",
    "ActorKind",
    "Change",
    "Choice",
    "Decision",
    "FieldValue",
    "Near",
    "Proposal",
    "Query",
    "Reply",
    "Undoing",
    "Verdict",
    "authored",
    "draft_changes",
    "verdict_words",
]

FieldValue: TypeAlias = str | tuple[Criterion, ...]


class Verdict(StrEnum):
    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Near:
    """A task, proposal or rejected idea that says much the same; `score` is a similarity from 0 to 100."""

    task_id: TaskId
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One version of a spawned task on which nobody has decided; `waits`: its agent stands still until someone does.

    `by` is who wrote this version, None where it was the agent that spawned it; `note` says why there is a new one.
    `near` are its likely duplicates, the nearest first.
    """

    task_id: TaskId
    version: int
    draft: TaskDraft
    origin: Origin
    waits: bool
    proposed_at: float
    by: Actor | None = None
    note: str = ""
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question of a human to the agent that proposed `task_id`, about the version that was shown."""

    id: str
    task_id: TaskId
    version: int
    text: str
    actor: Actor
    asked_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of a query: the agent's answer, or, where `failed`, why there will be none."""

    query: Query
    text: str
    failed: bool
    at: float


class Choice(StrEnum):
    """What becomes of those who wait for a blocker that will never complete."""

    DROP = "drop"
    CANCEL = "cancel"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: FieldValue
    after: FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One human (or rule) answer to one version of a proposal; `final` is None exactly when it was rejected.

    `changes` are measured against what the agent itself proposed last. `merged_into` makes a rejection a merge.
    """

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
    merged_into: TaskId | None = None


@dataclass(frozen=True, slots=True)
class Undoing:
    """A decision that was taken back; the record keeps both."""

    decision_id: int
    actor: Actor
    at: float
    reason: str


_PAST = {Verdict.ACCEPT: "accepted", Verdict.EDIT: "accepted with changes", Verdict.REJECT: "rejected"}


def verdict_words(decision: Decision) -> str:
    """ "accepted". What only waits for less than its agent wanted was not changed by whoever accepted it."""
    if decision.merged_into:
        return f"merged into {decision.merged_into}"
    if decision.verdict is Verdict.EDIT and (gone := _only_dropped(decision.changes)):
        return f"accepted without waiting for {', '.join(gone)}"
    return _PAST[decision.verdict]


def _only_dropped(changes: Sequence[Change]) -> list[str]:
    """The blockers that were left out, where nothing else was changed."""
    if len(changes) != 1 or changes[0].field != "blocked_by" or not set(changes[0].after) <= set(changes[0].before):
        return []
    return [str(blocker) for blocker in changes[0].before if blocker not in changes[0].after]


def draft_changes(before: TaskDraft, after: TaskDraft) -> tuple[Change, ...]:
    """The fields in which two drafts differ, in the order of the form."""
    return tuple(
        Change(name, getattr(before, name), getattr(after, name))
        for name in DRAFT_FIELDS
        if getattr(before, name) != getattr(after, name)
    )


def authored(versions: Sequence[Proposal]) -> TaskDraft:
    """What the agent itself has written, up to the last of them: what a human changed between is not in it, also where
    the agent amended other fields afterwards. A human's own proposal is as it was first written."""
    draft = versions[0].draft
    for before, after in pairwise(versions):
        if after.by is None:
            draft = replace(draft, **{c.field: c.after for c in draft_changes(before.draft, after.draft)})  # type: ignore[arg-type]
    return draft

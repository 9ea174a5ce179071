"""The record: who decided or asked what, when and why, and how the proposals of each role, model and phase fared.

The screen and the command line tell it from here, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from statistics import median

from hephaestus_tui.domain.decision import (
    Actor,
    ActorKind,
    Change,
    Decision,
    Proposal,
    Query,
    Reply,
    Undoing,
    Verdict,
    authored,
)
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskDraft, TaskId


class Act(StrEnum):
    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    MERGE = "merge"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision or one question back. `waited` is in seconds, from the version it is about to the act.

    `text` is the reason or the question. `before` is what the agent itself proposed, against which `changes` are
    measured; `after` is what became a task. `proposer` is the task in which it was discovered, None where a human wrote
    it; `role` and `model` are those of that task's agent, empty where it is not known.
    """

    at: float
    act: Act
    actor: Actor
    task_id: TaskId
    version: int
    waited: float
    text: str
    before: TaskDraft
    after: TaskDraft | None = None
    changes: tuple[Change, ...] = ()
    merged_into: TaskId | None = None
    decision_id: int | None = None
    undone: Undoing | None = None
    reply: Reply | None = None
    proposer: TaskId | None = None
    role: str = ""
    model: str = ""

    @property
    def phase(self) -> Phase:
        return self.before.phase


class By(StrEnum):
    """What proposals are told apart by; role and model are those of the agent that proposed."""

    ALL = "all"
    ROLE = "role"
    MODEL = "model"
    PHASE = "phase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What agents' proposals were answered with; merging counts as a rejection, and of the rest `by_rules` were rules'.

    `median` and `p90` are seconds that a proposal waited for a human's decision; None where no human decided.
    """

    name: str
    accepted: int
    edited: int
    rejected: int
    asked: int
    by_rules: int
    median: float | None
    p90: float | None

    @property
    def total(self) -> int:
        return self.accepted + self.edited + self.rejected + self.asked

    def share(self, number: int) -> float:
        """0.25 for one of four answers; 0 where there are none."""
        return number / self.total if self.total else 0.0


def entries(state: RunState) -> list[Entry]:
    """Every decision of the run, also those that were taken back, and every question about a proposal; newest first."""
    found = [_of_decision(state, decision) for decision in state.record.values()]
    for replies in state.replies.values():
        found += [_of_query(state, reply.query, reply) for reply in replies]
    found += [_of_query(state, query, None) for query in state.queries.values()]
    found.sort(key=lambda entry: (entry.at, entry.decision_id or 0), reverse=True)
    return found


def rates(found: Sequence[Entry], by: By) -> list[Rate]:
    """Of `entries`, those that stand and are about what agents proposed; what is most frequent first."""
    groups: dict[str, list[Entry]] = {}
    for entry in found:
        if entry.proposer is not None and entry.undone is None:
            groups.setdefault(_name(entry, by), []).append(entry)
    told = [_rate(name, group) for name, group in groups.items()]
    return sorted(told, key=lambda rate: (-rate.total, rate.name))


def _name(entry: Entry, by: By) -> str:
    match by:
        case By.ALL:
            return "all"
        case By.ROLE:
            return entry.role or "unknown"
        case By.MODEL:
            return entry.model or "unknown"
        case By.PHASE:
            return entry.phase


def _rate(name: str, group: Sequence[Entry]) -> Rate:
    acts = [entry.act for entry in group]
    decided = [entry for entry in group if entry.act is not Act.ASK]
    waits = sorted(entry.waited for entry in decided if entry.actor.kind is ActorKind.HUMAN)
    return Rate(
        name=name,
        accepted=acts.count(Act.ACCEPT),
        edited=acts.count(Act.EDIT),
        rejected=acts.count(Act.REJECT) + acts.count(Act.MERGE),
        asked=acts.count(Act.ASK),
        by_rules=sum(entry.actor.kind is ActorKind.RULE for entry in decided),
        median=median(waits) if waits else None,
        p90=waits[ceil(0.9 * len(waits)) - 1] if waits else None,  # the nearest rank: a wait that there was
    )


def _of_decision(state: RunState, decision: Decision) -> Entry:
    act = Act.MERGE if decision.merged_into else _ACTS[decision.verdict]
    return _entry(
        state, decision.task_id, decision.version, act, decision.actor, decision.decided_at,
        waited=decision.waited, text=decision.reason, after=decision.final, changes=decision.changes,
        merged_into=decision.merged_into, decision_id=decision.id, undone=state.undone.get(decision.id),
    )  # fmt: skip


def _of_query(state: RunState, query: Query, reply: Reply | None) -> Entry:
    proposed_at = _version(state, query.task_id, query.version).proposed_at
    return _entry(
        state, query.task_id, query.version, Act.ASK, query.actor, query.asked_at,
        waited=max(0.0, query.asked_at - proposed_at), text=query.text, reply=reply,
    )  # fmt: skip


def _entry(
    state: RunState, task_id: TaskId, version: int, act: Act, actor: Actor, at: float, *, waited: float, text: str,
    after: TaskDraft | None = None, changes: tuple[Change, ...] = (), merged_into: TaskId | None = None,
    decision_id: int | None = None, undone: Undoing | None = None, reply: Reply | None = None,
) -> Entry:  # fmt: skip
    proposer = _version(state, task_id, version).origin.task_id
    agent = state.agents.get(proposer) if proposer else None
    return Entry(
        at=at, act=act, actor=actor, task_id=task_id, version=version, waited=waited, text=text,
        before=_authored(state, task_id, version), after=after, changes=changes, merged_into=merged_into,
        decision_id=decision_id, undone=undone, reply=reply, proposer=proposer,
        role=agent.role if agent else "", model=agent.model if agent else "",
    )  # fmt: skip


def _version(state: RunState, task_id: TaskId, version: int) -> Proposal:
    return next(p for p in state.versions[task_id] if p.version == version)


def _authored(state: RunState, task_id: TaskId, version: int) -> TaskDraft:
    """What the agent itself had proposed when that version was decided."""
    return authored([p for p in state.versions[task_id] if p.version <= version])


_ACTS = {Verdict.ACCEPT: Act.ACCEPT, Verdict.EDIT: Act.EDIT, Verdict.REJECT: Act.REJECT}

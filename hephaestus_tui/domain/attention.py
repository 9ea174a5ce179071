"""The inbox, computed: everything in a run that waits for a human, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.events import QuestionKind
from hephaestus_tui.domain.graph import downstream
from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus


class AttentionKind(StrEnum):
    PERMISSION = "permission"
    QUESTION = "question"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    PROPOSAL = "proposal"
    FAILED = "failed"
    DEAD_BLOCKED = "dead-blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """`holds_up` counts agents and tasks that cannot go on before this is dealt with."""

    kind: AttentionKind
    task_id: TaskId
    text: str
    since: float
    holds_up: int
    question_id: str | None = None


def attention(state: RunState) -> list[Attention]:
    """What waits for a human, what holds up most first, then the oldest."""
    items = [*_questions(state), *_agents(state), *_proposals(state), *_failures(state), *_dead(state)]
    items.sort(key=lambda i: (-i.holds_up, i.since, number(i.task_id)))
    return items


def _waiting_for(state: RunState, task_id: TaskId) -> int:
    ended = {t.id for t in state.tasks.values() if t.status.ended}
    return len(downstream(state.blockers, task_id) - state.rejected.keys() - ended)


def _questions(state: RunState) -> list[Attention]:
    kinds = {QuestionKind.QUESTION: AttentionKind.QUESTION, QuestionKind.PERMISSION: AttentionKind.PERMISSION}
    return [
        Attention(
            kind=kinds[q.kind], task_id=q.task_id, text=q.text, since=q.asked_at, question_id=q.id,
            holds_up=1 + _waiting_for(state, q.task_id),
        )
        for q in state.questions.values()
    ]  # fmt: skip


def _agents(state: RunState) -> list[Attention]:
    kinds = {
        AgentStatus.STALLED: AttentionKind.STALLED,
        AgentStatus.INTERRUPTED: AttentionKind.INTERRUPTED,
    }
    return [
        Attention(
            kind=kinds[a.status], task_id=a.task_id, text=a.note, since=a.since,
            holds_up=1 + _waiting_for(state, a.task_id),
        )
        for a in state.agents.values()
        if a.status in kinds
    ]  # fmt: skip


def _proposals(state: RunState) -> list[Attention]:
    return [
        Attention(
            kind=AttentionKind.PROPOSAL, task_id=p.task_id, text=p.draft.title, since=p.proposed_at,
            holds_up=_waiting_for(state, p.task_id) + p.waits,
        )
        for p in state.proposals.values()
    ]  # fmt: skip


def _failures(state: RunState) -> list[Attention]:
    return [
        Attention(
            kind=AttentionKind.FAILED, task_id=t.id, text=t.reason or "failed", since=t.ended_at or 0.0,
            holds_up=_waiting_for(state, t.id),
        )
        for t in state.tasks.values()
        if t.status is TaskStatus.FAILED
    ]  # fmt: skip


def _dead(state: RunState) -> list[Attention]:
    items = []
    for task_id, causes in state.dead().items():
        task = state.tasks.get(task_id)
        if task is None:
            continue  # a proposal in this state is in the inbox already, as a proposal
        items.append(
            Attention(
                kind=AttentionKind.DEAD_BLOCKED, task_id=task_id, since=task.created_at, holds_up=0,
                text=f"can never start: {', '.join(causes)} will not complete",
            )
        )  # fmt: skip
    return items

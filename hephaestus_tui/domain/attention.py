"""The inbox, computed: everything in a run that waits for a human, the most urgent first."""

from __future__ import annotations

from hephaestus_tui.domain.attention_item import Attention, AttentionKind
from hephaestus_tui.domain.events import QuestionKind
from hephaestus_tui.domain.held_up import HeldUp, holds, is_over
from hephaestus_tui.domain.limits_reached import (
    bound_items,
    bounds_now,
    budget_items,
    run_limit_items,
    unsettled_bounds,
)
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus, WorkView

__all__ = [
    "Attention",
    "AttentionKind",
    "attention",
    "bounds_now",
    "holds",
    "is_stuck",
    "unsettled_bounds",
]

_STUCK = {AgentStatus.STALLED: AttentionKind.STALLED, AgentStatus.INTERRUPTED: AttentionKind.INTERRUPTED}


def attention(state: RunState) -> list[Attention]:
    """What waits for a human: what makes an agent stand still first, then what holds up most, then the most urgent, then the oldest.

    The question of an agent that was interrupted or has stalled comes when it is resumed. A proposal about which its
    agent owes an answer waits for that agent, and for nobody else.
    """
    held_up = HeldUp(state)
    items = [
        *_questions(state, held_up), *_agents(state, held_up), *_proposals(state, held_up),
        *_gone(state, held_up), *_reviews(state, held_up), *_reports(state, held_up),
        *bound_items(state), *run_limit_items(state), *budget_items(state),
    ]  # fmt: skip
    items.sort(key=lambda i: (not i.stands, -i.holds_up, _rank(state, i.task_id), i.since, number(i.task_id)))
    return items


def _rank(state: RunState, task_id: TaskId) -> int:
    draft = state.draft(task_id)
    return draft.priority.rank if draft else 0


def is_stuck(state: RunState, task_id: TaskId) -> bool:
    """Whether a task's agent cannot go on, not even with an answer to its question, before a human resumes it."""
    agent = state.agents.get(task_id)
    return agent is not None and agent.status in _STUCK


def _questions(state: RunState, held_up: HeldUp) -> list[Attention]:
    kinds = {
        QuestionKind.QUESTION: AttentionKind.QUESTION,
        QuestionKind.PERMISSION: AttentionKind.PERMISSION,
        QuestionKind.CRITERION: AttentionKind.CRITERION,
    }
    return [
        Attention(
            kind=kinds[q.kind], task_id=q.task_id, text=q.text, since=q.asked_at, question_id=q.id,
            holds_up=1 + held_up(q.task_id), stands=True,
        )
        for q in state.questions.values()
        if not is_stuck(state, q.task_id)
    ]  # fmt: skip


def _agents(state: RunState, held_up: HeldUp) -> list[Attention]:
    return [
        Attention(
            kind=_STUCK[a.status], task_id=a.task_id, text=a.note, since=a.since,
            holds_up=1 + held_up(a.task_id), stands=True,
        )
        for a in state.agents.values()
        if a.status in _STUCK
    ]  # fmt: skip


def _proposals(state: RunState, held_up: HeldUp) -> list[Attention]:
    return [
        Attention(
            kind=AttentionKind.PROPOSAL, task_id=p.task_id, text=p.draft.title, since=p.proposed_at,
            holds_up=held_up(p.task_id) + stands, stands=stands,
        )
        for p in state.proposals.values()
        for stands in (p.waits and not is_over(state, p.origin.task_id or ""),)
        if p.task_id not in state.queries
    ]  # fmt: skip


def _gone(state: RunState, held_up: HeldUp) -> list[Attention]:
    """Failed tasks, and whatever else will never complete and is waited for: one item each, with all that it strands."""
    gone = state.gone()
    failed = [
        Attention(
            kind=AttentionKind.FAILED, task_id=t.id, text=t.reason or "failed", since=t.ended_at or 0.0,
            holds_up=held_up(t.id), concerned=gone.pop(t.id, ()),
        )
        for t in state.tasks.values()
        if t.status is TaskStatus.FAILED and (t.id in gone or t.id not in state.kept)
    ]  # fmt: skip
    return [
        *failed,
        *(
            Attention(
                kind=AttentionKind.BLOCKER_GONE, task_id=blocker, since=_ended_at(state, blocker),
                text=f"{_lost(state, blocker)}, and {', '.join(waiting)} {_wait(waiting)} for it",
                holds_up=held_up(blocker), concerned=waiting,
            )
            for blocker, waiting in gone.items()
        ),
    ]  # fmt: skip


def _reviews(state: RunState, held_up: HeldUp) -> list[Attention]:
    """Finished work that nobody has merged, sent back or given up; all that waits for its task waits for that.

    Work whose conflict a task resolves is merged with what that task makes.
    """
    return [
        Attention(
            kind=AttentionKind.REVIEW, task_id=work.task_id, since=work.since, holds_up=held_up(work.task_id),
            text=f"{len(work.paths)} {'file' if len(work.paths) == 1 else 'files'} changed"
            f" (+{work.insertions} -{work.deletions}), {_to_decide(work)}",
        )
        for work in state.works.values()
        if work.status is WorkStatus.READY and state.resolver(work.task_id) is None
    ]  # fmt: skip


def _to_decide(work: WorkView) -> str:
    if not work.unfinished:
        return "to be merged"
    number = len(work.reviews)
    return f"to be merged or given up: round {number}, since round {number + 1} was not finished"


def _lost(state: RunState, blocker: TaskId) -> str:
    task = state.tasks.get(blocker)
    if task and task.found_faults:
        return f"{blocker} found faults"
    given_up = state.is_discarded(blocker)
    return f"the work of {blocker} was given up" if given_up else f"{blocker} will not complete"


def _wait(waiting: tuple[TaskId, ...]) -> str:
    return "waits" if len(waiting) == 1 else "wait"


def _ended_at(state: RunState, task_id: TaskId) -> float:
    if state.is_discarded(task_id):
        return state.works[task_id].since
    if task := state.tasks.get(task_id):
        return task.ended_at or 0.0
    return state.decisions[task_id].decided_at


def _reports(state: RunState, held_up: HeldUp) -> list[Attention]:
    return [
        Attention(
            kind=AttentionKind.REPORT, task_id=r.task_id, text=r.text, since=r.at, question_id=r.id,
            holds_up=held_up(r.task_id) + stands, stands=stands,
        )
        for r in open_reports(state)
        for stands in (r.waits and not is_over(state, r.task_id),)
    ]  # fmt: skip

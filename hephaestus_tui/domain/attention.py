"""The inbox, computed: everything in a run that waits for a human, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.events import QuestionKind
from hephaestus_tui.domain.graph import dependents, reached
from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus


class AttentionKind(StrEnum):
    PERMISSION = "permission"
    QUESTION = "question"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    PROPOSAL = "proposal"
    FAILED = "failed"
    BLOCKER_GONE = "blocker-gone"
    BOUND = "bound"


_STUCK = {AgentStatus.STALLED: AttentionKind.STALLED, AgentStatus.INTERRUPTED: AttentionKind.INTERRUPTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """`holds_up` counts agents and tasks that cannot go on before this is dealt with; `stands` says that an agent is one.

    `concerned` are the tasks and proposals that it is about, besides `task_id`.
    """

    kind: AttentionKind
    task_id: TaskId
    text: str
    since: float
    holds_up: int
    stands: bool = False
    question_id: str | None = None
    concerned: tuple[TaskId, ...] = ()


def attention(state: RunState) -> list[Attention]:
    """What waits for a human: what makes an agent stand still first, then what holds up most, then the oldest.

    A task is in it once: the question of an agent that was interrupted or has stalled comes when it is resumed. A proposal
    about which its agent owes an answer waits for that agent, and for nobody else.
    """
    held_up = _HeldUp(state)
    items = [
        *_questions(state, held_up), *_agents(state, held_up), *_proposals(state, held_up),
        *_gone(state, held_up), *_bounds(state),
    ]  # fmt: skip
    items.sort(key=lambda i: (not i.stands, -i.holds_up, i.since, number(i.task_id)))
    return items


def is_stuck(state: RunState, task_id: TaskId) -> bool:
    """Whether a task's agent cannot go on, not even with an answer to its question, before a human resumes it."""
    agent = state.agents.get(task_id)
    return agent is not None and agent.status in _STUCK


class _HeldUp:
    """Counts what waits for a task, directly or not, and could still begin."""

    def __init__(self, state: RunState) -> None:
        self._waiting = dependents(state.blockers)
        self._over = {t.id for t in state.tasks.values() if t.status.ended} | state.rejected.keys()

    def __call__(self, task_id: TaskId) -> int:
        return len(reached(self._waiting, task_id) - self._over)


def _questions(state: RunState, held_up: _HeldUp) -> list[Attention]:
    kinds = {QuestionKind.QUESTION: AttentionKind.QUESTION, QuestionKind.PERMISSION: AttentionKind.PERMISSION}
    return [
        Attention(
            kind=kinds[q.kind], task_id=q.task_id, text=q.text, since=q.asked_at, question_id=q.id,
            holds_up=1 + held_up(q.task_id), stands=True,
        )
        for q in state.questions.values()
        if not is_stuck(state, q.task_id)
    ]  # fmt: skip


def _agents(state: RunState, held_up: _HeldUp) -> list[Attention]:
    return [
        Attention(
            kind=_STUCK[a.status], task_id=a.task_id, text=a.note, since=a.since,
            holds_up=1 + held_up(a.task_id), stands=True,
        )
        for a in state.agents.values()
        if a.status in _STUCK
    ]  # fmt: skip


def _proposals(state: RunState, held_up: _HeldUp) -> list[Attention]:
    return [
        Attention(
            kind=AttentionKind.PROPOSAL, task_id=p.task_id, text=p.draft.title, since=p.proposed_at,
            holds_up=held_up(p.task_id) + p.waits, stands=p.waits,
        )
        for p in state.proposals.values()
        if p.task_id not in state.queries
    ]  # fmt: skip


def _gone(state: RunState, held_up: _HeldUp) -> list[Attention]:
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
                text=f"{blocker} will not complete, and {', '.join(waiting)} {_wait(waiting)} for it",
                holds_up=held_up(blocker), concerned=waiting,
            )
            for blocker, waiting in gone.items()
        ),
    ]  # fmt: skip


def _wait(waiting: tuple[TaskId, ...]) -> str:
    return "waits" if len(waiting) == 1 else "wait"


def _ended_at(state: RunState, task_id: TaskId) -> float:
    if task := state.tasks.get(task_id):
        return task.ended_at or 0.0
    return state.decisions[task_id].decided_at


def _bounds(state: RunState) -> list[Attention]:
    """One item, however many bounds were reached by however many agents."""
    pending = state.bounds_reached.get("pending")
    reached_now = {
        bound: facts
        for bound, facts in state.bounds_reached.items()
        # room in the queue comes by itself, with every decision
        if not (bound == "pending" and pending and len(state.proposals) < pending[-1].limit)
    }
    if not reached_now:
        return []
    tasks = tuple(dict.fromkeys(fact.task_id for facts in reached_now.values() for fact in facts))
    limits = ", ".join(f"{bound} {facts[-1].limit}" for bound, facts in reached_now.items())
    return [
        Attention(
            kind=AttentionKind.BOUND, task_id=tasks[0], concerned=tasks[1:], holds_up=0,
            since=min(state.bounds_since[bound] for bound in reached_now),
            text=f"agents were told to propose no more: the spawn bounds are reached ({limits})",
        )
    ]  # fmt: skip


def unsettled_bounds(state: RunState) -> tuple[str, ...]:
    """The names of the bounds that were reached and of which no human has taken note."""
    return tuple(state.bounds_reached)

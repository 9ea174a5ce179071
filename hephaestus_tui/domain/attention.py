"""The inbox, computed: everything in a run that waits for a human, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hephaestus_tui.domain.budget import Budget
from hephaestus_tui.domain.events import BoundReached, QuestionKind
from hephaestus_tui.domain.reporting import open_reports
from hephaestus_tui.domain.spending import budget_words, waiting_for
from hephaestus_tui.domain.state import AgentStatus, RunState, number
from hephaestus_tui.domain.task import TaskId, TaskStatus
from hephaestus_tui.domain.work import WorkStatus


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


_STUCK = {AgentStatus.STALLED: AttentionKind.STALLED, AgentStatus.INTERRUPTED: AttentionKind.INTERRUPTED}


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


def attention(state: RunState) -> list[Attention]:
    """What waits for a human: what makes an agent stand still first, then what holds up most, then the most urgent, then the oldest.

    The question of an agent that was interrupted or has stalled comes when it is resumed. A proposal about which its
    agent owes an answer waits for that agent, and for nobody else.
    """
    held_up = _HeldUp(state)
    items = [
        *_questions(state, held_up), *_agents(state, held_up), *_proposals(state, held_up),
        *_gone(state, held_up), *_reviews(state, held_up), *_reports(state, held_up), *_bounds(state), *_budget(state), *_budgets(state),
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


def holds(state: RunState, item: Attention, most: int | None = None) -> tuple[TaskId, ...]:
    """The tasks and proposals that wait for it, directly or not, and could still begin, by their number.

    With `most` no more than so many, the nearest; how many there are, `holds_up` says.
    """
    if item.kind is AttentionKind.BUDGET:
        return (item.task_id, *item.concerned)[:most]
    found: dict[TaskId, None] = {}
    near = [] if item.kind is AttentionKind.BOUND else [item.task_id]
    held: list[TaskId] = []
    while near and (most is None or len(held) < most):
        fresh = dict.fromkeys(t for here in near for t in _direct(state, here) if t not in found)
        found |= fresh
        near = list(fresh)
        held += [task_id for task_id in near if not _is_over(state, task_id)]
    return tuple(sorted(held[:most], key=number))


def _direct(state: RunState, task_id: TaskId) -> list[TaskId]:
    """Who waits for a task now: in the state stands also who once did."""
    return [waiter for waiter in state.waiters.get(task_id, ()) if task_id in state.blockers[waiter]]


def _is_over(state: RunState, task_id: TaskId) -> bool:
    task = state.tasks.get(task_id)
    return task.status.ended if task else task_id in state.rejected


class _HeldUp:
    """Counts what waits for a task, directly or not, and could still begin.

    Each set of waiting tasks is the bits of an int: much waits for many, and a chain of sets would take its square.
    """

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._bits: dict[TaskId, int] = {}
        self._below: dict[TaskId, int] = {}

    def __call__(self, task_id: TaskId) -> int:
        stack = [task_id]
        while stack:
            here = stack[-1]
            waiting = _direct(self._state, here)
            if unknown := [t for t in waiting if t not in self._below]:
                stack += unknown
                continue
            below = 0
            for waiter in waiting:
                below |= self._bit(waiter) | self._below[waiter]
            self._below[stack.pop()] = below
        return self._below[task_id].bit_count()

    def _bit(self, task_id: TaskId) -> int:
        if task_id not in self._bits:
            self._bits[task_id] = 0 if _is_over(self._state, task_id) else 1 << len(self._bits)
        return self._bits[task_id]


def _questions(state: RunState, held_up: _HeldUp) -> list[Attention]:
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
            holds_up=held_up(p.task_id) + stands, stands=stands,
        )
        for p in state.proposals.values()
        for stands in (p.waits and not _is_over(state, p.origin.task_id or ""),)
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
                text=f"{_lost(state, blocker)}, and {', '.join(waiting)} {_wait(waiting)} for it",
                holds_up=held_up(blocker), concerned=waiting,
            )
            for blocker, waiting in gone.items()
        ),
    ]  # fmt: skip


def _reviews(state: RunState, held_up: _HeldUp) -> list[Attention]:
    """Finished work that nobody has merged, sent back or given up; all that waits for its task waits for that.

    Work whose conflict a task resolves is merged with what that task makes.
    """
    return [
        Attention(
            kind=AttentionKind.REVIEW, task_id=work.task_id, since=work.since, holds_up=held_up(work.task_id),
            text=f"{len(work.paths)} {'file' if len(work.paths) == 1 else 'files'} changed"
            f" (+{work.insertions} -{work.deletions}), to be merged",
        )
        for work in state.works.values()
        if work.status is WorkStatus.READY and state.resolver(work.task_id) is None
    ]  # fmt: skip


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


def _reports(state: RunState, held_up: _HeldUp) -> list[Attention]:
    return [
        Attention(
            kind=AttentionKind.REPORT, task_id=r.task_id, text=r.text, since=r.at, question_id=r.id,
            holds_up=held_up(r.task_id) + stands, stands=stands,
        )
        for r in open_reports(state)
        for stands in (r.waits and not _is_over(state, r.task_id),)
    ]  # fmt: skip


def bounds_now(state: RunState) -> dict[str, tuple[BoundReached, ...]]:
    """The bounds that agents are up against and of which no human has taken note, each with who reached it."""
    pending = state.bounds_reached.get("pending")
    # room in the queue comes by itself, with every decision
    room = pending is not None and len(state.proposals) < pending[-1].limit
    return {bound: facts for bound, facts in state.bounds_reached.items() if not (room and bound == "pending")}


def _bounds(state: RunState) -> list[Attention]:
    """One item, however many bounds were reached by however many agents."""
    reached = bounds_now(state)
    if not reached:
        return []
    tasks = tuple(dict.fromkeys(fact.task_id for facts in reached.values() for fact in facts))
    limits = ", ".join(f"{bound} {facts[-1].limit}" for bound, facts in reached.items())
    return [
        Attention(
            kind=AttentionKind.BOUND, task_id=tasks[0], concerned=tasks[1:], holds_up=0,
            since=min(state.bounds_since[bound] for bound in reached),
            text=f"spawn bounds are reached ({limits}): agents were told to propose no more",
        )
    ]  # fmt: skip


def _budgets(state: RunState) -> list[Attention]:
    """One item for each budget that was reached, with all whose agents wait for it."""
    items = []
    for budget, reached in state.budgets_reached.items():
        first, *rest = waiting = waiting_for(state, budget) or (reached.task_id,)
        items.append(
            Attention(
                kind=AttentionKind.BUDGET, task_id=first, concerned=tuple(rest), holds_up=len(waiting), stands=True,
                since=state.budgets_since[budget], text=budget_words(reached), budget=budget,
            )
        )  # fmt: skip
    return items


def _budget(state: RunState) -> list[Attention]:
    """A limit of the whole run, in journals from before there were budgets: its agents stand still until it goes on."""
    if not (state.paused and state.run_limit and state.tasks):
        return []
    held = [a.task_id for a in state.agents.values() if a.status is AgentStatus.WORKING]
    first, *rest = held or [next(reversed(state.tasks))]
    return [
        Attention(
            kind=AttentionKind.BUDGET, task_id=first, concerned=tuple(rest), holds_up=len(held), stands=True,
            since=state.paused_at, text=f"the run is paused: {state.run_limit} is reached",
        )
    ]  # fmt: skip


def unsettled_bounds(state: RunState) -> tuple[str, ...]:
    """The names of the bounds that were reached and of which no human has taken note."""
    return tuple(state.bounds_reached)

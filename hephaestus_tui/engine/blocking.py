"""Lets tasks wait for what was accepted just now, in the transaction of the decision: before it they could have started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hephaestus_tui.domain.blocking import to_hold
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.errors import BadDraft
from hephaestus_tui.domain.events import Fact, ProposalDecided, TaskAmended, TaskProposed
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.engine.plan import amended, reblocked


def holding(state: RunState, decided: Sequence[ProposalDecided], actor: Actor, now: float) -> tuple[Fact, ...]:
    """The facts that make wait whom the accepted drafts block. Raises BadDraft where a circle would close."""
    drafts = {fact.task.id: fact.task.draft for fact in decided if fact.task is not None}
    rejected = {fact.decision.task_id for fact in decided if fact.task is None}
    wanted: dict[TaskId, tuple[TaskId, ...]] = {}
    for task_id, draft in drafts.items():
        for blocked in to_hold(state, task_id, (b for b in draft.blocks if b not in rejected)):
            own = wanted.get(blocked) or (drafts[blocked].blocked_by if blocked in drafts else state.blockers[blocked])
            wanted[blocked] = tuple(dict.fromkeys((*own, task_id)))
    graph = {**state.blockers, **{t: d.blocked_by for t, d in drafts.items()}, **wanted}
    facts: list[Fact] = []
    for blocked, blockers in wanted.items():
        if fault := blocker_fault(graph, blocked, blockers):
            raise BadDraft({"blocks": fault})
        note = f"waits for {', '.join(b for b in blockers if b in drafts)}, which blocks it"
        if blocked in drafts:  # a task since a moment ago
            fresh = replace(drafts[blocked], blocked_by=blockers)
            facts.append(TaskAmended(task_id=blocked, draft=fresh, actor=actor, note=note))
        elif (standing := state.draft(blocked)) is not None:
            facts.append(amended(state, blocked, replace(standing, blocked_by=blockers), actor, note, now))
    return tuple(facts)


def let_go(state: RunState, task_id: TaskId, blocked: Sequence[TaskId], actor: Actor, now: float) -> list[Fact]:
    """The facts by which those wait no more for what is no task any longer that its acceptance made wait."""
    waiting = [t for t in blocked if task_id in state.blockers.get(t, ()) and not _waits_by_itself(state, t, task_id)]
    without = {t: tuple(b for b in state.blockers[t] if b != task_id) for t in waiting}
    return reblocked(state, without, actor, f"no longer waits for {task_id}: its decision was taken back", now)


def _waits_by_itself(state: RunState, waiting: TaskId, task_id: TaskId) -> bool:
    """Whether it was proposed, or accepted before the other was, as one that waits for it."""
    authored, decided, other = state.authored(waiting), state.decisions.get(waiting), state.decisions.get(task_id)
    before = decided is not None and other is not None and decided.id < other.id
    final = decided.final if decided is not None and before else None
    return any(draft is not None and task_id in draft.blocked_by for draft in (authored, final))


def held_words(facts: Sequence[Fact]) -> str:
    """ "; T7, T9 wait for it": for a receipt, empty where nobody does."""
    amended_tasks = [fact.task_id for fact in facts if isinstance(fact, TaskAmended)]
    ids = [*amended_tasks, *(fact.proposal.task_id for fact in facts if isinstance(fact, TaskProposed))]
    return f"; {', '.join(ids)} {'waits' if len(ids) == 1 else 'wait'} for it" if ids else ""

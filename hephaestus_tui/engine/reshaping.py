"""Two proposals made one, or one made several: with whoever waits for them."""

from __future__ import annotations

from dataclasses import replace

from hephaestus_tui.domain.commands import Merge, Ruling, Split
from hephaestus_tui.domain.decision import Proposal, Verdict
from hephaestus_tui.domain.errors import BadDraft, CommandRefused
from hephaestus_tui.domain.events import AgentSteered, Fact, TaskProposed
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.merging import followers, is_amended, merge_fault, moved_blockers, whole
from hephaestus_tui.domain.splitting import FEWEST, MOST
from hephaestus_tui.domain.state import RunState, number
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.engine.deciding import ruled
from hephaestus_tui.engine.plan import Plan, amended, check_draft, open_proposal, reblocked


def merge(state: RunState, command: Merge, now: float) -> Plan:
    """Raises UnknownTask, AlreadyDecided, StaleVersion, BadDraft, and CommandRefused where the target will not do."""
    proposal, into = open_proposal(state, command.task_id, command.version), command.into
    note = f"{command.task_id} was merged into {into} by {command.actor}"
    facts = [*_taken_over(state, proposal, command, note, now), *_redirected(state, command, note, now)]
    reason = command.reason.strip() or f"merged into {into}"
    ruling = Ruling(task_id=command.task_id, verdict=Verdict.REJECT, version=command.version, reason=reason)
    decision = ruled(state, proposal, ruling, command.actor, now, merged_into=into)
    return Plan((*facts, decision), f"{command.task_id} is part of {into} now", into)


def _taken_over(state: RunState, proposal: Proposal, command: Merge, note: str, now: float) -> list[Fact]:
    into, task_id = command.into, command.task_id
    if fault := merge_fault(state, task_id, into):
        raise CommandRefused(f"{task_id} was not merged: {fault}.")
    if (task := state.tasks.get(into)) and task.started_at is not None and not task.status.ended:
        # at work, or about to go on where it ended: it has its brief, so it is told
        words = f"{task_id} is part of your task now: {proposal.draft.title}\n\n{proposal.draft.description}"
        return [AgentSteered(task_id=into, text=words, actor=command.actor)]
    if not is_amended(state, into):
        return []  # it has ended: the record says what was merged
    draft = whole(state, task_id, into)
    check_draft(state, into, draft, {**state.blockers, **_redirections(state, command), into: draft.blocked_by})
    return [amended(state, into, draft, command.actor, note, now)]


def _redirected(state: RunState, command: Merge, note: str, now: float) -> list[Fact]:
    """Who waited for the merged one waits for what it is part of now. The target itself is not among them."""
    return reblocked(state, _redirections(state, command), command.actor, note, now)


def _redirections(state: RunState, command: Merge) -> dict[TaskId, tuple[TaskId, ...]]:
    moved = moved_blockers(state, command.task_id, command.into)
    return {t: wanted for t, wanted in moved.items() if t != command.into}


def split(state: RunState, command: Split, now: float) -> Plan:
    """Raises UnknownTask, AlreadyDecided, StaleVersion, BadDraft."""
    proposal, task_id = open_proposal(state, command.task_id, command.version), command.task_id
    if not FEWEST <= len(command.parts) <= MOST:
        raise BadDraft({"parts": f"{len(command.parts)} parts: write {FEWEST} to {MOST}"})
    first = number(state.next_id())
    ids = [task_id, *(f"T{first + place}" for place in range(len(command.parts) - 1))]
    drafts = dict(zip(ids, _chained(command, ids), strict=True))
    changes = {
        t: tuple(dict.fromkeys(n for b in state.blockers[t] for n in (ids if b == task_id else (b,))))
        for t in followers(state, task_id)
    }
    graph = {**state.blockers, **{t: draft.blocked_by for t, draft in drafts.items()}, **changes}
    for part, draft in drafts.items():
        check_draft(state, part, draft, graph)
    note = f"split into {', '.join(ids)} by {command.actor}"
    again = replace(
        proposal, version=proposal.version + 1, draft=drafts[task_id], by=command.actor, note=note, near=()
    )  # fmt: skip
    origin = replace(proposal.origin, turn=None, index=None)
    rest = [
        Proposal(
            task_id=part, version=1, draft=drafts[part], origin=origin, waits=False, proposed_at=now, by=command.actor,
            note=f"split off from {task_id} by {command.actor}",
        )
        for part in ids[1:]
    ]  # fmt: skip
    for t, wanted in changes.items():
        if fault := blocker_fault(graph, t, wanted):
            raise CommandRefused(f"{task_id} cannot be split so: {fault}.")
    follow = [
        amended(state, t, replace(old, blocked_by=wanted), command.actor, f"{task_id} was {note}", now)
        for t, wanted in changes.items()
        if (old := state.draft(t))
    ]
    facts = (*(TaskProposed(proposal=p) for p in (again, *rest)), *follow)
    return Plan(facts, f"{task_id} is {len(ids)} proposals now: {', '.join(ids)}", task_id)


def _chained(command: Split, ids: list[TaskId]) -> list[TaskDraft]:
    if not command.chained:
        return list(command.parts)
    return [
        replace(part, blocked_by=tuple(dict.fromkeys((*part.blocked_by, ids[place - 1])))) if place else part
        for place, part in enumerate(command.parts)
    ]

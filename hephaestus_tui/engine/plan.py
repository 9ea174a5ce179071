"""What a command would record, worked out from the state alone: checked as a whole, then stored as a whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from hephaestus_tui.domain.blocking import holding_fault
from hephaestus_tui.domain.decision import Actor, Proposal, verdict_words
from hephaestus_tui.domain.errors import AlreadyDecided, BadDraft, CommandRefused, StaleVersion, UnknownTask
from hephaestus_tui.domain.events import Fact, TaskAmended, TaskProposed
from hephaestus_tui.domain.graph import Blockers, blocker_fault
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Task, TaskDraft, TaskId, draft_faults


@dataclass(frozen=True, slots=True)
class Plan:
    """Facts of one transaction, and a sentence on what they do."""

    facts: tuple[Fact, ...]
    note: str
    task_id: TaskId | None = None


def open_proposal(state: RunState, task_id: TaskId, version: int) -> Proposal:
    """The proposal that is to be decided. Raises UnknownTask, AlreadyDecided, StaleVersion."""
    proposal = state.proposals.get(task_id)
    if proposal is None:
        decision = state.decisions.get(task_id)
        if decision is None:
            raise UnknownTask(
                f"There is no proposal {task_id} in this run: `hephaestus proposals {state.run_id}` lists them."
            )
        at = time.strftime("%H:%M:%S", time.localtime(decision.decided_at))
        became = verdict_words(decision)
        raise AlreadyDecided(f"{task_id} was already {became} by {decision.actor} at {at}.")
    if version > proposal.version:
        raise StaleVersion(
            f"There is no version {version} of {task_id}, only up to {proposal.version}: look at it, then decide."
        )
    if version != proposal.version:
        raise StaleVersion(
            f"{task_id} has changed since it was shown (version {version}, now {proposal.version}): "
            "look at it again, then decide."
        )
    return proposal


def known_task(state: RunState, task_id: TaskId) -> Task:
    """Raises UnknownTask."""
    task = state.tasks.get(task_id)
    if task is None:
        raise UnknownTask(f"There is no task {task_id} in this run: `hephaestus tasks {state.run_id}` lists them.")
    return task


def check_draft(state: RunState, task_id: TaskId, draft: TaskDraft, blockers: Blockers | None = None) -> None:
    """Raises BadDraft. `blockers` is the graph as it would be, where more than one node of it changes."""
    faults = draft_faults(draft, state.roles)
    graph = state.blockers if blockers is None else blockers
    if fault := blocker_fault(graph, task_id, draft.blocked_by):
        faults["blocked_by"] = fault
    if fault := holding_fault(state, task_id, draft, graph):
        faults["blocks"] = fault
    if faults:
        raise BadDraft(faults)


def amended(state: RunState, task_id: TaskId, draft: TaskDraft, actor: Actor, note: str, now: float) -> Fact:
    """A human's change of an open proposal (a new version) or of a task that has not started."""
    if proposal := state.proposals.get(task_id):
        # what was proposed long ago has waited as long, in whatever version
        fresh = replace(proposal, version=proposal.version + 1, draft=draft, by=actor, note=note)
        return TaskProposed(proposal=fresh)
    return TaskAmended(task_id=task_id, draft=draft, actor=actor, note=note)


def reblocked(
    state: RunState, changes: dict[TaskId, tuple[TaskId, ...]], actor: Actor, note: str, now: float
) -> list[Fact]:
    """Each of them waiting for what `changes` says. Raises CommandRefused where that would close a cycle."""
    graph = {**state.blockers, **changes}
    for task_id, wanted in changes.items():
        if fault := blocker_fault(graph, task_id, wanted):
            raise CommandRefused(f"That cannot be done: {fault}.")
    facts = []
    for task_id, wanted in changes.items():
        draft = state.draft(task_id)
        if draft is not None:
            facts.append(amended(state, task_id, replace(draft, blocked_by=wanted), actor, note, now))
    return facts

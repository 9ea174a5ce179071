"""What proposals, decisions and the gate's own settings change in the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Choice, Proposal, Reply, Undoing
from hephaestus_tui.domain.folds.steps import block, change_task, go_on, waiting_status
from hephaestus_tui.domain.state import MOOT, AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId


def fold_gate(state: RunState, fact: e.GateFact, at: float) -> None:
    match fact:
        case e.TaskProposed(proposal=proposal):
            spawner = proposal.origin.task_id
            if spawner and proposal.task_id not in state.blockers:  # an amended proposal comes again
                state.spawned[spawner] = (*state.children(spawner), proposal.task_id)
            _propose(state, proposal, at)
            if proposal.waits and spawner:
                go_on(state, spawner, at, AgentStatus.WORKING)
        case e.ProposalDecided():
            _decided(state, fact, at)
        case e.DecisionUndone():
            _undone(state, fact, at)
        case e.ProposalQueried(query=query):
            state.queries[query.task_id] = query
            _waiter_goes_on(state, query.task_id, at)
        case e.QueryAnswered():
            query = state.queries.pop(fact.task_id)
            reply = Reply(query=query, text=fact.text, failed=fact.failed, at=at)
            state.replies[fact.task_id] = (*state.replies.get(fact.task_id, ()), reply)
            _waiter_goes_on(state, fact.task_id, at)
        case e.TaskAmended():
            change_task(state, fact.task_id, draft=fact.draft)
            block(state, fact.task_id, fact.draft.blocked_by)
            change_task(state, fact.task_id, status=waiting_status(state, fact.task_id))
        case e.BlockerSettled():
            if fact.choice is Choice.KEEP:
                kept = (*state.kept.get(fact.blocker, ()), *fact.dependents)
                state.kept[fact.blocker] = tuple(dict.fromkeys(kept))
        case e.BlockerDefaultSet():
            state.blocker_default = fact.choice
        case e.BlockersDropped():
            _drop_blockers(state, fact)
        case e.RuleSwitched(rule=rule):
            state.rules.pop(rule.id, None)
            if fact.on:
                state.rules[rule.id] = rule
        case e.RulesStopped():
            state.rules.clear()
        case e.BoundReached():
            state.bounds_reached[fact.bound] = (*state.bounds_reached.get(fact.bound, ()), fact)
            state.bounds_since.setdefault(fact.bound, at)
        case e.BoundSettled():
            _bound_settled(state, fact)
        case e.DuplicateScoreSet():
            state.duplicate_score = fact.score
        case _:
            assert_never(fact)


def _propose(state: RunState, proposal: Proposal, at: float) -> None:
    state.proposals[proposal.task_id] = proposal
    state.versions_at[proposal.task_id] = (*state.versions_at.get(proposal.task_id, ()), at)
    state.versions[proposal.task_id] = (*state.versions.get(proposal.task_id, ()), proposal)
    block(state, proposal.task_id, proposal.draft.blocked_by)


def _undone(state: RunState, fact: e.DecisionUndone, at: float) -> None:
    state.undone[fact.decision_id] = Undoing(fact.decision_id, fact.actor, at, fact.reason)
    del state.decisions[fact.task_id]
    state.tasks.pop(fact.task_id, None)
    state.rejected.pop(fact.task_id, None)
    state.kept.pop(fact.task_id, None)
    _propose(state, fact.proposal, at)


def _bound_settled(state: RunState, fact: e.BoundSettled) -> None:
    reached = state.bounds_reached.pop(fact.bound, ())
    state.bounds_since.pop(fact.bound, None)
    if fact.limit is None:
        tasks = (*state.bounds_left.get(fact.bound, ()), *(r.task_id for r in reached))
        state.bounds_left[fact.bound] = tuple(dict.fromkeys(tasks))
    else:
        state.bounds[fact.bound] = fact.limit
        state.bounds_left.pop(fact.bound, None)


def _waiter_goes_on(state: RunState, task_id: TaskId, at: float) -> None:
    """An agent that stands still for a proposal of its own is at work while it owes an answer about it."""
    proposal = state.proposals.get(task_id)
    if proposal and proposal.waits and proposal.origin.task_id:
        go_on(state, proposal.origin.task_id, at, AgentStatus.WAITING, AgentStatus.WORKING)


def _decided(state: RunState, fact: e.ProposalDecided, at: float) -> None:
    decision = fact.decision
    proposal = state.proposals.pop(decision.task_id)
    state.decisions[decision.task_id] = state.record[decision.id] = decision
    state.made[decision.task_id] = (*state.made.get(decision.task_id, ()), decision)
    if query := state.queries.pop(decision.task_id, None):
        moot = Reply(query=query, text=MOOT, failed=True, at=at)
        state.replies[decision.task_id] = (*state.replies.get(decision.task_id, ()), moot)
    if proposal.waits and proposal.origin.task_id:
        go_on(state, proposal.origin.task_id, at, AgentStatus.WAITING)
    if fact.task is None:
        state.rejected[decision.task_id] = proposal
        return
    state.tasks[fact.task.id] = fact.task
    block(state, fact.task.id, fact.task.draft.blocked_by)
    change_task(state, fact.task.id, status=waiting_status(state, fact.task.id))


def _drop_blockers(state: RunState, fact: e.BlockersDropped) -> None:
    task = state.tasks[fact.task_id]
    kept = tuple(b for b in state.blockers[fact.task_id] if b not in fact.dropped)
    state.blockers[fact.task_id] = kept
    change_task(state, fact.task_id, draft=replace(task.draft, blocked_by=kept))
    change_task(state, fact.task_id, status=waiting_status(state, fact.task_id))

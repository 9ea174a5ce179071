"""The gate: what agents propose is journaled at once, and becomes a task only by a decision, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain import commands as c
from hephaestus_tui.domain.context_commands import Compact
from hephaestus_tui.domain.decision import Actor, ActorKind, Proposal, Query
from hephaestus_tui.domain.errors import BadDraft, CommandRefused
from hephaestus_tui.domain.events import BoundReached, Fact, TaskProposed
from hephaestus_tui.domain.rules import deciding_rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk_commands import AddNote, AnswerReport, ChangeNote, StrikeNote
from hephaestus_tui.domain.task import Origin, TaskDraft, TaskId
from hephaestus_tui.engine import (
    answering,
    asking,
    choosing,
    context_plans,
    deciding,
    memory,
    reports,
    reshaping,
    settling,
    spending,
)
from hephaestus_tui.engine.blocking import holding
from hephaestus_tui.engine.bounds import bound_fault, bound_of, is_known
from hephaestus_tui.engine.duplicates import Duplicates
from hephaestus_tui.engine.ledger import Ledger
from hephaestus_tui.engine.plan import Plan, check_draft
from hephaestus_tui.engine.proposed import same_before

Planner = Callable[[RunState, Any, float], Plan]

PLANS: Mapping[type[Any], Planner] = {
    c.Decide: deciding.decide,
    c.DecideMany: deciding.decide_many,
    c.AddTask: deciding.add,
    c.Undo: deciding.undo,
    c.AskBack: asking.ask_back,
    c.Answer: answering.answer,
    c.TakeBackLeave: answering.take_back,
    c.Merge: reshaping.merge,
    c.Split: reshaping.split,
    c.SettleBlocker: settling.settle_blocker,
    c.SetBlockerDefault: settling.set_blocker_default,
    c.SwitchRule: settling.switch_rule,
    c.StopRules: settling.stop_rules,
    c.SettleBound: settling.settle_bound,
    c.ChooseModel: choosing.choose_model,
    c.SetBudget: spending.set_budget,
    c.AllowUnpriced: spending.allow_unpriced,
    Compact: context_plans.compact,
    c.SetDuplicateScore: settling.set_duplicate_score,
    AnswerReport: reports.answer_report,
    AddNote: memory.add_note,
    ChangeNote: memory.change_note,
    StrikeNote: memory.strike_note,
}


class Gate:
    """Proposals in, decisions out. Each method checks the graph as it is at that moment, under the ledger's lock."""

    def __init__(self, ledger: Ledger, bounds: SpawnBounds, now: Callable[[], float]) -> None:
        self._ledger = ledger
        self._bounds = bounds
        self._now = now
        self._duplicates = Duplicates()

    async def carry_out(self, command: c.Command, *before: Fact) -> c.Receipt:
        """Record what a human asks for, whole or not at all, after the facts `before`. Raises CommandRefused."""
        async with self._ledger.lock:
            if isinstance(command, c.SettleBound):
                self._check_raise(command)
            plan = PLANS[type(command)](self._ledger.state, command, self._now())
            return await self._record(plan, *before)

    async def settle_by_default(self) -> None:
        """Choose for those who wait in vain what a human has chosen for all of them, if one has."""
        async with self._ledger.lock:
            while plan := settling.settle_by_default(self._ledger.state, self._now()):
                await self._record(plan)

    async def propose(self, draft: TaskDraft, origin: Origin, waits: bool) -> TaskId:
        """Journal a proposal. Raises BadDraft.

        The same call proposed again, as after a crash, finds its first id, and an attempt that knows nothing of the one
        before finds what that one proposed under the same title.
        """
        async with self._ledger.lock:
            state = self._ledger.state
            if (known := _by_origin(state, origin) or same_before(state, origin, draft)) is not None:
                return known
            task_id = state.next_id()
            check_draft(state, task_id, draft)
            await self._check_bounds(origin)
            proposal = Proposal(
                task_id=task_id, version=1, draft=draft, origin=origin, waits=waits, proposed_at=self._now(),
                near=await self._duplicates.near(draft, state, None),
            )  # fmt: skip
            await self._ledger.record(TaskProposed(proposal=proposal), *self._by_rule(proposal))
            return task_id

    async def answer(self, query: Query, text: str, changes: Mapping[str, Any]) -> bool:
        """An agent's answer to a question about its proposal, with the fields of the draft that it changes.

        False where it no longer waits for one. Raises BadDraft.
        """
        async with self._ledger.lock:
            state = self._ledger.state
            if state.queries.get(query.task_id) != query:
                return False
            # of the proposal as it is now: it may have been merged into, or split, since its agent began to speak
            draft = replace(state.proposals[query.task_id].draft, **changes) if changes else None
            near = await self._duplicates.near(draft, state, query.task_id) if draft else ()
            await self._ledger.record(*asking.answered(state, query, text, draft, near=near))
            return True

    async def leave_unanswered(self, query: Query, why: str) -> None:
        """Say that a question will not be answered, so that a human can go on without."""
        async with self._ledger.lock:
            if self._ledger.state.queries.get(query.task_id) == query:
                await self._ledger.record(*asking.answered(self._ledger.state, query, why, None, failed=True))

    async def _record(self, plan: Plan, *before: Fact) -> c.Receipt:
        recorded = await self._ledger.record(*before, *plan.facts)
        return c.Receipt(recorded[-1].seq, plan.note, plan.task_id)

    def _by_rule(self, proposal: Proposal) -> tuple[Fact, ...]:
        """The decision of the first rule that is on and matches: in the transaction of the proposal."""
        state, now = self._ledger.state, self._now()
        rule = deciding_rule(state, proposal, now)
        if rule is None:
            return ()
        ruling = c.Ruling(task_id=proposal.task_id, verdict=rule.verdict, version=1, reason=rule.reason)
        actor = Actor(ActorKind.RULE, rule.id)
        decided = deciding.ruled(state, proposal, ruling, actor, now)
        return (decided, *holding(state, (decided,), actor, now))

    def _check_raise(self, command: c.SettleBound) -> None:
        if command.limit is None or command.bound not in settling.BOUNDS:
            return
        present = bound_of(self._ledger.state, self._bounds, command.bound)
        if command.limit <= present:
            raise CommandRefused(f"{command.bound} is {present} already: name a larger number to raise it.")

    async def _check_bounds(self, origin: Origin) -> None:
        state = self._ledger.state
        fault = bound_fault(state, self._bounds, origin, self._now())
        if fault is None:
            return
        bound, words, limit = fault
        if origin.task_id is not None and not is_known(state, bound, origin.task_id):
            await self._ledger.record(BoundReached(bound=bound, task_id=origin.task_id, limit=limit))
        raise BadDraft({"spawn": words})


def _by_origin(state: RunState, origin: Origin) -> TaskId | None:
    if origin.task_id is None:
        return None
    for known in state.children(origin.task_id):
        theirs = state.versions[known][0].origin
        if (theirs.turn, theirs.index) == (origin.turn, origin.index):
            return known
    return None

"""The gate: what agents propose is journaled at once, and becomes a task only by a decision, once."""

from __future__ import annotations

import time
from collections.abc import Callable

from hephaestus_tui.config import SpawnBounds
from hephaestus_tui.domain.commands import AddTask, Decide, DropBlockers, Receipt
from hephaestus_tui.domain.decision import Decision, Proposal, Verdict, draft_changes
from hephaestus_tui.domain.errors import AlreadyDecided, BadDraft, CommandRefused, StaleVersion, UnknownTask
from hephaestus_tui.domain.events import BlockersDropped, Fact, ProposalDecided, TaskProposed
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Task, TaskDraft, TaskId, draft_faults
from hephaestus_tui.engine.ledger import Ledger

_PAST = {Verdict.ACCEPT: "accepted", Verdict.EDIT: "accepted with changes", Verdict.REJECT: "rejected"}


class Gate:
    """Proposals in, decisions out. Each method checks the graph as it is at that moment, under the ledger's lock."""

    def __init__(self, ledger: Ledger, bounds: SpawnBounds, now: Callable[[], float]) -> None:
        self._ledger = ledger
        self._bounds = bounds
        self._now = now

    async def propose(self, draft: TaskDraft, origin: Origin, waits: bool) -> TaskId:
        """Journal a proposal. The same call proposed again, as after a crash, finds its first id. Raises BadDraft."""
        async with self._ledger.lock:
            state = self._ledger.state
            if (known := _by_origin(state, origin)) is not None:
                return known
            task_id = state.next_id()
            self._check(task_id, draft)
            if fault := self._bound_fault(origin):
                raise BadDraft({"spawn": fault})
            await self._ledger.record(TaskProposed(proposal=self._proposal(task_id, draft, origin, waits)))
            return task_id

    async def decide(self, command: Decide) -> Receipt:
        """Raises UnknownTask, AlreadyDecided, StaleVersion, BadDraft."""
        async with self._ledger.lock:
            proposal = self._open_proposal(command)
            decision = self._decision(proposal, command)
            task = _task(decision, proposal.origin)
            recorded = await self._ledger.record(ProposalDecided(decision=decision, task=task))
        note = f"{decision.task_id} {_PAST[decision.verdict]}"
        return Receipt(recorded[-1].seq, note, decision.task_id)

    async def add(self, command: AddTask, *before: Fact) -> Receipt:
        """A human's own task: `before`, its proposal, its decision and its row in one transaction. Raises BadDraft."""
        async with self._ledger.lock:
            task_id = self._ledger.state.next_id()
            self._check(task_id, command.draft)
            proposal = self._proposal(task_id, command.draft, Origin(), waits=False)
            decision = self._decision(
                proposal, Decide(task_id=task_id, verdict=Verdict.ACCEPT, actor=command.actor, version=1)
            )
            recorded = await self._ledger.record(
                *before,
                TaskProposed(proposal=proposal),
                ProposalDecided(decision=decision, task=_task(decision, proposal.origin)),
            )
        return Receipt(recorded[-1].seq, f"{task_id} added", task_id)

    async def drop_blockers(self, command: DropBlockers) -> Receipt:
        """Raises UnknownTask, and CommandRefused where no blocker is dead."""
        async with self._ledger.lock:
            state = self._ledger.state
            if command.task_id not in state.tasks:
                raise UnknownTask(
                    f"There is no task {command.task_id} in this run: `hephaestus tasks {self._ledger.run_id}` lists them."
                )
            causes = state.dead().get(command.task_id, ())
            if not causes:
                raise CommandRefused(f"{command.task_id} has no dead blocker: nothing to drop.")
            fact = BlockersDropped(task_id=command.task_id, dropped=causes, actor=command.actor)
            recorded = await self._ledger.record(fact)
        return Receipt(recorded[-1].seq, f"{command.task_id} no longer waits for {', '.join(causes)}", command.task_id)

    def _open_proposal(self, command: Decide) -> Proposal:
        state, task_id = self._ledger.state, command.task_id
        proposal = state.proposals.get(task_id)
        if proposal is None:
            decision = state.decisions.get(task_id)
            if decision is None:
                raise UnknownTask(
                    f"There is no proposal {task_id} in this run: `hephaestus proposals {self._ledger.run_id}` lists them."
                )
            at = time.strftime("%H:%M:%S", time.localtime(decision.decided_at))
            raise AlreadyDecided(f"{task_id} was already {_PAST[decision.verdict]} by {decision.actor} at {at}.")
        if command.version != proposal.version:
            raise StaleVersion(
                f"{task_id} has changed since it was shown (version {command.version}, now {proposal.version}): "
                "look at it again, then decide."
            )
        return proposal

    def _decision(self, proposal: Proposal, command: Decide) -> Decision:
        verdict = command.verdict
        if verdict is Verdict.REJECT:
            if not command.reason.strip():
                raise BadDraft({"reason": "a rejection needs a reason: the agent learns from it"})
            final = None
        else:
            final = command.final if verdict is Verdict.EDIT and command.final else proposal.draft
            self._check(proposal.task_id, final)
        changes = draft_changes(proposal.draft, final) if final else ()
        if verdict is Verdict.EDIT and not changes:
            verdict = Verdict.ACCEPT
        now = self._now()
        return Decision(
            id=len(self._ledger.state.decisions) + 1,
            task_id=proposal.task_id,
            version=proposal.version,
            verdict=verdict,
            actor=command.actor,
            decided_at=now,
            waited=max(0.0, now - proposal.proposed_at),
            reason=command.reason.strip(),
            final=final,
            changes=changes,
        )

    def _proposal(self, task_id: TaskId, draft: TaskDraft, origin: Origin, waits: bool) -> Proposal:
        return Proposal(
            task_id=task_id, version=1, draft=draft, origin=origin, waits=waits, proposed_at=self._now()
        )  # fmt: skip

    def _check(self, task_id: TaskId, draft: TaskDraft) -> None:
        state = self._ledger.state
        faults = draft_faults(draft, state.roles)
        if fault := blocker_fault(state.blockers, task_id, draft.blocked_by):
            faults["blocked_by"] = fault
        if faults:
            raise BadDraft(faults)

    def _bound_fault(self, origin: Origin) -> str | None:
        if origin.task_id is None:
            return None
        state, bounds = self._ledger.state, self._bounds
        siblings = state.children(origin.task_id)
        same_turn = sum(_origin(state, s).turn == origin.turn for s in siblings)
        if same_turn >= bounds.per_turn:
            return f"{bounds.per_turn} proposals in one turn is the limit: go on with your task and propose later"
        if len(siblings) >= bounds.children:
            return f"this task has proposed {bounds.children} tasks, which is the limit: propose no more, finish it"
        if origin.depth > bounds.depth:
            return f"tasks may be spawned {bounds.depth} levels deep at most: note it in your summary instead"
        if len(state.proposals) >= bounds.pending:
            return f"{len(state.proposals)} proposals wait for a human, which is the limit: propose later"
        if len(state.blockers) >= bounds.per_run:
            return f"the run has {bounds.per_run} tasks and proposals, which is the limit: note it in your summary"
        return None


def _origin(state: RunState, task_id: TaskId) -> Origin:
    if task := state.tasks.get(task_id):
        return task.origin
    return (state.proposals.get(task_id) or state.rejected[task_id]).origin


def _by_origin(state: RunState, origin: Origin) -> TaskId | None:
    if origin.task_id is None:
        return None
    for known in state.children(origin.task_id):
        theirs = _origin(state, known)
        if (theirs.turn, theirs.index) == (origin.turn, origin.index):
            return known
    return None


def _task(decision: Decision, origin: Origin) -> Task | None:
    if decision.final is None:
        return None
    return Task(
        id=decision.task_id,
        draft=decision.final,
        origin=origin,
        decision_id=decision.id,
        created_at=decision.decided_at,
    )

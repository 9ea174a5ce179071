"""Decisions, one or many, and taking one back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hephaestus_tui.domain.commands import AddTask, Decide, DecideMany, Ruling, Undo
from hephaestus_tui.domain.decision import Actor, Decision, Proposal, Verdict, draft_changes, verdict_words
from hephaestus_tui.domain.errors import BadDraft, CommandRefused, UnknownTask
from hephaestus_tui.domain.events import DecisionUndone, ProposalDecided, TaskProposed
from hephaestus_tui.domain.graph import path_between
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TEXT_LIMIT, Origin, Task, TaskDraft
from hephaestus_tui.engine.blocking import held_words, holding, let_go
from hephaestus_tui.engine.plan import Plan, check_draft, open_proposal

_NO_REASON = "a rejection needs a reason: the agent learns from it"


def decide(state: RunState, command: Decide, now: float) -> Plan:
    """Raises UnknownTask, AlreadyDecided, StaleVersion, BadDraft."""
    ruling = Ruling(
        task_id=command.task_id, verdict=command.verdict, version=command.version, final=command.final,
        reason=command.reason,
    )  # fmt: skip
    (fact,) = _ruled(state, (ruling,), command.actor, now)
    held = holding(state, (fact,), command.actor, now)
    note = f"{command.task_id} {verdict_words(fact.decision)}{held_words(held)}"
    return Plan((fact, *held), note, command.task_id)


def decide_many(state: RunState, command: DecideMany, now: float) -> Plan:
    """As `decide`; the first that cannot be made is named, and none is made."""
    if not command.rulings:
        raise CommandRefused("Nothing is selected: there is nothing to decide.")
    ids = [ruling.task_id for ruling in command.rulings]
    if len(set(ids)) != len(ids):
        raise CommandRefused("A proposal is named twice: nothing was decided.")
    facts = _ruled(state, command.rulings, command.actor, now)
    counts = Counter(verdict_words(fact.decision) for fact in facts)
    note = ", ".join(f"{count} {words}" for words, count in counts.items())
    return Plan((*facts, *holding(state, facts, command.actor, now)), note, ids[0])


def add(state: RunState, command: AddTask, now: float) -> Plan:
    """A human's own task: proposed and accepted in one transaction. Raises BadDraft."""
    task_id = state.next_id()
    check_draft(state, task_id, command.draft)
    proposal = Proposal(
        task_id=task_id, version=1, draft=command.draft, origin=Origin(), waits=False, proposed_at=now, by=command.actor
    )  # fmt: skip
    ruling = Ruling(task_id=task_id, verdict=Verdict.ACCEPT, version=1)
    fact = ruled(state, proposal, ruling, command.actor, now)
    held = holding(state, (fact,), command.actor, now)
    return Plan((TaskProposed(proposal=proposal), fact, *held), f"{task_id} added{held_words(held)}", task_id)


def undo(state: RunState, command: Undo, now: float) -> Plan:
    """Raises UnknownTask, and CommandRefused where no decision stands, the task has started, or a circle would close."""
    task_id = command.task_id
    if task_id not in state.versions:
        raise UnknownTask(f"There is no {task_id} in this run: `hephaestus decisions {state.run_id}` lists decisions.")
    _check_reason(command.reason)
    decision = state.decisions.get(task_id)
    if decision is None:
        raise CommandRefused(f"{task_id} waits for a decision: there is none to take back.")
    if not state.undoable(task_id):
        stands = "has ended" if state.tasks[task_id].status.ended else "has started"
        raise CommandRefused(f"{task_id} {stands}, so its decision stands: stop it or steer its agent instead.")
    last = state.versions[task_id][-1]
    draft = _as_it_came(state, decision, last.draft)
    for blocker in draft.blocked_by:
        if path_between(state.blockers, blocker, task_id):
            raise CommandRefused(
                f"As a proposal {task_id} waited for {blocker}, which waits for {task_id} by now: taking this decision back "
                f"would close a circle. Take back first what makes {blocker} wait."
            )
    proposal = replace(
        last, version=last.version + 1, draft=draft, by=command.actor, waits=False, proposed_at=now,
        note=f"{command.actor} took the decision back",
    )  # fmt: skip
    fact = DecisionUndone(
        decision_id=decision.id, task_id=task_id, actor=command.actor, reason=command.reason.strip(), proposal=proposal
    )  # fmt: skip
    freed = let_go(state, task_id, decision.final.blocks if decision.final else (), command.actor, now)
    kept = f"; what {decision.merged_into} took over stays there" if decision.merged_into else ""
    return Plan((fact, *freed), f"{task_id} waits for a decision again{kept}", task_id)


def _as_it_came(state: RunState, decision: Decision, proposed: TaskDraft) -> TaskDraft:
    """The proposal as it was decided on, with what a merge, a split or a settled blocker has made of its task since:
    that is no part of the decision, and whoever was merged into it has no other place."""
    task = state.tasks.get(decision.task_id)
    if task is None or decision.final is None:
        return proposed
    since = {change.field: change.after for change in draft_changes(decision.final, task.draft)}
    return replace(proposed, **since)  # type: ignore[arg-type]


def _ruled(state: RunState, rulings: Sequence[Ruling], actor: Actor, now: float) -> tuple[ProposalDecided, ...]:
    proposals = [open_proposal(state, ruling.task_id, ruling.version) for ruling in rulings]
    # what is decided together is checked together: one edit may make room in the graph for another
    graph = dict(state.blockers)
    for ruling, proposal in zip(rulings, proposals, strict=True):
        if final := _final(proposal, ruling):
            graph[ruling.task_id] = final.blocked_by
    found: list[ProposalDecided] = []
    for ruling, proposal in zip(rulings, proposals, strict=True):
        try:
            if final := _final(proposal, ruling):
                check_draft(state, ruling.task_id, final, graph)
            found.append(ruled(state, proposal, ruling, actor, now, nth=len(found)))
        except BadDraft as error:
            if len(rulings) == 1:
                raise
            named = {field: f"{ruling.task_id}: {fault}" for field, fault in error.faults.items()}
            raise BadDraft(named) from error
    return tuple(found)


def ruled(
    state: RunState, proposal: Proposal, ruling: Ruling, actor: Actor, now: float, *, nth: int = 0,
    merged_into: str | None = None,
) -> ProposalDecided:  # fmt: skip
    """The decision and the task that it makes; `nth` counts the decisions before it in its transaction. Raises BadDraft."""
    final = _final(proposal, ruling)
    if final is None and not ruling.reason.strip():
        raise BadDraft({"reason": _NO_REASON})
    _check_reason(ruling.reason)
    measure = state.authored(proposal.task_id) or proposal.draft
    changes = draft_changes(measure, final) if final else ()
    verdict = Verdict.REJECT if final is None else Verdict.EDIT if changes else Verdict.ACCEPT
    decision = Decision(
        id=len(state.record) + 1 + nth,
        task_id=proposal.task_id,
        version=proposal.version,
        verdict=verdict,
        actor=actor,
        decided_at=now,
        waited=max(0.0, now - proposal.proposed_at),
        reason=ruling.reason.strip(),
        final=final,
        changes=changes,
        merged_into=merged_into,
    )
    if final is None:
        return ProposalDecided(decision=decision, task=None)
    task = Task(
        id=proposal.task_id, draft=final, origin=proposal.origin, decision_id=decision.id, created_at=now
    )  # fmt: skip
    return ProposalDecided(decision=decision, task=task)


def _check_reason(reason: str) -> None:
    """Raises BadDraft. An agent is sent it whole, and pays for it in every turn."""
    if (length := len(reason.strip())) > TEXT_LIMIT:
        raise BadDraft({"reason": f"a reason has at most {TEXT_LIMIT:,} characters, this one {length:,}"})


def _final(proposal: Proposal, ruling: Ruling) -> TaskDraft | None:
    match ruling.verdict:
        case Verdict.REJECT:
            return None
        case Verdict.EDIT if ruling.final is not None:
            return ruling.final
        case _:
            return proposal.draft

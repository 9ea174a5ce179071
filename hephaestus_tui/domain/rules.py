"""Rules at work in a run: which one decides, how much each has decided, and what each would have done so far.

The engine and the screens ask the same functions, so that what a person is shown before switching on is what happens.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hephaestus_tui.domain.decision import ActorKind, Decision, Proposal, Verdict
from hephaestus_tui.domain.rule import HOUR, Rule
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Discovery

ROW = 5  # so many like decisions of a human are a pattern


@dataclass(frozen=True, slots=True)
class Use:
    """How many decisions a rule has made, in the last hour and in all; those that were undone count, too."""

    hour: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A proposal that a rule matches, as it was first proposed.

    `capped`: the rule would have decided as much as it may in that hour. `decision` is what a human decided and did
    not take back; None where nobody has, or another rule did. `agrees` is None where there is none to compare with.
    """

    proposal: Proposal
    capped: bool
    decision: Decision | None
    agrees: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a rule would have done, had it been on from the start; `looked_at` counts the proposals, matched or not."""

    rule: Rule
    looked_at: int
    cases: tuple[Case, ...]

    @property
    def decided(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if not case.capped)

    @property
    def disagreements(self) -> tuple[Case, ...]:
        return tuple(case for case in self.decided if case.agrees is False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule that is on, as it was switched on, or else one of the file; `note` says how the file has it otherwise."""

    rule: Rule
    on: bool
    note: str = ""


def listed(state: RunState, in_file: Sequence[Rule]) -> list[Listed]:
    """Those that are on, also if they are no longer in the file, and then the others of the file."""
    written = {rule.id: rule for rule in in_file}
    found: list[Listed] = []
    for rule in state.rules.values():
        there = written.pop(rule.id, None)
        note = "" if there == rule else "changed in the file since" if there else "not in the file"
        found.append(Listed(rule, True, note))
    return [*found, *(Listed(rule, False) for rule in written.values())]


def is_for_rules(proposal: Proposal) -> bool:
    """Whether a rule may decide it: what an agent proposes, before anyone has changed it."""
    return proposal.version == 1 and proposal.by is None and proposal.origin.task_id is not None


def deciding_rule(state: RunState, proposal: Proposal, now: float) -> Rule | None:
    """The first rule that is on, matches, and has not decided as much as it may in this hour."""
    if not is_for_rules(proposal):
        return None
    return next((r for r in state.rules.values() if r.matches(proposal) and within_cap(r, state, now)), None)


def within_cap(rule: Rule, state: RunState, now: float) -> bool:
    """Whether it may decide once more in the hour that ends `now`."""
    return rule.per_hour == 0 or rule_use(state, rule.id, now).hour < rule.per_hour


def rule_use(state: RunState, rule_id: str, now: float) -> Use:
    """What a rule has decided in the run; `now` in seconds, as the facts have it."""
    made = [d.decided_at for d in state.record.values() if d.actor.kind is ActorKind.RULE and d.actor.name == rule_id]
    return Use(hour=sum(at > now - HOUR for at in made), total=len(made))


def what_if(rule: Rule, state: RunState) -> WhatIf:
    """What the rule would have done to every proposal of the run as it was first made, the cap of each hour observed."""
    firsts = [versions[0] for versions in state.versions.values()]
    firsts = sorted((p for p in firsts if is_for_rules(p)), key=lambda p: p.proposed_at)
    recent: deque[float] = deque()
    cases: list[Case] = []
    for proposal in firsts:
        if not rule.matches(proposal):
            continue
        while recent and recent[0] <= proposal.proposed_at - HOUR:
            recent.popleft()
        capped = 0 < rule.per_hour <= len(recent)
        if not capped:
            recent.append(proposal.proposed_at)
        decision = state.decisions.get(proposal.task_id)
        if decision and decision.actor.kind is not ActorKind.HUMAN:
            decision = None
        agrees = _agrees(rule, proposal, decision) if decision else None
        cases.append(Case(proposal=proposal, capped=capped, decision=decision, agrees=agrees))
    return WhatIf(rule=rule, looked_at=len(firsts), cases=tuple(cases))


def _agrees(rule: Rule, proposal: Proposal, decision: Decision) -> bool:
    """A proposal that was accepted only after it was changed is not one that a rule may accept as it came."""
    if rule.verdict is Verdict.REJECT:
        return decision.verdict is Verdict.REJECT and decision.merged_into is None
    return decision.final == proposal.draft


def suggestion(state: RunState) -> Rule | None:
    """The rule that the last like decisions of a human in a row come to, if they come to one; it is never switched on.

    Alike are decisions with one verdict on proposals, as their agents made them, that share their phase and either what
    was discovered or the role. Decisions of rules, and a human's own tasks, are passed over.
    """
    row: list[tuple[Decision, Proposal]] = []
    for decision, proposal in _human_decisions(state):
        alike = decision.verdict is not Verdict.EDIT and decision.merged_into is None and is_for_rules(proposal)
        if not alike or (row and decision.verdict is not row[0][0].verdict):
            return None
        row.append((decision, proposal))
        if len(row) == ROW:
            return _pattern(row)
    return None


def _human_decisions(state: RunState) -> Iterator[tuple[Decision, Proposal]]:
    """Those that stand, the newest first, each with the version that was decided on."""
    for decision in reversed(state.record.values()):
        if decision.actor.kind is ActorKind.HUMAN and decision.id not in state.undone:
            proposal = next(p for p in state.versions[decision.task_id] if p.version == decision.version)
            if proposal.origin.task_id is not None:
                yield decision, proposal


def _pattern(row: list[tuple[Decision, Proposal]]) -> Rule | None:
    decision, last = row[0]
    drafts = [proposal.draft for _, proposal in row]
    if any(draft.phase is not last.draft.phase for draft in drafts):
        return None
    one_discovery = all(draft.discovery is last.draft.discovery for draft in drafts)
    one_role = all(draft.role == last.draft.role for draft in drafts)
    phase, reason = last.draft.phase, decision.reason if decision.verdict is Verdict.REJECT else ""
    # "other" is what an agent says that says nothing: the role tells more
    if one_discovery and not (one_role and last.draft.discovery is Discovery.OTHER):
        return Rule(
            id=_id(decision.verdict, last.draft.discovery, phase), verdict=decision.verdict, reason=reason,
            phases=(phase,), discoveries=(last.draft.discovery,),
        )  # fmt: skip
    if one_role:
        return Rule(
            id=_id(decision.verdict, phase, last.draft.role), verdict=decision.verdict, reason=reason,
            phases=(phase,), roles=(last.draft.role,),
        )  # fmt: skip
    return None


def _id(*words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower())[:40].strip("-")

"""A rule that a human may switch on to decide without being asked, and what makes one a rule that can be meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hephaestus_tui.domain.decision import Proposal, Verdict
from hephaestus_tui.domain.task import Discovery, Phase, Priority

HOUR = 3_600.0
PER_HOUR = 20
LEAST_SCORE = 50  # the likeness of two proposals is noted from here on
REASON_LIMIT = 500
_ID = re.compile(r"[a-z0-9-]{1,40}")
_TASK_ID = re.compile(r"T[1-9][0-9]{0,8}", re.ASCII)
_MOST = {"depth": 100, "size": 1_000_000, "per_hour": 10_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A verdict for the proposals that meet every condition that is set; one without any must say `everything`.

    `depth` is at most, `size` the characters of description and rationale at most, `duplicate` the similarity to the
    nearest other (0 to 100) at least, `spawned_by` ids of spawning tasks. `per_hour` caps its decisions; 0 is no cap.
    """

    id: str
    verdict: Verdict
    reason: str = ""
    phases: tuple[Phase, ...] = ()
    roles: tuple[str, ...] = ()
    spawned_by: tuple[str, ...] = ()
    discoveries: tuple[Discovery, ...] = ()
    priorities: tuple[Priority, ...] = ()
    depth: int | None = None
    size: int | None = None
    duplicate: int | None = None
    per_hour: int = PER_HOUR
    everything: bool = False

    @property
    def has_conditions(self) -> bool:
        sets = (self.phases, self.roles, self.spawned_by, self.discoveries, self.priorities)
        return any(sets) or any(bound is not None for bound in (self.depth, self.size, self.duplicate))

    def matches(self, proposal: Proposal) -> bool:
        """Whether it would decide this proposal, its cap aside."""
        draft, origin = proposal.draft, proposal.origin
        sets: tuple[tuple[tuple[object, ...], object], ...] = (
            (self.phases, draft.phase), (self.roles, draft.role), (self.spawned_by, origin.task_id),
            (self.discoveries, draft.discovery), (self.priorities, draft.priority),
        )  # fmt: skip
        if any(wanted and found not in wanted for wanted, found in sets):
            return False
        if self.depth is not None and origin.depth > self.depth:
            return False
        if self.size is not None and len(draft.description) + len(draft.rationale) > self.size:
            return False
        nearest = max((near.score for near in proposal.near), default=0)
        return self.duplicate is None or nearest >= self.duplicate


def conditions(rule: Rule) -> str:
    """All that must be so for it to decide, in words: "building; role qa_tester or tech_lead; depth at most 2"."""
    sets = (
        ("", rule.phases), ("role ", rule.roles), ("spawned by ", rule.spawned_by), ("", rule.discoveries),
        ("priority ", rule.priorities),
    )  # fmt: skip
    found = [name + " or ".join(values) for name, values in sets if values]
    if rule.depth is not None:
        found.append(f"depth at most {rule.depth}")
    if rule.size is not None:
        found.append(f"at most {rule.size:,} characters")
    if rule.duplicate is not None:
        found.append(f"at least {rule.duplicate} % like another")
    return "; ".join(found) or "everything"


def rule_faults(rule: Rule) -> dict[str, str]:
    """What is wrong with each field, by the field's name; empty where the rule may be saved and switched on."""
    faults: dict[str, str] = {}
    if not _ID.fullmatch(rule.id):
        faults["id"] = f"{rule.id!r} will not do: use 1 to 40 of a-z, 0-9 and -" if rule.id else "give it an id"
    if rule.verdict not in (Verdict.ACCEPT, Verdict.REJECT):
        faults["verdict"] = "verdict must be accept or reject"
    elif rule.verdict is Verdict.REJECT and not rule.reason.strip():
        faults["reason"] = "a rejection needs a reason: the agent learns from it"
    if len(rule.reason) > REASON_LIMIT:
        faults["reason"] = f"the reason has {len(rule.reason):,} characters, {REASON_LIMIT} at most"
    if unnamed := next((t for t in rule.spawned_by if not _TASK_ID.fullmatch(t)), None):
        faults["spawned_by"] = f"{unnamed!r} is no task: name ids like T3"
    if any(not role.strip() for role in rule.roles):
        faults["roles"] = "a role has no name"
    for name, least in (("depth", 1), ("size", 1), ("per_hour", 0)):
        number: int | None = getattr(rule, name)
        if number is not None and not least <= number <= _MOST[name]:
            faults[name] = f"{number} will not do: a number from {least} to {_MOST[name]:,}"
    if rule.duplicate is not None and not LEAST_SCORE <= rule.duplicate <= 100:
        faults["duplicate"] = f"{rule.duplicate} will not do: a number from {LEAST_SCORE} to 100"
    if rule.everything and rule.has_conditions:
        faults["everything"] = "it has conditions, so it cannot be for everything: drop one or the other"
    elif not rule.everything and not rule.has_conditions:
        faults["everything"] = "it has no condition: add one, or say that it is for everything"
    return faults

"""Rules that a human may switch on to decide without being asked, and what each would have done so far."""

from __future__ import annotations

from dataclasses import dataclass

from hephaestus_tui.domain.decision import Proposal, Verdict
from hephaestus_tui.domain.task import Discovery, Phase, Priority

HOUR = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A verdict for the proposals that match every field that is set; an empty one matches all.

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
    per_hour: int = 20

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

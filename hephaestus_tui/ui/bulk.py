"""Decisions that are made together: what is said of them before they are made, and what they come to as one command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from hephaestus_tui.domain.commands import Ruling
from hephaestus_tui.domain.criterion import commands_in
from hephaestus_tui.domain.decision import Proposal, Verdict
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.words import count

_NAMED = 8


def accepting(proposals: Iterable[Proposal]) -> tuple[Ruling, ...]:
    return tuple(Ruling(task_id=p.task_id, verdict=Verdict.ACCEPT, version=p.version) for p in proposals)


def rejecting(proposals: Iterable[Proposal], reason: str) -> tuple[Ruling, ...]:
    return tuple(Ruling(task_id=p.task_id, verdict=Verdict.REJECT, version=p.version, reason=reason) for p in proposals)


def rephasing(proposals: Iterable[Proposal], phase: Phase) -> tuple[Ruling, ...]:
    """Accept them in this phase; those that are in it already as they are."""
    return tuple(
        Ruling(task_id=p.task_id, verdict=Verdict.ACCEPT, version=p.version)
        if p.draft.phase is phase
        else Ruling(
            task_id=p.task_id, verdict=Verdict.EDIT, version=p.version, final=replace(p.draft, phase=phase)
        )
        for p in proposals
    )  # fmt: skip


def counted(proposals: Sequence[Proposal]) -> str:
    """ "7 proposals: 3 investigation, 4 building"."""
    phases = Counter(p.draft.phase for p in proposals)
    told = ", ".join(f"{phases[phase]:,} {phase}" for phase in Phase if phases[phase])
    return f"{count(len(proposals), 'proposal')}: {told}" if told else "no proposal"


def rephased(proposals: Sequence[Proposal], phase: Phase) -> str:
    """ "7 proposals as validation: 3 were investigation, 4 building"."""
    phases = Counter(p.draft.phase for p in proposals)
    told = ", ".join(f"{phases[was]:,} from {was}" for was in Phase if phases[was] and was is not phase)
    same = f"{phases[phase]:,} as proposed" if phases[phase] else ""
    return f"{count(len(proposals), 'proposal')} as {phase}: {', '.join(part for part in (told, same) if part)}"


def doubts(state: RunState, proposal: Proposal, dead: Mapping[TaskId, Collection[TaskId]]) -> tuple[str, ...]:
    """Why one might not want to accept it unread, each in a few words; `dead` is `state.dead()`."""
    found = [f"{blocker} will not complete" for blocker in dead.get(proposal.task_id, ())]
    if proposal.near and proposal.near[0].score >= state.duplicate_score:
        found.append(f"like {proposal.near[0].task_id} ({proposal.near[0].score})")
    if not proposal.draft.done_criteria:
        found.append("no criteria")
    if commands_in(proposal.draft.done_criteria):
        found.append("has a command to run")
    return tuple(found)


def doubtful(state: RunState, proposals: Sequence[Proposal]) -> str:
    """A line that names those with a mark of doubt; "" where none has one."""
    dead = state.dead()
    ids = [p.task_id for p in proposals if doubts(state, p, dead)]
    if not ids:
        return ""
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return f"Look again at {', '.join(ids[:_NAMED])}{more}: marked with a doubt."

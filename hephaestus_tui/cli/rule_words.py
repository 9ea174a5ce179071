"""A rule, and what it would have done, in words for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.cli.wording import count, standing
from hephaestus_tui.domain.rule import Rule, conditions
from hephaestus_tui.domain.rules import Case, WhatIf
from hephaestus_tui.domain.state import RunState


def trial(state: RunState, tried: WhatIf) -> Iterator[str]:
    """What the rule would have done, a proposal a line, and where a human decided otherwise."""
    rule = tried.rule
    yield f"Rule {rule.id}: {rule.verdict} what is {conditions(rule)}" + (f" ({rule.reason})" if rule.reason else "")
    for case in tried.cases:
        yield f"  {case.proposal.task_id:<5} {_did(rule, case)}: {case.proposal.draft.title}"
    past = {"accept": "accepted", "reject": "rejected"}[rule.verdict]
    words = [f"It would have {past} {len(tried.decided)} of {count(tried.looked_at, 'past proposal')}"]
    if capped := len(tried.cases) - len(tried.decided):
        words.append(f"left {capped} because of its cap of {rule.per_hour} an hour")
    if against := len(tried.disagreements):
        words.append(f"and decided otherwise than a human in {count(against, 'case')}")
    yield f"{', '.join(words)}."


def _did(rule: Rule, case: Case) -> str:
    would = "left, past its cap" if case.capped else f"would {rule.verdict}"
    if case.decision is None:
        return would
    return f"{would}, {'as' if case.agrees else 'BUT'} was: {standing(case.decision)}"

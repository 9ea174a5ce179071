"""A rule in words: what it decides, how much it has decided, and what it would have done to every past proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hephaestus_tui.domain.decision import Actor, Decision, Verdict
from hephaestus_tui.domain.rule import Rule, conditions
from hephaestus_tui.domain.rules import Case, Listed, Use, WhatIf
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.row_list import Piece, spread
from hephaestus_tui.ui.widgets.task_words import MANY, few, field_words
from hephaestus_tui.ui.words import count

PAST = {Verdict.ACCEPT: "accepted", Verdict.REJECT: "rejected"}
_REASON_CELLS = 120
_ASKED_CELLS, _CASE_CELLS, _CASES = 150, 56, 3  # of what is asked


def rule_row(listed: Listed, use: Use, width: int) -> list[Piece]:
    """Whether it is on, its id and verdict, and at the right what it has decided in this run."""
    sign = Piece(f"{'ON' if listed.on else 'off':<4}", "secondary" if listed.on else "muted")
    left = [sign, Piece(line(listed.rule.id), "strong"), Piece(f"  {listed.rule.verdict}")]
    if listed.note:
        left.append(Piece(f"  {listed.note}", "careful"))
    right = [Piece(f"{left_words(listed.rule, use)} ", "muted")] if use.total or listed.on else []
    return spread(left, right, width)


def does(rule: Rule) -> str:
    """ "It accepts: building; role tech_lead. At most 20 an hour."."""
    cap = f"At most {rule.per_hour:,} an hour" if rule.per_hour else "No cap an hour"
    reason = f', saying "{line(rule.reason, _REASON_CELLS)}"' if rule.reason.strip() else ""
    return f"It {rule.verdict}s: {line(conditions(rule))}{reason}. {cap}."


def left_words(rule: Rule, use: Use) -> str:
    """ "3 decided, 17 left this hour"."""
    left = f"{max(rule.per_hour - use.hour, 0):,} left this hour" if rule.per_hour else "no cap"
    return f"{use.total:,} decided, {left}"


def would(tried: WhatIf) -> str:
    """ "It would have accepted 7 of 14 past proposals, and left 2 more because of its cap."."""
    if not tried.looked_at:
        return "No agent has proposed anything in this run yet."
    capped = len(tried.cases) - len(tried.decided)
    left = f", and left {capped:,} more because of its cap" if capped else ""
    of = f"{len(tried.decided):,} of {count(tried.looked_at, 'past proposal')}"
    return f"It would have {PAST[tried.rule.verdict]} {of}{left}."


def against(tried: WhatIf) -> str:
    """How often a human decided otherwise; "" where there is nothing to compare with."""
    if wrong := len(tried.disagreements):
        return f"{wrong:,} of these {'was' if wrong == 1 else 'were'} decided otherwise by a human."
    return "None of these was decided otherwise by a human." if any(c.agrees for c in tried.decided) else ""


def rule_lines(listed: Listed, use: Use, tried: WhatIf, me: Actor) -> Iterator[Line]:
    """All about one rule; `me` is who reads it."""
    rule = listed.rule
    yield line_of(Span(line(rule.id), "strong"), Span("  is ON" if listed.on else "  is off", "secondary"))
    yield line_of(does(rule))
    if listed.on:
        yield line_of(f"In this run: {left_words(rule, use)}.")
    if listed.note:
        yield line_of(Span(f"It is {listed.note}: what is told here is what was switched on.", "careful"))
    yield BLANK
    yield line_of(Span("What it would have done, had it been on from the start", "heading"))
    yield line_of(would(tried), *([Span(f" {words}")] if (words := against(tried)) else []))
    decided = tried.decided
    for heading, cases, style in (
        ("A human decided otherwise", tried.disagreements, "bad"),
        ("A human decided the same", [c for c in decided if c.agrees], "muted"),
        ("No human has decided", [c for c in decided if c.agrees is None], "muted"),
        ("Left because of its cap", [c for c in tried.cases if c.capped], "muted"),
    ):
        yield from _cases(heading, cases, style, me)


def _cases(heading: str, cases: Sequence[Case], style: str, me: Actor) -> Iterator[Line]:
    if not cases:
        return
    yield BLANK
    yield line_of(Span(heading, "heading"))
    for case in cases[:MANY]:
        told = f"  {case_words(case, me)}" if case.decision else ""
        spans = (Span(line(case.proposal.draft.title)), Span(told, style))
        yield Line(spans, head=(Span(f"{case.proposal.task_id} ", "key"),))
    if len(cases) > MANY:
        yield line_of(Span(f"and {len(cases) - MANY:,} more", "muted"))


def case_words(case: Case, me: Actor) -> str:
    """What was decided instead: "you rejected it: not now"."""
    decision = case.decision
    if decision is None:
        return ""
    who = "you" if decision.actor == me else line(str(decision.actor))
    return f"{who} {_did(decision, case)}"


def _did(decision: Decision, case: Case) -> str:
    if decision.merged_into:
        return f"merged it into {decision.merged_into}"
    if decision.verdict is Verdict.REJECT:
        return f'rejected it: "{line(decision.reason, _REASON_CELLS)}"'
    if decision.verdict is Verdict.EDIT:
        return f"accepted it with another {few(field_words(change.field) for change in decision.changes)}"
    return "accepted it" if decision.final == case.proposal.draft else "accepted it after it was changed"


def switch_question(tried: WhatIf, me: Actor) -> str:
    """What is asked before a rule is switched on: so short that the keys under it are always on the screen."""
    rule = tried.rule
    told = line(does(rule), _ASKED_CELLS)
    lines = [f"Let {line(rule.id)} decide from now on, without asking you?", "", told, "", would(tried)]
    if wrong := tried.disagreements:
        lines += [against(tried)]
        lines += [line(f"{case.proposal.task_id}: {case_words(case, me)}", _CASE_CELLS) for case in wrong[:_CASES]]
        lines += [f"and {len(wrong) - _CASES:,} more"] if len(wrong) > _CASES else []
    lines += ["", "What waits for you now goes on waiting."]
    return "\n".join(lines)

"""The panel of a proposal: that it waits, the keys that decide on it, what is doubtful about it, what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hephaestus_tui.domain.criterion import commands_in
from hephaestus_tui.domain.decision import Near, Proposal, Query
from hephaestus_tui.domain.graph import blocker_fault
from hephaestus_tui.domain.task import TaskId, draft_faults
from hephaestus_tui.ui import words
from hephaestus_tui.ui.text import exact, line
from hephaestus_tui.ui.widgets.detail_keys import Keys, key_row
from hephaestus_tui.ui.widgets.detail_record import asked_lines
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, on_panel
from hephaestus_tui.ui.widgets.task_words import Reading, title_of
from hephaestus_tui.ui.words import count

THIN_RATIONALE = 40  # characters
_LIKES = 2  # likely duplicates that are named
_TITLE, _REASON = 60, 120  # cells of another task's title, and of why it was rejected


def proposal_panel(reading: Reading, proposal: Proposal, now: float, keys: Keys) -> list[Line]:
    """`now` is Unix time in seconds."""
    query = reading.state.queries.get(proposal.task_id)
    can_ask = proposal.origin.task_id is not None and query is None
    lines = [
        _owed(query, proposal, now) if query else _waits(proposal, now),
        key_row(
            (keys.accept, "accept"), (keys.edit, "edit"), (keys.reject, "reject"), *([(keys.ask, "ask")] if can_ask else [])
        ),
        key_row((keys.merge, "merge"), (keys.split, "split"), (keys.editor, "editor")),
        *_hints(reading, proposal),
    ]  # fmt: skip
    if query:
        lines += asked_lines(query, now)
    return on_panel(lines)


def _waits(proposal: Proposal, now: float) -> Line:
    since = words.so_far(now - proposal.proposed_at)
    return line_of(Span("PROPOSAL", "strong secondary"), Span(" waits for you", "strong"), Span(f"  {since}", "muted"))


def _owed(query: Query, proposal: Proposal, now: float) -> Line:
    since = words.so_far(now - query.asked_at)
    who = f" {proposal.origin.task_id}'s agent owes an answer"
    return line_of(Span("ASKED BACK", "strong secondary"), Span(who), Span(f"  {since}", "muted"))


def _hints(reading: Reading, proposal: Proposal) -> Iterator[Line]:
    """What speaks against it, the gravest first; a hint leads to the task that it names."""
    state, draft = reading.state, proposal.draft
    hint = partial(_hint, reading.glyphs.bullet)
    faults = draft_faults(draft, state.roles)
    if fault := blocker_fault(state.blockers, proposal.task_id, draft.blocked_by):
        faults["blocked_by"] = fault
    for fault in faults.values():
        yield hint(f"cannot be accepted as it is: {fault}")
    if gone := reading.culprits(proposal.task_id):
        yield hint(f"it could never start: {reading.named(gone)}", gone[0])
    likes = [near for near in proposal.near if near.score >= state.duplicate_score]
    for near in likes[:_LIKES]:
        yield hint(_like(reading, near), near.task_id)
    if proposal.waits and proposal.origin.task_id and proposal.task_id not in state.queries:
        yield hint(f"the agent of {proposal.origin.task_id} stands still until you decide")
    if not draft.done_criteria:
        yield hint("no done criteria: when is it done?")
    if commands := commands_in(draft.done_criteria):
        more = f", and {count(len(commands) - 1, 'more command')}" if len(commands) > 1 else ""
        yield hint(f"to accept it lets this be run: {exact(commands[0])}{more}; see Done when")
    if (size := len(draft.rationale.strip())) < THIN_RATIONALE and "rationale" not in faults:
        yield hint(f"the rationale is thin ({words.count(size, 'character')}): is it needed?")


def _like(reading: Reading, near: Near) -> str:
    """An idea that was rejected says why: the same reason may hold again."""
    state, other = reading.state, near.task_id
    decision = state.decisions.get(other)
    if other not in state.rejected or decision is None:
        return f"likely duplicate of {other} ({near.score} %): {line(title_of(state, other), _TITLE)}, {reading.status(other)}"
    if decision.merged_into:
        return f"resembles {other} ({near.score} %), which was merged into {decision.merged_into}"
    return (
        f"resembles {other} ({near.score} %), which was rejected: {line(decision.reason, _REASON) or 'no reason given'}"
    )


def _hint(bullet: str, text: str, link: TaskId | None = None) -> Line:
    """The sign before it is none that could be taken for a key."""
    return Line((Span(line(text)),), head=(Span(f"{bullet} ", "strong careful"),), link=link)

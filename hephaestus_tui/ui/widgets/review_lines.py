"""What a person changed in a proposal, field by field, as the agent that proposed it will be told: as lines, not widgets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from hephaestus_tui.domain.decision import Change, draft_changes
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.criteria_words import criteria_rows
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Lines, Span, line_of, whole
from hephaestus_tui.ui.widgets.task_words import Reading, field_words, title_of
from hephaestus_tui.ui.words import count

_SHORT = ("phase", "role", "priority", "discovery")
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_TOKENS = 600  # comparing takes as long as the one row times the other
_AROUND = 1  # rows shown on either side of what differs


def review_lines(proposed: TaskDraft, final: TaskDraft, state: RunState, glyphs: GlyphSet) -> Lines:
    """Every field that differs, what was proposed and what it becomes. Empty where nothing differs."""
    lines: list[Line] = []
    for change in draft_changes(proposed, final):
        lines += [BLANK] if lines else []
        if change.field in _SHORT:
            lines.append(_short(change, glyphs))
            continue
        lines.append(line_of(Span(field_words(change.field), "heading")))
        if change.field in ("blocked_by", "blocks"):
            lines += _blockers(change, state, glyphs)
        elif change.field == "done_criteria":
            lines += _rows_of(criteria_rows(change.before), criteria_rows(change.after))
        else:
            lines += _rows_of(whole(str(change.before)).split("\n"), whole(str(change.after)).split("\n"))
    return tuple(lines)


def versions_lines(state: RunState, task_id: TaskId) -> Lines:
    """Which versions someone else than its agent wrote: they are among the changes, too."""
    return tuple(
        line_of(Span(f"version {p.version} was written by {line(str(p.by))}" + (f": {line(p.note)}" if p.note else ""), "muted"))
        for p in state.versions.get(task_id, ())
        if p.by is not None
    )  # fmt: skip


def _short(change: Change, glyphs: GlyphSet) -> Line:
    before, after = (line(field_words(str(value))) for value in (change.before, change.after))
    if change.field == "role":
        before, after = line(str(change.before)), line(str(change.after))
    head = Span(f"{field_words(change.field)}  ", "heading")
    return Line((Span(before, "bad"), Span(f" {glyphs.arrow} ", "muted"), Span(after, "good")), head=(head,))


def _blockers(change: Change, state: RunState, glyphs: GlyphSet) -> Iterable[Line]:
    reading = Reading(state, glyphs)
    before, after = list(map(str, change.before)), list(map(str, change.after))
    for sign, style, ids, others in (
        ("-", "bad", before, after),
        ("+", "good", after, before),
    ):
        for blocker in ids:
            if blocker not in others:
                spans = (
                    Span(f"{line(blocker)}  {title_of(state, blocker)}  ", style),
                    Span(reading.status(blocker), "muted"),
                )
                yield Line(spans, head=(Span(f"{sign} ", style),))
    if sorted(before) == sorted(after):
        yield line_of(Span("the same, in another order", "muted"))


def _rows_of(before: Sequence[str], after: Sequence[str]) -> Iterable[Line]:
    """What went and what came, with the words in which rows differ, and a row of what stayed around it."""
    codes = SequenceMatcher(None, before, after).get_opcodes()
    for number, (tag, i, j, k, m) in enumerate(codes):
        if tag == "equal":
            yield from _stayed(before[i:j], first=number == 0, last=number == len(codes) - 1)
        elif tag == "replace" and j - i == m - k:
            for old, new in zip(before[i:j], after[k:m], strict=True):
                yield from _differing(old, new)
        else:
            yield from (_row("- ", [Span(row, "bad")]) for row in before[i:j])
            yield from (_row("+ ", [Span(row, "good")]) for row in after[k:m])


def _stayed(rows: Sequence[str], *, first: bool, last: bool) -> Iterable[Line]:
    head = [] if first else list(rows[:_AROUND])
    tail = [] if last else list(rows[max(len(rows) - _AROUND, len(head)) :])
    hidden = len(rows) - len(head) - len(tail)
    yield from (_row("  ", [Span(row, "muted")]) for row in head)
    if hidden:
        yield line_of(Span(f"  ({count(hidden, 'line')} as before)", "muted"))
    yield from (_row("  ", [Span(row, "muted")]) for row in tail)


def _differing(old: str, new: str) -> Iterable[Line]:
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if max(len(before), len(after)) > _MOST_TOKENS:
        yield from (_row("- ", [Span(old, "bad")]), _row("+ ", [Span(new, "good")]))
        return
    went: list[Span] = []
    came: list[Span] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        strong = "" if tag == "equal" else " strong"
        went.append(Span("".join(before[i:j]), f"bad{strong}" if strong else "muted"))
        came.append(Span("".join(after[k:m]), f"good{strong}" if strong else "muted"))
    yield from (_row("- ", went), _row("+ ", came))


def _row(sign: str, spans: Sequence[Span]) -> Line:
    style = {"- ": "bad", "+ ": "good"}.get(sign, "muted")
    return Line(tuple(span for span in spans if span.text), head=(Span(sign, style),))

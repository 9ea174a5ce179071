"""What the agent of a task told others: notes, reports of what is in its way, and what became of those."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Note, Report
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui import words
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_panel import bullet
from hephaestus_tui.ui.widgets.lines import Line, Span
from hephaestus_tui.ui.widgets.links import NoteAt, call_at

_TEXT = 200  # cells


def shared_lines(state: RunState, task_id: TaskId, now: float, glyphs: GlyphSet) -> list[Line]:
    """A row each, the newest first; it leads to where that stands. `now` is Unix time in seconds."""
    notes = [(note.at, _note(note, now)) for note in state.notes.values() if note.task_id == task_id]
    reports = [
        (report.at, _report(state, report, now)) for report in state.reports.values() if report.task_id == task_id
    ]
    rows = sorted((*notes, *reports), key=lambda pair: -pair[0])
    return [bullet(glyphs, *spans) for _, spans in rows]


def _note(note: Note, now: float) -> tuple[Span, ...]:
    struck = ", struck" if note.struck else ""
    told = Span(f"note {note.id}{struck}, {words.ago(now - note.at)}: ", "muted")
    return told, Span(line(note.text, _TEXT), link=NoteAt(note.id))


def _report(state: RunState, report: Report, now: float) -> tuple[Span, ...]:
    return (
        Span(f"in its way, {words.ago(now - report.at)}: ", "muted"),
        Span(line(report.text, _TEXT), link=call_at(report.id)),
        *_became(state, report),
    )


def _became(state: RunState, report: Report) -> Iterator[Span]:
    if (answered := state.report_answers.get(report.id)) is None:
        yield Span("  waits for you", "secondary")
        return
    said = f"said: {line(answered.words, _TEXT)}" if answered.words else "took note"
    yield Span(f"  {line(str(answered.actor))} {said}", "muted")

"""How the record reads: two rows for each decision or question, and all of one."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.cells import cell_len

from hephaestus_tui.domain.record import Act, Entry
from hephaestus_tui.domain.task import DRAFT_FIELDS
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.detail_changes import changes_lines
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of, paragraphs, prose
from hephaestus_tui.ui.widgets.row_list import Piece, spread
from hephaestus_tui.ui.widgets.task_words import field_words
from hephaestus_tui.ui.words import ago, duration

HEIGHT = 2
PAST = {
    Act.ACCEPT: "accepted", Act.EDIT: "edited", Act.REJECT: "rejected", Act.MERGE: "merged", Act.ASK: "asked",
}  # fmt: skip
_STYLES = {Act.ACCEPT: "good", Act.REJECT: "bad", Act.EDIT: "careful", Act.MERGE: "muted", Act.ASK: "secondary"}
_ACT_CELLS = 10
_TITLE_CELLS, _TEXT_CELLS = 200, 300


def entry_key(entry: Entry) -> tuple[object, ...]:
    return entry.decision_id, entry.task_id, entry.at, entry.act


def entry_rows(entry: Entry, now: float, width: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """What was done to which task and when; by whom, after how long, and why. Two rows of `width` cells."""
    since = f"{ago(now - entry.at)} "
    head = [Piece(PAST[entry.act].ljust(_ACT_CELLS), _STYLES[entry.act]), Piece(f"{entry.task_id} ", "strong")]
    room = max(width - _ACT_CELLS - len(entry.task_id) - len(since) - 2, 0)
    title = line(entry.before.title, min(room, _TITLE_CELLS), ellipsis=glyphs.ellipsis)
    told = f"{line(str(entry.actor), 40)}, after {duration(entry.waited)}"
    text = line(entry.text, _TEXT_CELLS)
    if entry.act is Act.EDIT:
        text = ", ".join(field_words(change.field) for change in entry.changes) + (f": {text}" if text else "")
    mark = f"TAKEN BACK by {line(str(entry.undone.actor), 20)} " if entry.undone else _answered(entry)
    room = max(width - _ACT_CELLS - cell_len(mark) - 2, 0)
    second = Piece(line(f"{told}: {text}" if text else told, room, ellipsis=glyphs.ellipsis), "muted")
    return [
        spread([*head, Piece(title)], [Piece(since, "muted")], width),
        spread([Piece(" " * _ACT_CELLS), second], [Piece(mark, "careful" if entry.undone else "muted")], width),
    ]


def _answered(entry: Entry) -> str:
    if entry.act is not Act.ASK:
        return ""
    if entry.reply is None:
        return "no answer yet "
    return "no answer " if entry.reply.failed else "answered "


def entry_lines(entry: Entry, now: float, glyphs: GlyphSet) -> Iterator[Line]:
    """All of one act: when, by whom, what was proposed and what became of it."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at))
    version = f", version {entry.version}" if entry.version > 1 else ""
    into = f" into {entry.merged_into}" if entry.merged_into else ""
    yield line_of(
        Span(f"{PAST[entry.act]}{into}", f"strong {_STYLES[entry.act]}"), f" by {line(str(entry.actor), 40)}",
        Span(f"  {at}, after {duration(entry.waited)}{version}", "muted"),
    )  # fmt: skip
    if entry.undone:
        why = f": {line(entry.undone.reason)}" if entry.undone.reason else ""
        who = line(str(entry.undone.actor))
        yield line_of(Span(f"TAKEN BACK by {who}, {ago(now - entry.undone.at)}{why}", "careful"))
    if entry.text:
        yield from paragraphs(entry.text)
    if entry.reply:
        yield BLANK
        said = "There was no answer" if entry.reply.failed else "The agent answered"
        yield line_of(Span(f"{said}, {duration(entry.reply.at - entry.at)} later", "heading"))
        yield from prose(entry.reply.text, glyphs.name)
    if entry.changes:
        yield BLANK
        yield line_of(Span("Proposed, and what became of it", "heading"))
        yield from changes_lines(entry.changes, glyphs.arrow)
    yield BLANK
    yield line_of(Span("As its agent proposed it" if entry.proposer else "As it was written", "heading"))
    yield from _draft_lines(entry)


def _draft_lines(entry: Entry) -> Iterator[Line]:
    for name in DRAFT_FIELDS:
        value = getattr(entry.before, name)
        if not value:
            continue
        text = ", ".join(line(item) for item in value) if isinstance(value, tuple) else value
        head = Span(f"{field_words(name)}  ", "muted")
        first, *rest = paragraphs(text) or [BLANK]
        yield Line((*first.head, *first.spans), head=(head,))
        yield from rest

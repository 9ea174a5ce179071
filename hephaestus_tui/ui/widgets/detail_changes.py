"""What was changed, field by field, the new beside the old: a person reads what is different, not all of it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from rich.cells import cell_len

from hephaestus_tui.domain.decision import Change, FieldValue
from hephaestus_tui.ui.text import clean, line
from hephaestus_tui.ui.widgets.criteria_words import criteria_rows
from hephaestus_tui.ui.widgets.lines import Line, Lines, Span
from hephaestus_tui.ui.widgets.task_words import field_words

_SHORT = 16  # cells of a value that may stand beside another


def changes_lines(changes: Sequence[Change], arrow: str) -> list[Line]:
    """Short values beside each other with an arrow between them; of longer ones the rows that went and came."""
    return [row for change in changes for row in _changed(change, arrow)]


@lru_cache(128)
def _changed(change: Change, arrow: str) -> Lines:
    name, before, after = field_words(change.field), change.before, change.after
    if isinstance(before, str) and isinstance(after, str) and max(cell_len(before), cell_len(after)) <= _SHORT:
        told = (Span(line(before), "bad"), Span(f" {arrow} ", "muted"), Span(line(after), "good"))
        return (Line(told, head=(Span(f"{name}  ", "muted"),)),)
    return (Line((Span(name, "muted"),)), *_rows_changed(before, after))


def _rows_changed(before: FieldValue, after: FieldValue) -> Iterator[Line]:
    """Rows that stayed are left out."""
    old, new = _rows(before), _rows(after)
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            yield from (Line((Span(row, "bad"),), head=(Span("- ", "bad"),)) for row in old[i:j])
            yield from (Line((Span(row, "good"),), head=(Span("+ ", "good"),)) for row in new[k:m])


def _rows(value: FieldValue) -> list[str]:
    if isinstance(value, str):
        return clean(value).split("\n") if value else []
    return criteria_rows(value)

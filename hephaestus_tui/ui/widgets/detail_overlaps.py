"""The files that a task changes while another changes them too, and which one that is."""

from __future__ import annotations

from collections.abc import Iterator

from hephaestus_tui.domain.overlap import overlaps_of
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.lines import Line, Span
from hephaestus_tui.ui.widgets.links import WorkAt
from hephaestus_tui.ui.widgets.task_words import Reading

FILES = 8


def overlap_lines(reading: Reading, task_id: TaskId) -> list[Line]:
    """Each other task with its files; a row of it leads there."""
    return [
        row
        for overlap in overlaps_of(reading.state, task_id)
        for row in _pair(reading, task_id, overlap.other(task_id), overlap.paths)
    ]


def _pair(reading: Reading, task_id: TaskId, other: TaskId, paths: tuple[str, ...]) -> Iterator[Line]:
    yield from reading.task_lines([other])
    head = (Span(f"  {reading.glyphs.bullet} ", "muted"),)
    has_work = task_id in reading.state.works
    for path in paths[:FILES]:
        yield Line((Span(line(path), link=WorkAt(task_id, path) if has_work else None),), head=head)
    if len(paths) > FILES:
        yield Line((Span(f"and {len(paths) - FILES:,} more", "muted"),), head=head)

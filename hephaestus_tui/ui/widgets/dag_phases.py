"""The tasks by phase, in each the ones first that somebody should know of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from hephaestus_tui.domain.task import Phase
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.widgets.dag_chips import Chip, Lines
from hephaestus_tui.ui.widgets.dag_picture import Row

COLUMNS_FROM = 90
_ORDER = (
    Mark.RUNNING, Mark.PAUSED, Mark.NEEDS_YOU, Mark.TO_MERGE, Mark.PROPOSED, Mark.AMENDED, Mark.QUERIED, Mark.FAILED,
    Mark.DEAD, Mark.BLOCKED, Mark.READY, Mark.PENDING, Mark.DONE, Mark.DISCARDED, Mark.CANCELLED, Mark.REJECTED, Mark.JOINED,
)  # fmt: skip
_PLACE = {mark: place for place, mark in enumerate(_ORDER)}


def phases(rows: Sequence[Row], width: int) -> Lines:
    """Three columns, or where they would be too narrow, one phase under the other."""
    columns = [sorted((r for r in rows if r.phase is phase), key=lambda r: _PLACE[r.mark]) for phase in Phase]
    names = [f" {phase.value} ({len(column):,})" for phase, column in zip(Phase, columns, strict=True)]
    if width < COLUMNS_FROM:
        lines: list[list[Chip]] = []
        for name, column in zip(names, columns, strict=True):
            lines.append([Chip(0, width, None, name)])
            lines += [[Chip(0, width, row.task_id)] for row in column]
        return lines
    cells = (width - 2) // 3
    starts = [0, cells + 1, 2 * (cells + 1)]
    head = [Chip(x, cells, None, name) for x, name in zip(starts, names, strict=True)]
    body = [
        [Chip(x, cells, row.task_id) for x, row in zip(starts, line, strict=True) if row is not None]
        for line in zip_longest(*columns)
    ]
    return [head, *body]

"""The tasks by phase, in each the ones first that somebody should know of."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Sequence

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Phase, TaskId
from hephaestus_tui.ui.glyphs import Mark
from hephaestus_tui.ui.widgets.dag_chips import Chip, Chips
from hephaestus_tui.ui.widgets.dag_rows import DagRows

COLUMNS_FROM = 90
_ORDER = (
    Mark.RUNNING, Mark.PAUSED, Mark.NEEDS_YOU, Mark.TO_MERGE, Mark.PROPOSED, Mark.AMENDED, Mark.QUERIED, Mark.FAILED,
    Mark.DEAD, Mark.BLOCKED, Mark.READY, Mark.PENDING, Mark.DONE, Mark.DISCARDED, Mark.CANCELLED, Mark.REJECTED, Mark.JOINED,
)  # fmt: skip
_PLACE = {mark: place for place, mark in enumerate(_ORDER)}
_PHASES = tuple(Phase)
_Key = tuple[int, int]  # the place of its mark, and its row


class Phases(Chips):
    """Three columns, or where they would be too narrow, one phase under the other; each kept sorted."""

    def __init__(self, rows: DagRows, width: int) -> None:
        self._width, self._rows = width, rows
        self._beside = width >= COLUMNS_FROM
        self._of: list[tuple[int, _Key]] = [_key(rows, number) for number in range(len(rows))]
        self._columns: list[list[_Key]] = [[] for _ in _PHASES]
        for phase, key in self._of:
            self._columns[phase].append(key)
        for column in self._columns:
            column.sort()

    def update(self, rows: DagRows, state: RunState, changed: Collection[int]) -> bool:
        moved = False
        for number in sorted(changed):
            now = _key(rows, number)
            if number < len(self._of):
                phase, key = self._of[number]
                if (phase, key) == now:
                    continue
                column = self._columns[phase]
                del column[bisect_left(column, key)]
                self._of[number] = now
            else:
                self._of.append(now)
            insort(self._columns[now[0]], now[1])
            moved = True
        return moved

    def __len__(self) -> int:
        lengths = [len(column) + 1 for column in self._columns]
        return max(lengths) if self._beside else sum(lengths)

    def line(self, y: int) -> Sequence[Chip]:
        if not self._beside:
            for phase, column in enumerate(self._columns):
                if y <= len(column):
                    return [self._chip(phase, y - 1, 0, self._width)]
                y -= len(column) + 1
            raise IndexError(y)
        cells = (self._width - 2) // 3
        return [
            self._chip(phase, y - 1, phase * (cells + 1), cells)
            for phase, column in enumerate(self._columns)
            if y <= len(column)
        ]

    def _chip(self, phase: int, place: int, x: int, cells: int) -> Chip:
        column = self._columns[phase]
        if place < 0:
            return Chip(x, cells, None, f" {_PHASES[phase].value} ({len(column):,})")
        return Chip(x, cells, self._rows.rows[column[place][1]].task_id)

    def place_of(self, task_id: TaskId) -> tuple[int, int] | None:
        number = self._rows.row_of(task_id)
        if number is None or number >= len(self._of):
            return None
        phase, key = self._of[number]
        place = bisect_left(self._columns[phase], key) + 1
        before = self._columns[:phase]
        if not self._beside:
            return place + sum(len(column) + 1 for column in before), 0
        return place, sum(len(column) >= place for column in before)


def _key(rows: DagRows, number: int) -> tuple[int, _Key]:
    row = rows.rows[number]
    return _PHASES.index(row.phase), (_PLACE[row.mark], number)

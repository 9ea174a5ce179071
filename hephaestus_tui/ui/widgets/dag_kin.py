"""Ticks in the margin: in which task the selected one was found, and what was found in it, though no line leads there."""

from __future__ import annotations

from collections.abc import Collection

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_finding import DagFinding
from hephaestus_tui.ui.widgets.dag_jumps import parent_of
from hephaestus_tui.ui.widgets.dag_paint import CHILD, PARENT


class DagKin(DagFinding):
    """The ticks stand in the first cell of a row, where nothing else does."""

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__(glyphs, rails)
        self._kin_shown = False

    def action_kin(self) -> None:
        """Tick them, or no longer."""
        self._kin_shown = not self._kin_shown
        self._tick()

    def _put_cursor(self, task_id: TaskId | None) -> None:
        super()._put_cursor(task_id)
        self._tick()

    def _arrange(self, changed: Collection[int], *, grown: bool) -> None:
        super()._arrange(changed, grown=grown)
        if grown:
            self._tick()

    def _tick(self) -> None:
        before, ticks = self._painter.ticks, dict[TaskId, str]()
        if self._kin_shown and self._selected:
            ticks = dict.fromkeys(self._state.children(self._selected), CHILD)
            if parent := parent_of(self._state, self._selected):
                ticks[parent] = PARENT
        self._painter.ticks = ticks
        changed = (t for t in {**before, **ticks} if before.get(t) != ticks.get(t))
        self._redraw(row for t in changed if (row := self._rows.row_of(t)) is not None)

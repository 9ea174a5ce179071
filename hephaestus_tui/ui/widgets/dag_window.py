"""Which rows of the DAG its pane holds, and which of them are on the screen: measured once for each size of the pane."""

from __future__ import annotations

from collections.abc import Collection

from textual.geometry import Size
from textual.scroll_view import ScrollView

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_folds import Folds
from hephaestus_tui.ui.widgets.dag_gutter import gutter_width, lanes_for
from hephaestus_tui.ui.widgets.dag_minimap import Cell
from hephaestus_tui.ui.widgets.dag_paint import DagPainter
from hephaestus_tui.ui.widgets.dag_rows import DagRows

_BARS_FROM = 14  # rows of the pane


class DagWindow(ScrollView):
    """Rows, their lines, and the place of the cursor among them."""

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._painter = DagPainter(glyphs, self.get_component_rich_style)
        self._state = RunState()
        self._rails = rails or RailsSettings()
        self._rows = self._new_rows(self._lanes_in(0))
        self._of_lanes = {self._rows.layout.lanes: self._rows}  # so that a row is where it was when the width is
        self._gutter_cells = gutter_width(self._rows.layout)
        self._folds, self._opened = Folds(), set[int]()
        self._tidy: tuple[Folds, int, set[int]] | None = None  # what was folded last, down to which row, but for which
        self._begun = False  # rows were shown, so from now on none of them is folded away by itself
        self._map: tuple[Cell, ...] = ()
        self._selected: TaskId | None = None
        self._parked = False  # the cursor was put on a row that is not the newest
        self._at_end = True  # the newest row is in view, or was when the last row came
        self._seen = 0
        self._measured = (Size(-1, -1), Size(0, 0))

    def _lanes_in(self, width: int) -> int:
        return lanes_for(width, self._rails.lanes)

    def _new_rows(self, lanes: int, only: Collection[TaskId] | None = None) -> DagRows:
        return DagRows(lanes, only, self._rails.reach)

    @property
    def _cursor(self) -> int | None:
        return None if self._selected is None else self._rows.row_of(self._selected)

    def _measure(self) -> Size:
        """The cells inside borders; kept, since Textual works them out anew for each row drawn."""
        if self.outer_size != self._measured[0]:
            self._measured = (self.outer_size, self.scrollable_content_region.size)
        return self._measured[1]

    @property
    def _width(self) -> int:
        """The cells of a row; the map has the one at their right."""
        return max(self._measure().width - 1, 0)

    @property
    def _head(self) -> int:
        """How many rows stand above the tasks: their counts, and the phases where there is room."""
        return 1 if self._measure().height < _BARS_FROM else 2

    @property
    def _page(self) -> int:
        """How many task rows are on the screen."""
        return max(self._measure().height - self._head, 1)

    def _reveal(self, row: int) -> None:
        top, line = self.scroll_offset.y, self._folds.line_of(row)
        if line < top:
            self.scroll_to(y=line, animate=False, force=True)
        elif line >= top + self._page:
            self.scroll_to(y=line - self._page + 1, animate=False, force=True)

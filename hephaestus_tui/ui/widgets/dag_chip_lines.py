"""The lines of the views that are made of chips: laid out once, kept in step by what changed, drawn where they are seen."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from textual.geometry import Region, Size
from textual.strip import Strip

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag_chips import Chip, Chips, LaidOut, View, chip_spans
from hephaestus_tui.ui.widgets.dag_focus import focus
from hephaestus_tui.ui.widgets.dag_folds import Stretch
from hephaestus_tui.ui.widgets.dag_narrowing import DagNarrowing
from hephaestus_tui.ui.widgets.dag_phases import Phases
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_tree import Tree

_FEW = 24


class DagChipLines(DagNarrowing):
    """A pane that has lines of chips beside its rows; `view` is what they show."""

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__(glyphs, rails)
        self.view = View.RAILS
        self._chips: Chips = LaidOut(lambda state: (), self._state)
        self._chips_of: DagRows | None = None
        self._centre: TaskId | None = None
        self._opened_below = set[TaskId]()  # where the tree shows what is finished

    def _build(self) -> None:
        """Lay the chips out anew."""
        rows, width = self._rows, self._width
        if self._centre is None:
            self._centre = self._selected or (rows.rows[-1].task_id if len(rows) else None)
        if self.view is View.TREE:
            self._chips = Tree(rows, self._state, width, self._glyphs, self._opened_below)
        elif self.view is View.PHASES:
            self._chips = Phases(rows, width)
        else:
            self._chips = LaidOut(partial(focus, centre=self._centre, width=width, glyphs=self._glyphs), self._state)
        self._chips_of = rows
        self._map = ()
        self._fit_chips()
        self._show_selected()
        self.refresh()

    def _follow(self, changed: Collection[int]) -> None:
        """Take over what changed; the selected task stays on its line of the screen, or else the one at the top."""
        if self._centre is None:
            self._build()
            return
        top = self.scroll_offset.y
        line = self._chips.line_of(self._selected)
        if line is None or not top <= line < top + self._page:
            line = top
        chips = self._chips.line(line) if line < len(self._chips) else ()
        held = self._selected if self._chips.line_of(self._selected) == line else next((c.task_id for c in chips), None)
        if not self._chips.update(self._rows, self._state, changed):
            return
        self._fit_chips()
        now = self._chips.line_of(held)
        if now is not None and now != line:
            self.scroll_to(y=max(now - (line - top), 0), animate=False, force=True)
        self.refresh()

    def _fit_chips(self) -> None:
        size = Size(self._width + 1, len(self._chips) + self._head)
        if size != self.virtual_size:
            self.virtual_size = size

    def _show_selected(self) -> None:
        y, top = self._chips.line_of(self._selected), self.scroll_offset.y
        if y is not None and not top <= y < top + self._page:
            self.scroll_to(y=y if y < top else y - self._page + 1, animate=False, force=True)

    def _redraw_chips(self, rows: Collection[int]) -> None:
        self._painter.forget(Stretch(row, row) for row in rows)
        if len(rows) > _FEW:
            self.refresh(Region(0, self._head, self._width + 1, self._page))
            return
        top = self.scroll_offset.y
        lines = {self._chips.line_of(self._rows.rows[row].task_id) for row in rows}
        shown = [line - top + self._head for line in lines if line is not None and top <= line < top + self._page]
        if shown:
            self.refresh(*(Region(0, y, self._width, 1) for y in shown))

    def _found_behind(self, chip: Chip) -> int:
        found = self._painter.found
        if not found or chip.task_id is None:
            return 0
        return sum(task_id in found for task_id in self._chips.hidden(chip.task_id))

    def _line(self, number: int) -> Strip:
        strips, at = [], 0
        for chip in self._chips.line(number):
            row = self._whole.row_of(chip.task_id) if chip.task_id else None
            here = chip.task_id is not None and chip.task_id == self._selected
            told = self._whole.rows[row] if row is not None else None
            spans = chip_spans(
                chip, told, self._state, self._glyphs, here=here, edges=self._painter.edges, found=self._found_behind(chip)
            )  # fmt: skip
            if chip.task_id:
                spans = self._painter.matched(spans, chip.task_id, here=here)
            if chip.x > at:
                strips.append(Strip.blank(chip.x - at, self.rich_style))
            strips.append(self._painter.strip(spans, chip.width, here=here))
            at = chip.x + chip.width
        strips.append(Strip.blank(max(self._width - at, 0), self.rich_style))
        return Strip.join(strips)

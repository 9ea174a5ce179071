"""Other ways to look at the same tasks in the DAG's pane, with one selection for all: tree, focus, phases."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from textual import events
from textual.strip import Strip

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.text import line
from hephaestus_tui.ui.widgets.dag_chip_lines import DagChipLines
from hephaestus_tui.ui.widgets.dag_chips import View
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_spans import Span
from hephaestus_tui.ui.widgets.dag_tree import above

_TOLD = {
    View.TREE: "tree: each under where it was found",
    View.FOCUS: "focus: what waits for what, both ways",
    View.PHASES: "phases: what to know of comes first",
}


class DagViews(DagChipLines):
    """The rails are drawn by what is below; in other views the lines are chips, and scrolling is by their lines."""

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__(glyphs, rails)
        self._rails_top = 0.0

    def action_view(self, name: str) -> None:
        """Look at the tasks in another way; the selected one stays selected, and comes into view."""
        view = View(name)
        if view is self.view:
            return
        if self.view is View.RAILS:
            self._rails_top = self.scroll_offset.y
        self.view, self._centre = view, self._selected
        if view is View.RAILS:
            self._resize_lines()
            self.scroll_to(y=self._rails_top, animate=False, force=True)
            if self._cursor is not None:
                self._reveal(self._cursor)
            self._redraw_map()
            self._note_place()
        else:
            self.scroll_to(y=0, animate=False, force=True)
            self._build()
        self.refresh()

    def action_centre(self) -> None:
        """In the focus: put the selected task into its middle."""
        if self.view is View.FOCUS:
            self._centre = self._selected
            self._build()

    # -- what the rails do otherwise

    def _put_cursor(self, task_id: TaskId | None) -> None:
        if self.view is View.RAILS:
            super()._put_cursor(task_id)
            return
        self._selected = task_id
        self._parked = self._cursor is not None and self._cursor < len(self._rows) - 1
        if task_id is not None and self._chips.line_of(task_id) is None:
            self._bring_in(task_id)
        self._painter.forget()
        self._show_selected()
        self.refresh()

    def _bring_in(self, task_id: TaskId) -> None:
        """Give a task that has no chip one: as the focus' centre, or in the tree by opening what hides it."""
        if self.view is View.FOCUS:
            self._centre = task_id
        else:
            self._opened_below.update(above(self._state, task_id))
        self._build()

    def _unfold_row(self, row: int) -> None:
        if self.view is View.RAILS:
            super()._unfold_row(row)

    def _reveal(self, row: int) -> None:
        if self.view is View.RAILS:
            super()._reveal(row)

    def _resize_lines(self) -> None:
        if self.view is View.RAILS:
            super()._resize_lines()

    def _on_resize(self, event: events.Resize) -> None:
        super()._on_resize(event)
        if self.view is not View.RAILS:
            self._build()

    def _redraw_map(self) -> None:
        if self.view is View.RAILS:
            super()._redraw_map()

    def _note_place(self) -> None:
        if self.view is View.RAILS:
            super()._note_place()

    def _arrange(self, changed: Collection[int], *, grown: bool) -> None:
        """Keep the lines of the rails in step, but scroll nothing for them while other lines are on the screen."""
        if self.view is View.RAILS:
            super()._arrange(changed, grown=grown)
            return
        changed = tuple(changed)
        self._folds.grow(len(self._rows))
        self._folds.wake(row for row in changed if not self._rows.finished[row])
        if self._chips_of is self._rows:
            self._follow(changed)

    def _take_rows(self, rows: DagRows) -> None:
        super()._take_rows(rows)
        if self.view is not View.RAILS:
            self._build()

    def _widen(self) -> None:
        super()._widen()
        if self.view is not View.RAILS:
            self._show_selected()

    def action_fold(self) -> None:
        """In the tree: open or fold what was found in the selected task, where all of it is finished."""
        if self.view is View.RAILS:
            super().action_fold()
        elif self.view is View.TREE and self._selected:
            self._opened_below ^= {self._selected}
            self._build()

    def move(self, by: int) -> None:
        if self.view is View.RAILS:
            super().move(by)
            return
        there = self._chips.below(self._selected or "", by)
        if there is not None:
            self._go(there)

    def action_first(self) -> None:
        if self.view is View.RAILS:
            super().action_first()
        elif there := self._chips.first():
            self._go(there)

    def action_last(self) -> None:
        if self.view is View.RAILS:
            super().action_last()
        elif there := self._chips.last():
            self._go(there)

    def on_click(self, event: events.Click) -> None:
        if self.view is View.RAILS:
            super().on_click(event)
            return
        offset = event.get_content_offset(self)
        if offset is not None and offset.y >= self._head:
            there = self._chips.at(offset.y - self._head + self.scroll_offset.y, offset.x)
            if there is not None:
                self._go(there)

    def _redraw(self, rows: Iterable[int]) -> None:
        if self.view is View.RAILS:
            super()._redraw(rows)
        else:
            self._redraw_chips(tuple(rows))

    def render_line(self, y: int) -> Strip:
        if self.view is View.RAILS or y < self._head - 1 or not len(self._rows):
            return super().render_line(y)
        if y == self._head - 1:
            if self._painter.notes:
                return self._edged(self._painter.told(), y)
            return self._edged(
                self._painter.strip(
                    [Span(f" {line(_TOLD[self.view], self._width - 2, ellipsis=self._glyphs.ellipsis)}", "header")]
                ),
                y,
            )
        number = y - self._head + self.scroll_offset.y
        if number >= len(self._chips):
            return Strip.blank(self._width + 1, self.rich_style)
        return self._edged(self._line(number), y)

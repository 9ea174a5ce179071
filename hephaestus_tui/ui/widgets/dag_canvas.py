"""The pane of the DAG without its keys: what is drawn where, and that as little as possible is drawn.

Nothing that arrives moves the selection, and the view scrolls by itself only to follow new rows at its end. A row on the
screen is never folded by itself: only what is above it is, while the newest rows are followed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.selection import Picked
from hephaestus_tui.ui.widgets.dag_gutter import gutter_width
from hephaestus_tui.ui.widgets.dag_minimap import minimap
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_window import DagWindow

_MANY = 256


class DagCanvas(DagWindow):
    """The tasks and proposals of a run, one line each, but for runs of finished ones that are folded."""

    # -- what others call

    @property
    def selected(self) -> TaskId | None:
        return self._selected

    def select(self, task_id: TaskId | None) -> None:
        """Put the cursor on a task and bring it into view; no message. An id that is not shown yet waits for its row."""
        if task_id != self._selected:
            self._put_cursor(task_id)

    def _put_cursor(self, task_id: TaskId | None) -> None:
        before, self._selected = self._cursor, task_id
        row = self._cursor
        if row is not None:
            self._parked = row < len(self._rows) - 1
            self._reveal(row)
        for place in (before, row):
            if place is not None:
                reach = self._rows.layout.reach
                self._redraw(range(max(place - reach, 0), min(place + reach + 1, len(self._rows))))

    def show(self, state: RunState) -> None:
        """Take over a state that followed the last one, and draw what changed of it."""
        self._state = state
        update = self._rows.update(state)
        if not update.changed:
            return
        grown = len(self._rows) > update.first_new
        if grown:
            self._painter.fit_ids(self._rows.rows[-1].task_id)
        self._arrange(update.changed, grown=grown)
        if (cells := gutter_width(self._rows.layout)) != self._gutter_cells:
            self._gutter_cells = cells
            self._painter.forget()
            self.refresh()
        self._redraw(update.changed)
        self._redraw_map()
        self.refresh(Region(0, 0, self._width + 1, self._head))

    def show_picked(self, picked: Mapping[TaskId, Picked]) -> None:
        """Mark the proposals that are selected to be decided together."""
        before, self._painter.picked = self._painter.picked, picked
        changed = [t for t in {**before, **picked} if before.get(t) is not picked.get(t)]
        self._redraw(row for t in changed if (row := self._rows.row_of(t)) is not None)

    # -- lines, growth and size

    def _unfold_row(self, row: int) -> None:
        """Give a row that is folded with others a line of its own, until they are folded again."""
        if self._folds.at(self._folds.line_of(row)).folded:
            self._keeping_place(lambda: self._folds.unfold(row, row))

    def _arrange(self, changed: Collection[int], *, grown: bool) -> None:
        """Give new rows their lines, folded ones that are finished no longer theirs, and fold what nobody looks at."""
        finished, following = self._rows.finished, self._at_end and not self._parked
        self._folds.grow(len(self._rows))
        moved = grown or any(finished[row] for row in changed)
        if self._folds.any:
            moved |= self._keeping_place(lambda: self._folds.wake(row for row in changed if not finished[row]))
        if not self._begun and self._page > 1 and len(self._rows):
            self._begun = True
            if len(self._rows) > self._page:
                self._folds.fold(finished, 0, len(self._rows), self._kept)
                grown = True
        if grown:
            self._grow()
        if following and len(self._folds) > self._page:
            top = self._folds.at(min(self.scroll_offset.y, len(self._folds) - 1)).first
            tidy = (self._folds, top, self._kept)
            if moved or tidy != self._tidy:  # all rows are looked through
                self._keeping_place(lambda: self._folds.fold(finished, 0, top, tidy[-1]))
                self._tidy = tidy

    @property
    def _kept(self) -> set[int]:
        """The rows that are never folded away by themselves."""
        return self._opened if self._cursor is None else self._opened | {self._cursor}

    def _keeping_place(self, change: Callable[[], bool], row: int | None = None) -> bool:
        """Change the lines so that `row`, or else the one at the top, stays where it is on the screen."""
        if not len(self._folds):
            return change()
        held = self._folds.at(min(self.scroll_offset.y, len(self._folds) - 1)).first if row is None else row
        above = self._folds.line_of(held) - self.scroll_offset.y
        if not change():
            return False
        self._painter.forget()
        self._resize_lines()
        self.scroll_to(y=max(self._folds.line_of(held) - above, 0), animate=False, force=True)
        self._redraw_map()
        self._note_place()
        self.refresh()
        return True

    def _resize_lines(self) -> None:
        self.virtual_size = Size(self._width + 1, len(self._folds) + self._head)

    def _grow(self) -> None:
        """Make room for new lines, which lays the screen out, and follow them unless a person looks elsewhere.

        The scroll is forced, since the scroll bar that permits it is shown only after the layout.
        """
        self._resize_lines()
        if self._at_end and not self._parked:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
            self._seen = len(self._rows)
        self._note_place()

    def _on_resize(self, event: events.Resize) -> None:
        self._painter.width = self._width
        lanes = self._lanes_in(self._width)
        if lanes != self._rows.layout.lanes:
            self._rows = self._rows_for(lanes)
            self._rows.update(self._state)
        self._gutter_cells = gutter_width(self._rows.layout)
        self._painter.forget()
        self._arrange(range(len(self._rows)), grown=True)
        if self._parked and self._cursor is not None:
            self._reveal(self._cursor)
        self._redraw_map()
        self.refresh()

    def _rows_for(self, lanes: int) -> DagRows:
        return self._of_lanes.setdefault(lanes, self._new_rows(lanes))

    def _take_rows(self, rows: DagRows) -> None:
        """Show other rows in place of these; the cursor comes into view."""
        self._rows, self._gutter_cells = rows, gutter_width(rows.layout)
        self._painter.forget()
        self._arrange(range(len(rows)), grown=True)
        if self._cursor is not None:
            self._reveal(self._cursor)
        self._redraw_map()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._note_place()
        self._redraw_map()

    def _note_place(self) -> None:
        self._at_end = self.scroll_offset.y >= self.max_scroll_y
        shown = min(self.scroll_offset.y + self._page, len(self._folds))
        self._seen = max(self._seen, self._folds.at(shown - 1).last + 1 if shown > 0 else 0)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._measured = (Size(-1, -1), Size(0, 0))
        self._painter.restyle()

    # -- drawing

    def _redraw(self, rows: Iterable[int]) -> None:
        rows = tuple(rows)
        if len(rows) > _MANY:
            self._painter.forget()
            self.refresh()
            return
        top, lines = self.scroll_offset.y, {self._folds.line_of(row) for row in rows}
        self._painter.forget(self._folds.at(line) for line in lines)
        shown = [line - top + self._head for line in lines if top <= line < top + self._page]
        if shown:
            self.refresh(*(Region(0, y, self._width, 1) for y in shown))

    def _redraw_map(self) -> None:
        levels = self._folds.by_line(self._rows.levels)
        before, self._map = self._map, minimap(levels, self._page, self.scroll_offset.y, self._page, self._glyphs)
        if len(before) != len(self._map):
            self.refresh()
        elif changed := [y for y, cell in enumerate(self._map) if cell != before[y]]:
            self.refresh(*(Region(self._width, y + self._head, 1, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        self._painter.width = self._width
        if y < self._head:
            if y == self._head - 1 and self._painter.notes:
                return self._edged(self._painter.told(), y)
            if y and len(self._rows):
                return self._edged(self._painter.bars(self._rows), y)
            return self._edged(self._painter.header(self._rows, len(self._rows) - self._seen, self.rich_style), y)
        line = y - self._head + self.scroll_offset.y
        if line < len(self._folds):
            return self._edged(self._painter.row(self._rows, self._folds.at(line), self._cursor), y)
        if len(self._rows) or y != self.size.height // 3:
            return Strip.blank(self._width + 1, self.rich_style)
        return self._edged(self._painter.empty(), y)

    def _edged(self, strip: Strip, y: int) -> Strip:
        """A row and its cell of the map."""
        place = y - self._head
        if 0 <= place < len(self._map):
            return Strip.join((strip, self._painter.cell(self._map[place])))
        return Strip.join((strip, Strip.blank(1, self.rich_style)))

"""Moving about the DAG by rows, folding, and the mouse; what is drawn, and when, is in `dag_canvas`."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message

from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.widgets.dag_canvas import DagCanvas
from hephaestus_tui.ui.widgets.dag_minimap import place_at


class DagMoving(DagCanvas):
    """A canvas with a cursor that a person moves."""

    @dataclass
    class TaskChosen(Message, namespace="dag_view"):
        """A person moved the cursor to this task."""

        task_id: TaskId

    def move(self, by: int) -> None:
        """Move the cursor as a person does; without one it enters at the edge of the view."""
        if not len(self._folds):
            return
        top, row = self.scroll_offset.y, self._cursor
        if row is None:
            line = top if by > 0 else min(top + self._page, len(self._folds)) - 1
        else:
            line = self._folds.line_of(row) + by
        self._choose(line, by)

    def _choose(self, line: int, by: int = 1) -> None:
        """Put the cursor on a line; on one of folded rows it stands on the row that it comes to first."""
        stretch = self._folds.at(max(0, min(line, len(self._folds) - 1)))
        row = self._cursor
        if row is None or not stretch.first <= row <= stretch.last:
            row = stretch.first if by > 0 else stretch.last
        self._go(self._rows.rows[row].task_id)

    def _go(self, task_id: TaskId) -> None:
        if task_id == self._selected:
            self._reveal(self._rows.row_of(task_id) or 0)
            return
        self._put_cursor(task_id)
        self.post_message(self.TaskChosen(task_id))

    def action_move(self, by: int) -> None:
        self.move(by)

    def action_page(self, by: int) -> None:
        self.move(by * max(self._page - 1, 1))

    def action_first(self) -> None:
        if len(self._folds):
            self._choose(0)

    def action_last(self) -> None:
        if len(self._folds):
            self._choose(len(self._folds) - 1, -1)
            self._parked = False

    def action_fold(self) -> None:
        """Open the folded rows under the cursor, fold the finished ones around it, or all; it keeps its line."""
        row, finished = self._cursor, self._rows.finished
        if row is None or not finished[row]:
            first, last, here = 0, len(self._rows) - 1, self._folds.any
        else:
            first = row - next((n for n, done in enumerate(reversed(finished[:row])) if not done), row)
            last = row - 1 + next((n for n, done in enumerate(finished[row:]) if not done), len(finished) - row)
            here = self._folds.at(self._folds.line_of(row)).folded
        if last < first:
            return
        rows = range(first, last + 1)
        if here:
            self._opened.update(row for row in rows if finished[row])
            self._keeping_place(lambda: self._folds.unfold(first, last), row)
        else:
            self._opened.difference_update(rows)
            self._keeping_place(lambda: self._folds.fold(finished, first, last + 1), row)

    def action_edges(self) -> None:
        """Show the edges that are live, or all, or none: no row moves."""
        self._painter.edges = self._painter.edges.next
        self._painter.forget()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._head:
            return
        place = offset.y - self._head
        if offset.x >= self._width and self._map:
            self.scroll_to(y=place_at(place, self._page, len(self._folds)) - self._page // 2, animate=False, force=True)
            return
        line = place + self.scroll_offset.y
        if line < len(self._folds):
            self._choose(line)

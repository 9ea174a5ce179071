"""The pane of the DAG: one row a task, its edges in a gutter; it redraws only the rows that changed.

Nothing that arrives moves the selection, and the view scrolls by itself only to follow new rows at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.selection import Picked
from hephaestus_tui.ui.widgets.dag_paint import CLASSES, CSS, DagPainter
from hephaestus_tui.ui.widgets.dag_picture import HEADER_CELLS, gutter_width, lanes_for
from hephaestus_tui.ui.widgets.dag_rows import DagRows


class DagView(ScrollView):
    """The tasks and proposals of a run. `show` it each frame; it posts `TaskChosen` when a person moves the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = CLASSES
    DEFAULT_CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("g,home", "first", "First task", show=False),
        Binding("G,end", "last", "Newest task, and follow", show=False),
    ]

    @dataclass
    class TaskChosen(Message):
        """A person moved the cursor to this task."""

        task_id: TaskId

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._painter = DagPainter(glyphs, self.get_component_rich_style)
        self._state = RunState()
        self._rows = DagRows(lanes_for(0))
        self._of_lanes = {self._rows.layout.lanes: self._rows}  # so that a row is where it was when the width is
        self._gutter_cells = gutter_width(self._rows.layout)
        self._selected: TaskId | None = None
        self._parked = False  # the cursor was put on a row that is not the newest
        self._at_end = True  # the newest row is in view, or was when the last row came
        self._seen = 0
        self._measured = (Size(-1, -1), Size(0, 0))

    # -- what others call

    @property
    def selected(self) -> TaskId | None:
        return self._selected

    def select(self, task_id: TaskId | None) -> None:
        """Put the cursor on a task and bring it into view; no message. An id that is not shown yet waits for its row."""
        if task_id == self._selected:
            return
        before, self._selected = self._cursor, task_id
        row = self._cursor
        if row is not None:
            self._parked = row < len(self._rows) - 1
            self._reveal(row)
        for place in (before, row):
            if place is not None:
                reach = self._rows.layout.reach
                self._redraw(range(place - reach, place + reach + 1))

    def move(self, by: int) -> None:
        """Move the cursor as a person does; without one it enters at the edge of the view."""
        if not len(self._rows):
            return
        top = self.scroll_offset.y
        row = self._cursor
        if row is None:
            row = top if by > 0 else min(top + self._page, len(self._rows)) - 1
        else:
            row += by
        self._choose(row)

    def show(self, state: RunState) -> None:
        """Take over a state that followed the last one, and draw what changed of it."""
        self._state = state
        update = self._rows.update(state)
        if not update.changed:
            return
        if len(self._rows) > update.first_new:
            self._grow()
            self._painter.fit_ids(self._rows.rows[-1].task_id)
        if (cells := gutter_width(self._rows.layout)) != self._gutter_cells:
            self._gutter_cells = cells
            self._painter.forget()
            self.refresh()
        self._redraw(update.changed)
        self.refresh(Region(0, 0, self._width, HEADER_CELLS))

    def show_picked(self, picked: Mapping[TaskId, Picked]) -> None:
        """Mark the proposals that are selected to be decided together."""
        before, self._painter.picked = self._painter.picked, picked
        changed = [t for t in {**before, **picked} if before.get(t) is not picked.get(t)]
        self._redraw(row for t in changed if (row := self._rows.row_of(t)) is not None)

    # -- growth and size

    def _grow(self) -> None:
        """Make room for new rows, which lays the screen out, and follow them unless a person looks elsewhere.

        The scroll is forced, since the scroll bar that permits it is shown only after the layout.
        """
        self.virtual_size = Size(self._width, len(self._rows) + HEADER_CELLS)
        if self._at_end and not self._parked:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
            self._seen = len(self._rows)
        self._note_place()

    def _on_resize(self, event: events.Resize) -> None:
        self._painter.width = self._width
        lanes = lanes_for(self._width)
        if lanes != self._rows.layout.lanes:
            self._rows = self._of_lanes.setdefault(lanes, DagRows(lanes))
            self._rows.update(self._state)
        self._gutter_cells = gutter_width(self._rows.layout)
        self._painter.forget()
        self._grow()
        if self._parked and self._cursor is not None:
            self._reveal(self._cursor)
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._note_place()

    def _note_place(self) -> None:
        self._at_end = self.scroll_offset.y >= self.max_scroll_y
        self._seen = max(self._seen, min(self.scroll_offset.y + self._page, len(self._rows)))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._measured = (Size(-1, -1), Size(0, 0))
        self._painter.restyle()

    # -- moving

    @property
    def _cursor(self) -> int | None:
        return None if self._selected is None else self._rows.row_of(self._selected)

    def _measure(self) -> Size:
        """The cells inside borders and scroll bar; kept, since Textual works them out anew for each row drawn."""
        if self.outer_size != self._measured[0]:
            self._measured = (self.outer_size, self.scrollable_content_region.size)
        return self._measured[1]

    @property
    def _width(self) -> int:
        return self._measure().width

    @property
    def _page(self) -> int:
        """How many task rows are on the screen."""
        return max(self._measure().height - HEADER_CELLS, 1)

    def _choose(self, row: int) -> None:
        task_id = self._rows.rows[max(0, min(row, len(self._rows) - 1))].task_id
        if task_id == self._selected:
            self._reveal(self._rows.row_of(task_id) or 0)
            return
        self.select(task_id)
        self.post_message(self.TaskChosen(task_id))

    def _reveal(self, row: int) -> None:
        top = self.scroll_offset.y
        if row < top:
            self.scroll_to(y=row, animate=False, force=True)
        elif row >= top + self._page:
            self.scroll_to(y=row - self._page + 1, animate=False, force=True)

    def action_move(self, by: int) -> None:
        self.move(by)

    def action_page(self, by: int) -> None:
        self.move(by * max(self._page - 1, 1))

    def action_first(self) -> None:
        if len(self._rows):
            self._choose(0)

    def action_last(self) -> None:
        if len(self._rows):
            self._choose(len(self._rows) - 1)
            self._parked = False

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y >= HEADER_CELLS:
            row = offset.y - HEADER_CELLS + self.scroll_offset.y
            if row < len(self._rows):
                self._choose(row)

    # -- drawing

    def _redraw(self, rows: Iterable[int]) -> None:
        top, rows = self.scroll_offset.y, tuple(rows)
        self._painter.forget(rows)
        shown = [row - top + HEADER_CELLS for row in rows if top <= row < top + self._page]
        if shown:
            self.refresh(*(Region(0, y, self._width, 1) for y in shown))

    def render_line(self, y: int) -> Strip:
        self._painter.width = self._width
        if y < HEADER_CELLS:
            return self._painter.header(self._rows, len(self._rows) - self._seen, self.rich_style)
        row = y - HEADER_CELLS + self.scroll_offset.y
        if row < len(self._rows):
            return self._painter.row(self._rows, row, self._cursor)
        if len(self._rows) or y != self.size.height // 3:
            return Strip.blank(self._width, self.rich_style)
        return self._painter.empty()

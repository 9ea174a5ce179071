"""The pane of the DAG: one row a task, its edges in a gutter; it redraws only the rows that changed.

Nothing that arrives moves the selection, and the view scrolls by itself only to follow new rows at its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import COLOURS, GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag_picture import (
    HEADER_CELLS,
    STYLES,
    TITLES,
    Span,
    counts,
    gutter,
    gutter_width,
    lanes_for,
    words,
)
from hephaestus_tui.ui.widgets.dag_rows import DagRows

_KEPT_STRIPS = 512
_ROLES_FROM = 72
_ON_CURSOR = ("phase", *TITLES.values())


def _class(style: str) -> str:
    return f"dag--{style.replace(' ', '-')}"


class DagView(ScrollView):
    """The tasks and proposals of a run. `show` it each frame; it posts `TaskChosen` when a person moves the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {_class(s) for s in (*Mark, *STYLES, "cursor", "header", "empty")}
    DEFAULT_CSS = """
    DagView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        .dag--lane { color: $text-muted 55%; }
        .dag--lane-chosen { color: $accent; text-style: bold; }
        .dag--phase, .dag--role, .dag--named, .dag--header, .dag--empty { color: $text-muted; }
        .dag--title-waiting { color: $foreground 75%; }
        .dag--broken { color: $error; }
        .dag--title-live { text-style: bold; }
        .dag--title-needs-you { color: $secondary; text-style: bold; }
        .dag--title-ghost { color: $text-muted; text-style: italic; }
        .dag--title-struck { color: $text-disabled; text-style: strike; }
        .dag--title-past { color: $text-disabled; }
        .dag--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus .dag--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        MARKS
    }
    """.replace("MARKS", "\n".join(f".{_class(mark)} {{ color: ${colour}; }}" for mark, colour in COLOURS.items()))
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
        self._glyphs = glyphs
        self._state = RunState()
        self._rows = DagRows(lanes_for(0))
        self._of_lanes = {self._rows.layout.lanes: self._rows}  # so that a row is where it was when the width is
        self._gutter_cells = gutter_width(self._rows.layout)
        self._selected: TaskId | None = None
        self._parked = False  # the cursor was put on a row that is not the newest
        self._at_end = True  # the newest row is in view, or was when the last row came
        self._seen = 0
        self._id_cells = 0
        self._measured = (Size(-1, -1), Size(0, 0))
        self._strips: dict[int, Strip] = {}
        self._styles: dict[tuple[str, bool], Style] = {}

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
            self._widen_ids()
        if (cells := gutter_width(self._rows.layout)) != self._gutter_cells:
            self._gutter_cells = cells
            self._strips.clear()
            self.refresh()
        self._redraw(update.changed)
        self._redraw_header()

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

    def _widen_ids(self) -> None:
        cells = max(3, len(self._rows.rows[-1].task_id))
        if cells != self._id_cells:
            self._id_cells = cells
            self._strips.clear()

    def _on_resize(self, event: events.Resize) -> None:
        lanes = lanes_for(self._width)
        if lanes != self._rows.layout.lanes:
            self._rows = self._of_lanes.setdefault(lanes, DagRows(lanes))
            self._rows.update(self._state)
        self._gutter_cells = gutter_width(self._rows.layout)
        self._strips.clear()
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
        self._strips.clear()
        self._styles.clear()

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
        top = self.scroll_offset.y
        regions = []
        for row in rows:
            self._strips.pop(row, None)
            if top <= row < top + self._page:
                regions.append(Region(0, row - top + HEADER_CELLS, self._width, 1))
        if regions:
            self.refresh(*regions)

    def _redraw_header(self) -> None:
        self.refresh(Region(0, 0, self._width, HEADER_CELLS))

    def render_line(self, y: int) -> Strip:
        if y < HEADER_CELLS:
            return self._header_strip()
        row = y - HEADER_CELLS + self.scroll_offset.y
        if row >= len(self._rows):
            return self._blank_strip(y)
        strip = self._strips.get(row)
        if strip is None:
            if len(self._strips) >= _KEPT_STRIPS:
                self._strips.clear()
            strip = self._strips[row] = self._row_strip(row)
        return strip

    def _row_strip(self, row: int) -> Strip:
        task = self._rows.rows[row]
        cursor = self._cursor
        here = row == cursor
        spans = [Span(self._glyphs.pointer if here else " ", "lane-chosen")]
        spans += gutter(self._rows.layout, row, task.mark, self._glyphs, cursor)
        spans.append(Span(" ", "lane"))
        room = self._width - gutter_width(self._rows.layout) - 2 - (self._width >= _ROLES_FROM)
        spans += words(task, room, self._glyphs, id_cells=self._id_cells, with_role=self._width >= _ROLES_FROM)
        return self._strip(spans, here)

    def _header_strip(self) -> Strip:
        if not len(self._rows):
            return Strip.blank(self._width, self.rich_style)
        spans = [Span(" ", "header"), *counts(self._rows.counts, self._width - 2, self._glyphs)]
        unseen = len(self._rows) - self._seen
        if unseen > 0:
            note = f"{unseen} new below "
            gap = self._width - cell_len(note) - sum(cell_len(span.text) for span in spans)
            if gap > 0:
                spans += [Span(" " * gap, "header"), Span(note, Mark.READY)]
        return self._strip(spans)

    def _blank_strip(self, y: int) -> Strip:
        if len(self._rows) or y != self.size.height // 3:
            return Strip.blank(self._width, self.rich_style)
        return self._strip([Span("No tasks yet".center(self._width), "empty")])

    def _strip(self, spans: Iterable[Span], here: bool = False) -> Strip:
        segments = [Segment(span.text, self._style(span.style, here)) for span in spans]
        return Strip(segments).adjust_cell_length(self._width, self._style("cursor" if here else "lane", here))

    def _style(self, name: str, here: bool) -> Style:
        """The style of a span; on the cursor's row the words take its colour, signs and lines keep their own."""
        style = self._styles.get((name, here))
        if style is None:
            style = self.get_component_rich_style(_class(name))
            if here:
                cursor = self.get_component_rich_style(_class("cursor"))
                over = cursor if name in _ON_CURSOR else Style(bgcolor=cursor.bgcolor)
                style += over
            self._styles[name, here] = style
        return style

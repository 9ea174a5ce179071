"""A scrolled pane of styled lines that draws only what is on the screen, and keeps what it has drawn."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from hephaestus_tui.ui.named_keys import with_names
from hephaestus_tui.ui.widgets.lines import LINKED, Lines, Row, rows_of
from hephaestus_tui.ui.widgets.named import CSS, classes, named

MARGIN = 1  # cells left and right of the text; a panel's background covers them


class LinesView(ScrollView):
    """Shows `Lines`, wrapped to its width; scrolled by keys and wheel, without animation."""

    COMPONENT_CLASSES: ClassVar[set[str]] = classes("lines")
    DEFAULT_CSS = """
    LinesView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
    }
    """ + CSS.replace("VIEW", "LinesView").replace("PREFIX", "lines")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "line_up", "Up", show=False),
        Binding("down", "line_down", "Down", show=False),
        Binding("pageup", "screen_up", "Page up", show=False),
        Binding("pagedown", "screen_down", "Page down", show=False),
        Binding("home", "top", "Top", show=False),
        Binding("end", "bottom", "Bottom", show=False),
    ]
    BINDINGS = with_names("text", BINDINGS)

    def __init__(self, lines: Lines = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines = lines
        self._rows: list[Row] = []
        self._width = 0
        self._strips: dict[int, Strip] = {}
        self._kept: tuple[int, tuple[int, float]] | None = None

    @property
    def lines(self) -> Lines:
        return self._lines

    def set_lines(self, lines: Lines) -> bool:
        """Show other lines at the same place; False where they are the same, and nothing is drawn."""
        if lines == self._lines:
            return False
        self._lines, self._kept = lines, None
        self._lay_out()
        return True

    def row_of_line(self, number: int) -> int:
        """The first row of a line."""
        return next((y for y, row in enumerate(self._rows) if row.line >= number), 0)

    def row_at(self, y: int) -> Row | None:
        return self._rows[y] if 0 <= y < len(self._rows) else None

    def redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def laid_out(self) -> None:
        """Called when the rows are new; a subclass may look at them."""

    def style_of(self, row: Row) -> str:
        """A style laid over a whole row; a subclass marks what is chosen with it."""
        return ""

    def style_of_link(self, row: Row, number: int) -> str:
        """A style laid over one of the links in a line."""
        return ""

    def _on_resize(self, event: events.Resize) -> None:
        if self.scrollable_content_region.width != self._width:
            place = self._place()
            self._lay_out()
            self._back_to(place)

    def _place(self) -> tuple[int, float] | None:
        """The line at the top, and how far into it; what it was before the last width, unless it was scrolled since."""
        y = self.scroll_offset.y
        if self._kept and self._kept[0] == y:
            return self._kept[1]
        if (top := self.row_at(y)) is None:
            return None
        return top.line, (y - self.row_of_line(top.line)) / self._rows_in(top.line)

    def _back_to(self, place: tuple[int, float] | None) -> None:
        if place is None or not self._rows:
            return
        line, part = place
        self.go_to(self.row_of_line(line) + int(part * self._rows_in(line)))
        self._kept = self.scroll_offset.y, place

    def _rows_in(self, line: int) -> int:
        return sum(row.line == line for row in self._rows)

    def _lay_out(self) -> None:
        self._width = self.scrollable_content_region.width
        if self._width <= 0:
            return
        self._rows = rows_of(self._lines, self._width - 2 * MARGIN)
        self._strips.clear()
        size = Size(self._width, len(self._rows))
        if size != self.virtual_size:
            self.virtual_size = size  # lays the screen out, so only when the number of rows changed
            self.go_to(min(self.scroll_offset.y, self.max_scroll_y))
        self.refresh()
        self.laid_out()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Where the style says `height: auto`."""
        return len(rows_of(self._lines, width - self.styles.scrollbar_size_vertical - 2 * MARGIN))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if width != self._width:
            return Strip.blank(width, self.rich_style)
        index = y + self.scroll_offset.y
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        if (strip := self._strips.get(index)) is None:
            strip = self._strips[index] = self._draw(self._rows[index], width)
        return strip

    def _draw(self, row: Row, width: int) -> Strip:
        base = self.visual_style
        if self._lines[row.line].panel:
            base += self._named("panel")
        over = self._named(self.style_of(row))
        ground = (base + over).rich_style
        segments = [
            Segment(text, (style + over).rich_style)
            for text, style in row.content.render(base, end="", parse_style=partial(self._parse, row))
        ]
        return Strip([Segment(" " * MARGIN, ground), *segments]).adjust_cell_length(width, ground)

    def _parse(self, row: Row, style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        names, _, number = style.partition(LINKED)
        return self._named(f"{names}{self.style_of_link(row, int(number))}") if number else self._named(names)

    def _named(self, names: str) -> Style:
        return named(self, "lines", names)

    def go_to(self, y: int) -> None:
        """Scroll so that row `y` is the first, as far as there are rows; at once, and also before the next layout."""
        self.scroll_to(y=y, animate=False, force=True)

    def action_line_up(self) -> None:
        self.go_to(self.scroll_offset.y - 1)

    def action_line_down(self) -> None:
        self.go_to(self.scroll_offset.y + 1)

    def action_screen_up(self) -> None:
        self.go_to(self.scroll_offset.y - self._page)

    def action_screen_down(self) -> None:
        self.go_to(self.scroll_offset.y + self._page)

    def action_top(self) -> None:
        self.go_to(0)

    def action_bottom(self) -> None:
        self.go_to(self.max_scroll_y)

    @property
    def _page(self) -> int:
        return max(self.scrollable_content_region.height - 1, 1)

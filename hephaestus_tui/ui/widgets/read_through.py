"""A text that waits for leave, shown exactly and to its end: without it a person would allow what they have not seen."""

from __future__ import annotations

from textual.message import Message

from hephaestus_tui.ui.widgets.lines import Line, Lines, Span, whole
from hephaestus_tui.ui.widgets.lines_view import LinesView


def exact_lines(text: str) -> Lines:
    """All of a text that waits for leave, wrapped at the cell; numbered, so that a wrapped line is not taken for two."""
    rows = whole(text, exact=True).split("\n")
    is_diff = any(row.startswith(("@@ ", "--- ", "+++ ")) for row in rows)
    width = len(str(len(rows)))
    lines: list[Line] = []
    for number, row in enumerate(rows, 1):
        style = {"+": "good", "-": "bad", "@": "accent"}.get(row[:1], "") if is_diff else ""
        head = (Span(f"{number:>{width}} ", "muted"),) if len(rows) > 1 else ()
        lines.append(Line((Span(row, style),), head=head, exact=True))
    return tuple(lines)


class ReadThrough(LinesView):
    """Knows whether its end has been on the screen."""

    class Read(Message):
        """The end came into view, for the first time."""

    read = False

    def take(self, lines: Lines) -> None:
        """Show another text, which has not been read."""
        self.read = False
        self.set_lines(lines)
        self.action_top()
        self._look()

    @property
    def rows_below(self) -> int:
        return max(self.row_count - self.scrollable_content_region.height - self.scroll_offset.y, 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def laid_out(self) -> None:
        self._look()

    def _look(self) -> None:
        shown = self.row_count > 0 and self.scrollable_content_region.height > 0
        if shown and not self.read and self.rows_below == 0:
            self.read = True
            self.post_message(self.Read())

"""The criteria of a task: one a line, numbered, so that one that wraps is not taken for two."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from hephaestus_tui.ui.widgets.fields import TextBox


class CriteriaBox(TextBox):
    """Enter begins the next criterion, ctrl+x takes the one under the cursor out, and two keys move it up or down."""

    DEFAULT_CSS = """
    CriteriaBox .text-area--gutter, CriteriaBox .text-area--cursor-gutter {
        color: $text-muted; background: $panel; text-style: none;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+up,ctrl+up", "move_row(-1)", "Move up", show=False),
        Binding("alt+down,ctrl+down", "move_row(1)", "Move down", show=False),
    ]

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(text, placeholder=placeholder, id=id)
        self.show_line_numbers = True

    def action_move_row(self, steps: int) -> None:
        """Change places with the criterion above or below; it can be undone like what was typed."""
        row, column = self.cursor_location
        other = row + steps
        if not 0 <= other < self.document.line_count:
            return
        upper, lower = sorted((row, other))
        first, second = self.document.get_line(upper), self.document.get_line(lower)
        self.replace(f"{second}\n{first}", (upper, 0), (lower, len(second)), maintain_selection_offset=False)
        self.move_cursor((other, column))

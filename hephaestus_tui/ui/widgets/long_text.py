"""A text of any length, of which only the rows on the screen are ever read, cleaned and drawn: five megabytes scroll like five lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hephaestus_tui.ui.colours import without_colours
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.coloured_rows import coloured_line
from hephaestus_tui.ui.widgets.finding import lit
from hephaestus_tui.ui.widgets.look import Look
from hephaestus_tui.ui.widgets.transcript_look import COMPONENTS, CSS, look_of

_PIECE = 1_000  # characters: longer lines go on in a row without a number
_SHIFT = 20  # cells


class LongText(ScrollView, can_focus=True):
    """Numbered lines, which are not wrapped: left and right shift them. `at` is the line of the match a person is at."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = f"""
    LongText {{
        overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 1; scrollbar-gutter: stable;
        {CSS}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "rows(-1)", "Up", show=False),
        Binding("down", "rows(1)", "Down", show=False),
        Binding("pageup", "pages(-1)", "Page up", show=False),
        Binding("pagedown,space", "pages(1)", "Page down", show=False),
        Binding("home", "to(0)", "Top", show=False),
        Binding("end", "to(-1)", "Bottom", show=False),
        Binding("left", "shift(-1)", "Left", show=False),
        Binding("right", "shift(1)", "Right", show=False),
    ]

    def __init__(self, text: str, glyphs: GlyphSet) -> None:
        super().__init__()
        self._rows = list(_rows(text))
        self._gutter = len(f"{max((number for number, _ in self._rows), default=1):,}") + 1
        self._look = Look(glyphs)
        self._left = 0
        self._words = ""
        self.at: int | None = None

    @property
    def lines(self) -> int:
        return max((number for number, _ in self._rows), default=0)

    def find(self, words: str, step: int = 1) -> tuple[int, int]:
        """Go to the next line that holds these words, or with -1 to the one before; which it is, of how many."""
        self._words = words.lower()
        found = [y for y, (_, text) in enumerate(self._rows) if self._words in without_colours(text).lower()]
        if not found:
            self.at, self._words = None, ""
            self.refresh()
            return 0, 0
        here = self.scroll_offset.y - 1 if self.at is None else self.at
        after = [y for y in found if (y > here if step > 0 else y < here)]
        self.at = (after or found)[0 if step > 0 else -1]
        self.scroll_to(y=self.at - self.size.height // 3, animate=False, force=True)
        self.refresh()
        return found.index(self.at) + 1, len(found)

    def render_line(self, y: int) -> Strip:
        width, index = self.scrollable_content_region.width, y + self.scroll_offset.y
        base = self._look.base
        if index >= len(self._rows):
            return Strip.blank(width, base)
        number, text = self._rows[index]
        mark = self._look.glyphs.pointer if index == self.at else " "
        head = Segment(f"{mark}{f'{number:,}' if number else '':>{self._gutter}}  ", base + self._look.faint)
        said = Strip(coloured_line(text, self._look))
        if self._words:
            said = lit(said, self._words, self.get_component_rich_style("transcript--found"))
        return Strip([head, *said.crop(self._left)]).adjust_cell_length(width, base)

    def on_mount(self) -> None:
        self._look = look_of(self, self._look.glyphs)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached:
            self.call_later(self._restyle)

    def on_resize(self, event: events.Resize) -> None:
        self.virtual_size = Size(event.size.width, len(self._rows))

    def action_rows(self, count: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + count, animate=False, force=True)

    def action_pages(self, count: int) -> None:
        self.action_rows(count * max(self.size.height - 1, 1))

    def action_to(self, y: int) -> None:
        self.scroll_to(y=y if y >= 0 else len(self._rows), animate=False, force=True)

    def action_shift(self, count: int) -> None:
        self._left = min(max(self._left + count * _SHIFT, 0), _PIECE)
        self.refresh()

    def _restyle(self) -> None:
        self._look = look_of(self, self._look.glyphs)
        self.refresh()


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its number; what goes on from the row above has none (0)."""
    for number, row in enumerate(text.removesuffix("\n").split("\n"), 1):
        yield number, row[:_PIECE]
        for start in range(_PIECE, len(row), _PIECE):
            yield 0, row[start : start + _PIECE]

"""A list of items under a cursor of which only what is on the screen is made: a thousand items cost as much as twenty."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

_NAMES = ("text", "strong", "muted", "good", "bad", "careful", "accent", "secondary")


class Piece(NamedTuple):
    """Clean text and the name of its style."""

    text: str
    style: str = "text"


Rows = Sequence[Sequence[Piece]]


class RowList(ScrollView, can_focus=False):
    """Items of `height` rows each. The keys are those of the screen that it is in, and so are the actions of the mouse: a
    click is its `move`, and a double click its `open_row`, where it has them.

    `paint` gives the rows of an item, by its number, in so many cells; what is too long is cut. `pointer` marks the row
    of the cursor; None where nothing is chosen in the list.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"rows--{name}" for name in (*_NAMES, "cursor")}
    DEFAULT_CSS = """
    RowList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        .rows--strong { text-style: bold; }
        .rows--muted { color: $text-muted; }
        .rows--good { color: $success; }
        .rows--bad { color: $error; }
        .rows--careful { color: $warning; }
        .rows--accent { color: $accent; }
        .rows--secondary { color: $secondary; text-style: bold; }
        .rows--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    def __init__(self, paint: Callable[[int, int], Rows], height: int = 1, pointer: str | None = "›") -> None:
        super().__init__()
        self._paint, self._height, self._pointer = paint, height, pointer
        self._keys: Sequence[Hashable] = ()
        self._cursor = 0
        self._strips: dict[tuple[int, int], tuple[Strip, ...]] = {}
        self._styles: dict[tuple[str, bool], Style] = {}

    @property
    def cursor(self) -> int | None:
        """The number of the item under the cursor."""
        return self._cursor if self._keys else None

    def show(self, keys: Sequence[Hashable]) -> None:
        """Take other items, or the same in another state; the item under the cursor stays under it, where it is."""
        under = self._keys[self._cursor] if self._keys else None
        row = self._cursor * self._height - self.scroll_offset.y
        grown = len(keys) != len(self._keys)
        self._keys = keys
        if under is not None and (self._cursor >= len(keys) or keys[self._cursor] != under):
            place = next((n for n, key in enumerate(keys) if key == under), self._cursor)
            self._cursor = max(min(place, len(keys) - 1), 0)
        self._strips.clear()
        if not self.is_attached:
            return
        if grown:  # lays the screen out
            self.virtual_size = Size(self.scrollable_content_region.width, len(keys) * self._height)
        self._go_to(self._cursor * self._height - row)
        self._reveal()
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor by so many items, as far as there are any."""
        if self._keys:
            before, self._cursor = self._cursor, max(0, min(self._cursor + by, len(self._keys) - 1))
            self._forget(before)
            self._forget(self._cursor)
            self._reveal()
            self.refresh()

    async def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        number = (at.y + self.scroll_offset.y) // self._height if at is not None else len(self._keys)
        if self._pointer is None or number >= len(self._keys):
            return
        if by := number - self._cursor:
            await self.run_action(f"screen.move({by})")
        elif event.chain == 2:
            await self.run_action("screen.open_row")

    def page(self, by: int) -> None:
        self.move(by * max(self.scrollable_content_region.height // self._height - 1, 1))

    def repaint(self) -> None:
        """What the items say is another."""
        self._strips.clear()
        self.refresh()

    def _forget(self, number: int) -> None:
        for kept in [key for key in self._strips if key[0] == number]:
            del self._strips[kept]

    def _go_to(self, y: int) -> None:
        self.scroll_to(y=max(y, 0), animate=False, force=True)

    def _reveal(self) -> None:
        top, room = self.scroll_offset.y, self.scrollable_content_region.height
        first = self._cursor * self._height
        if first < top:
            self._go_to(first)
        elif room and first + self._height > top + room:
            self._go_to(first + self._height - room)

    def _on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._keys) * self._height)
        self._reveal()
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Where the style says `height: auto`."""
        return len(self._keys) * self._height

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        number, row = divmod(y + self.scroll_offset.y, self._height)
        if number >= len(self._keys) or width <= 0:
            return Strip.blank(max(width, 0), self.rich_style)
        if (strips := self._strips.get((number, width))) is None:
            strips = self._strips[number, width] = self._painted(number, width)
        return strips[row]

    def _painted(self, number: int, width: int) -> tuple[Strip, ...]:
        here = number == self._cursor and self._pointer is not None
        rows = [list(row) for row in self._paint(number, width - 2)]
        strips = []
        for place in range(self._height):
            pieces = rows[place] if place < len(rows) else []
            margin = Piece(f"{self._pointer} " if here and not place else "  ", "accent")
            segments = [Segment(p.text, self._style(p.style, here)) for p in (margin, *pieces) if p.text]
            strips.append(Strip(segments).adjust_cell_length(width, self._style("text", here)))
        return tuple(strips)

    def _style(self, name: str, here: bool) -> Style:
        if (style := self._styles.get((name, here))) is None:
            style = self.get_component_rich_style(f"rows--{name}")
            if here:
                style += self.get_component_rich_style("rows--cursor")
            self._styles[name, here] = style
        return style


def spread(left: Sequence[Piece], right: Sequence[Piece], width: int) -> list[Piece]:
    """Pieces at both ends of a row; the last of the left ones gives way where there is too little room."""
    taken = sum(cell_len(piece.text) for piece in (*left, *right))
    gap = width - taken
    if gap >= 1 or not left:
        return [*left, Piece(" " * max(gap, 0)), *right]
    *before, last = left
    room = max(cell_len(last.text) + gap - 1, 0)
    return [*before, Piece(set_cell_size(last.text, room), last.style), Piece(" "), *right]

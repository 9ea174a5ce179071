"""Draws of a review what is on the screen, and keeps a cursor in it where it was while files are read and folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hephaestus_tui.domain.work import Side
from hephaestus_tui.ui.diff.document import Document, Place
from hephaestus_tui.ui.diff.items import Code, HunkHead, Item
from hephaestus_tui.ui.diff.paint import Painter
from hephaestus_tui.ui.diff.style import CSS, NAMES, resolved
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets import lines
from hephaestus_tui.ui.widgets.named import classes, named

_KEPT = 600  # items whose strips are kept


class DiffCanvas(ScrollView):
    """Change `document` through `change`, which keeps the cursor and what is above it where they are.

    `Moved` tells where the cursor is; `Wanted` which files have come into view and are not read yet.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"diff--{name}" for name in NAMES), *classes("diff-said")}
    DEFAULT_CSS = CSS

    class Moved(Message):
        """The cursor is on another item."""

    class Wanted(Message):
        """Files that are in view, by the numbers of their parts, and have not been read."""

        def __init__(self, parts: tuple[int, ...]) -> None:
            self.parts = parts
            super().__init__()

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._painter = Painter(glyphs, self._style, self._said)
        self.document = Document(self._painter.height)
        self.cursor = Place(0, 0)
        self.side = Side.NEW
        self._strips: dict[Place, list[Strip]] = {}
        self._styles: dict[str, Style] = {}

    @property
    def here(self) -> Item | None:
        """What is under the cursor."""
        return self.document.item(self.cursor) if self.document.parts and self._painter.width else None

    # -- what changes

    def change(self, how: Callable[[], object], *, keep: Callable[[Item], bool] | None = None) -> None:
        """Do something to the document; the item under the cursor stays in its row, or else the one like it in `keep`."""
        if not self.document.parts or not self._painter.width:
            how()
            return
        row = self.document.row_of(self.cursor) - self.scroll_offset.y
        before, part = self.document.item(self.cursor), self.document.parts[self.cursor.part]
        how()
        number = self.document.number(part)
        number = min(self.cursor.part, len(self.document.parts) - 1) if number is None else number
        self.cursor = self._again(number, before, keep)
        self._sized()
        self._go_to(self.document.row_of(self.cursor) - row)
        self._reveal()
        self._redraw()

    def _again(self, part: int, before: Item, keep: Callable[[Item], bool] | None) -> Place:
        wanted = keep or (lambda item: item == before)
        found = self.document.find(part, wanted)
        if found is None and isinstance(before, Code):
            # side by side what was two lines is one, and the other way round
            ours = {line for line in (before.old, before.new) if line}
            found = self.document.find(part, lambda i: isinstance(i, Code) and bool({i.old, i.new} & ours))
        return found or self.document.clamp(Place(part, self.cursor.item))

    def set_split(self, split: bool) -> None:
        """Old and new side by side, or under one another."""

        def turn() -> None:
            self._painter.split = self.document.split = split
            self.document.lay_out()

        self.change(turn)

    def go(self, place: Place, *, top: bool = False) -> None:
        """Put the cursor on an item and bring it into view; `top`: as high as there is more below it."""
        for touched in (self.cursor, place):
            self._strips.pop(touched, None)
        self.cursor = place
        if top:
            self._go_to(self.document.row_of(place))
        self._reveal()
        self.refresh()
        self.call_after_refresh(self._want)
        self.post_message(self.Moved())

    def restart(self) -> None:
        """The document is another: begin at its top."""
        self._painter.forget()
        self.cursor = Place(0, 0)
        self._go_to(0)
        self._sized()
        self._redraw()
        self.post_message(self.Moved())

    def _sized(self) -> None:
        if not self._painter.width:
            return
        size = Size(self._painter.width, self.document.rows)
        if size != self.virtual_size:
            self.virtual_size = size  # lays the screen out

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()
        self.call_after_refresh(self._want)

    def _want(self) -> None:
        """Ask for the files that are in view."""
        if not self.document.parts or not self._painter.width:
            return
        top, room = self.scroll_offset.y, self.scrollable_content_region.height
        first, last = self.document.at(top)[0].part, self.document.at(max(top + room - 1, top))[0].part
        parts = self.document.parts
        missing = tuple(
            n for n in range(first, min(last + 2, len(parts)))
            if (p := parts[n]).change and p.hunks is None and not p.folded and not p.fault
        )  # fmt: skip
        if missing:
            self.post_message(self.Wanted(missing))

    def _reveal(self) -> None:
        top, room = self.scroll_offset.y, self.scrollable_content_region.height
        row, tall = self.document.row_of(self.cursor), self.document.height_of(self.cursor)
        if row < top or tall >= room:
            self._go_to(row)
        elif room and row + tall > top + room:
            self._go_to(row + tall - room)

    def _go_to(self, y: int) -> None:
        self.scroll_to(y=max(y, 0), animate=False, force=True)

    # -- drawing

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.call_after_refresh(self._want)

    def _on_resize(self, event: events.Resize) -> None:
        width = self.scrollable_content_region.width
        if width == self._painter.width:
            self._redraw()
            return

        def widen() -> None:
            self._painter.width = width
            self.document.lay_out()

        if self._painter.width:
            self.change(widen)
        else:
            widen()
            self._sized()
            self._redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        row = y + self.scroll_offset.y
        if width != self._painter.width or not self.document.parts or row >= self.document.rows:
            return Strip.blank(max(width, 0), self.rich_style)
        place, own = self.document.at(row)
        if (strips := self._strips.get(place)) is None:
            if len(self._strips) >= _KEPT:
                self._strips.clear()
            strips = self._strips[place] = self._made(place)
        return strips[own]

    def _made(self, place: Place) -> list[Strip]:
        item, part = self.document.item(place), self.document.parts[place.part]
        folded = isinstance(item, HunkHead) and self.document.is_folded(place.part, item.hunk)
        return self._painter.strips(part, item, folded=folded, here=self.side if place == self.cursor else None)

    def _style(self, name: str) -> Style:
        if (style := self._styles.get(name)) is None:
            style = self._styles[name] = resolved(self, name)
        return style

    def _said(self, line: lines.Line, width: int, ground: str) -> list[list[Segment]]:
        under = self._style(ground)
        made = []
        for row in lines.rows_of((line,), width):
            pieces = row.content.render(end="", parse_style=lambda name: named(self, "diff-said", str(name)))
            made.append([Segment(text, under + style.rich_style) for text, style in pieces])
        return made

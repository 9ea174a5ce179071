"""A review under a cursor that stands on heads, lines and remarks: the keys that move it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from hephaestus_tui.domain.work import Side
from hephaestus_tui.ui.diff.canvas import DiffCanvas
from hephaestus_tui.ui.diff.document import Place
from hephaestus_tui.ui.diff.items import Code, Head, HunkHead, Item, said_by
from hephaestus_tui.ui.named_keys import with_names


class DiffView(DiffCanvas):
    """Its keys look only; those that do something are the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Line below", show=False),
        Binding("up,k", "move(-1)", "Line above", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup,backspace", "page(-1)", "Page up", show=False),
        Binding("home,g", "end(-1)", "First", show=False),
        Binding("end,G", "end(1)", "Last", show=False),
        Binding("n", "hunk(1)", "Next change", show=False),
        Binding("N", "hunk(-1)", "Previous change", show=False),
        Binding("tab,right_square_bracket", "file(1)", "Next file", show=False),
        Binding("shift+tab,left_square_bracket", "file(-1)", "Previous file", show=False),
        Binding("left", "side('-')", "Old side", show=False),
        Binding("right", "side('+')", "New side", show=False),
    ]
    BINDINGS = with_names("review", BINDINGS)

    # -- keys

    def action_move(self, by: int) -> None:
        """To the next item; one that is taller than the screen is read on first."""
        if self.here is None:
            return
        top, room = self.scroll_offset.y, self.scrollable_content_region.height
        row, tall = self.document.row_of(self.cursor), self.document.height_of(self.cursor)
        if by > 0 and row + tall > top + room:
            self._go_to(top + 1)
        elif by < 0 and row < top:
            self._go_to(top - 1)
        elif (place := self.document.next(self.cursor, by)) is not None:
            self.go(place)

    def action_page(self, by: int) -> None:
        if self.here is None:
            return
        room = max(self.scrollable_content_region.height - 1, 1)
        row = self.document.row_of(self.cursor)
        self._go_to(self.scroll_offset.y + by * room)
        self.go(self.document.at(max(min(row + by * room, self.document.rows - 1), 0))[0])

    def action_end(self, by: int) -> None:
        if self.here is not None:
            last = max(self.document.rows - 1, 0)
            self.go(self.document.at(last if by > 0 else 0)[0])
            self._go_to(last if by > 0 else 0)  # of an item that is taller than the screen, the end

    def action_hunk(self, by: int) -> None:
        """To the next hunk, of which as much as there is room for is brought into view."""
        self._seek(by, lambda item: isinstance(item, HunkHead))

    def action_file(self, by: int) -> None:
        self._seek(by, lambda item: isinstance(item, Head))

    def _seek(self, by: int, wanted: Callable[[Item], bool]) -> None:
        if self.here is not None and (place := self.document.seek(self.cursor, by, wanted)) is not None:
            self.go(place, top=True)

    def to_change(self, hunk: int) -> None:
        """Put the cursor on the first line of a hunk that is not the same on both sides."""

        def changed(item: Item) -> bool:
            return isinstance(item, Code) and item.hunk == hunk and item.old is not item.new

        if (place := self.document.find(self.cursor.part, changed)) is not None:
            self.go(place)

    def find(self, words: str, step: int = 1) -> bool:
        """Go to the next item (1), or the one before (-1), that holds these words, and round at the ends; whether there is one."""
        wanted = words.casefold()

        def holds(item: Item) -> bool:
            return wanted in said_by(item).casefold()

        if not wanted or self.here is None:
            return False
        # the very first item is a head, which holds none
        end = self.document.clamp(Place(0, 0) if step > 0 else Place(len(self.document.parts), 10**9))
        place = self.document.seek(self.cursor, step, holds)
        if place is None:
            place = end if step < 0 and holds(self.document.item(end)) else self.document.seek(end, step, holds)
        if place is not None:
            self.go(place)
        return place is not None

    def action_side(self, side: str) -> None:
        """Which of two lines side by side is meant."""
        self.side = Side(side)
        self._redraw()
        self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self.here is None:
            return
        if (row := offset.y + self.scroll_offset.y) < self.document.rows:
            self.side = Side.OLD if self.document.split and offset.x < self._painter.width // 2 else Side.NEW
            self.go(self.document.at(row)[0])

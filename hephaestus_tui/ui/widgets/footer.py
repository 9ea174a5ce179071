"""Shows the keys that do something now, so that nobody has to remember them; a click on one is as good as the key."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hephaestus_tui.ui.text import line

Entry = tuple[str, str]
_GAP = 2


class KeyFooter(Widget):
    """One row: the most important keys first, as many as fit, and how to get help always at the end."""

    DEFAULT_CSS = """
    KeyFooter { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    """

    class Pressed(Message):
        """A person clicked on a key; `key` is as it is shown."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[range, str]] = []
        self._entries: tuple[Entry, ...] = ()
        self._always: tuple[Entry, ...] = ()

    def show(self, entries: Sequence[Entry], always: Sequence[Entry]) -> None:
        """Pairs of key and label, the first the most important; `always` are never cut. Draws only a change."""
        if (tuple(entries), tuple(always)) != (self._entries, self._always):
            self._entries, self._always = tuple(entries), tuple(always)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        if (at := event.get_content_offset(self)) is not None:
            for cells, key in self._places:
                if at.x in cells:
                    self.post_message(self.Pressed(key))

    def render(self) -> Content:
        width, self._places = self.content_size.width, []
        end = [_entry(key, label) for key, label in self._always]
        room = width - sum(part.cell_length + _GAP for part in end)
        shown: list[Content] = []
        for key, label in self._entries:
            part = _entry(key, label)
            if part.cell_length > room:
                break
            shown.append(part)
            at = sum(other.cell_length + _GAP for other in shown[:-1])
            self._places.append((range(at, at + part.cell_length), key))
            room -= part.cell_length + _GAP
        left, right = Content(" " * _GAP).join(shown), Content(" " * _GAP).join(end)
        self._place_always(max(width, left.cell_length + 1 + right.cell_length))
        return left + Content(" " * max(width - left.cell_length - right.cell_length, 1)) + right

    def _place_always(self, end: int) -> None:
        for key, label in reversed(self._always):
            begin = end - _entry(key, label).cell_length
            self._places.append((range(begin, end), key))
            end = begin - _GAP


def _entry(key: str, label: str) -> Content:
    return Content.styled(line(key), "bold $primary") + Content(" ") + Content.styled(line(label), "$foreground")

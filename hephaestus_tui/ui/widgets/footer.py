"""Shows the keys that do something now, so that nobody has to remember them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from hephaestus_tui.ui.text import line

Entry = tuple[str, str]
_GAP = 2


class KeyFooter(Widget):
    """One row: the most important keys first, as many as fit, and how to get help always at the end."""

    DEFAULT_CSS = """
    KeyFooter { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()
        self._always: tuple[Entry, ...] = ()

    def show(self, entries: Sequence[Entry], always: Sequence[Entry]) -> None:
        """Pairs of key and label, the first the most important; `always` are never cut. Draws only a change."""
        if (tuple(entries), tuple(always)) != (self._entries, self._always):
            self._entries, self._always = tuple(entries), tuple(always)
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        end = [_entry(key, label) for key, label in self._always]
        room = width - sum(part.cell_length + _GAP for part in end)
        shown: list[Content] = []
        for key, label in self._entries:
            part = _entry(key, label)
            if part.cell_length > room:
                break
            shown.append(part)
            room -= part.cell_length + _GAP
        left, right = Content(" " * _GAP).join(shown), Content(" " * _GAP).join(end)
        return left + Content(" " * max(width - left.cell_length - right.cell_length, 1)) + right


def _entry(key: str, label: str) -> Content:
    return Content.styled(line(key), "bold $primary") + Content(" ") + Content.styled(line(label), "$foreground")

"""Everything that waits for a person in one list, with what it holds up, so that nothing has to be looked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from hephaestus_tui.domain.attention import Attention, attention
from hephaestus_tui.domain.decision import Query
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.hold import Hold
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.fields import LineInput, key_row
from hephaestus_tui.ui.widgets.inbox_rows import HEIGHT, asked_rows, asked_words, item_rows, item_words
from hephaestus_tui.ui.widgets.row_list import RowList, Rows
from hephaestus_tui.ui.words import count

Entry = Attention | Query


class InboxScreen(Modal[Entry | None]):
    """Gives back what a person wants to go to, or None. It decides nothing, and stays live: `refresh_state` it.

    What is typed filters by kind, id and words. Items come and go around the one under the cursor, which stays.
    """

    CSS = """
    InboxScreen { align: center middle; background: $background 60%; }
    InboxScreen > Vertical {
        width: 100; max-width: 100%; height: 100%; max-height: 40; padding: 0 1; background: $surface;
        border: round $border;
    }
    InboxScreen LineInput { margin: 0 0 1 0; }
    InboxScreen #head { height: 1; }
    InboxScreen #count { text-style: bold; width: 1fr; }
    InboxScreen #caption { width: auto; color: $text-muted; padding: 0 2; }
    InboxScreen #none { color: $text-muted; height: 1; padding: 0 2; display: none; }
    InboxScreen RowList { height: 1fr; background: $surface; }
    InboxScreen .keys { height: 1; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close"),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(
        self,
        state: RunState,
        glyphs: GlyphSet,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.read = False  # whether what was chosen had been under the cursor for long enough, or was put there by hand
        self._came = Hold(clock)
        self._by_hand: tuple[str, ...] | None = None
        self._open = False
        self._state, self._glyphs, self._now = state, glyphs, now
        self._entries: list[Entry] = []
        self._shown: list[Entry] = []
        self._at = 0.0
        self._field = LineInput(placeholder="type a kind, an id or words to see fewer")
        self._count = Static(content(""), id="count")
        self._caption = Static(content("holds up"), id="caption")
        self._none = Static(content("nothing matches"), id="none")
        self.list = RowList(self._paint, HEIGHT, glyphs.pointer)

    def compose(self) -> ComposeResult:
        with Vertical():
            with Horizontal(id="head"):
                yield self._count
                yield self._caption
            yield self._field
            yield self._none
            yield self.list
            yield Static(key_row(("enter", "go to it"), ("up/down", "move"), ("esc", "close")), classes="keys")

    def on_mount(self) -> None:
        self._open = True
        self.refresh_state(self._state)

    def refresh_state(self, state: RunState) -> None:
        """Show what waits now."""
        self._state = state
        if not self._open:
            return
        items = attention(state)
        self._entries = [*items, *state.queries.values()]
        asked = f", {len(state.queries):,} with their agents" if state.queries else ""
        verb = "waits" if len(items) == 1 else "wait"
        told = f"{count(len(items), 'thing')} {verb} for you{asked}" if items else f"Nothing waits for you{asked}"
        self._count.update(content(told))
        self._caption.display = bool(items)
        self._filter()

    def _filter(self) -> None:
        before = self._under
        wanted = self._field.value.casefold().split()
        self._shown = [e for e in self._entries if not wanted or self._holds(e, wanted)]
        self._at = self._now()
        self._none.display = bool(self._entries) and not self._shown
        self.list.show([_key(entry) for entry in self._shown])
        if self._under != before:
            self._came.begin()

    @property
    def _under(self) -> tuple[str, ...] | None:
        """What the cursor is on."""
        place = self.list.cursor
        return None if place is None else _key(self._shown[place])

    def _holds(self, entry: Entry, wanted: list[str]) -> bool:
        words = item_words(self._state, entry) if isinstance(entry, Attention) else asked_words(self._state, entry)
        text = words.casefold()
        return all(word in text for word in wanted)

    def _paint(self, number: int, width: int) -> Rows:
        entry = self._shown[number]
        if isinstance(entry, Attention):
            return item_rows(self._state, entry, self._at, width, self._glyphs)
        return asked_rows(self._state, entry, self._at, width, self._glyphs)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._filter()

    @on(Input.Submitted)
    def action_open_row(self) -> None:
        """Go to what the cursor is on."""
        if (place := self.list.cursor) is not None:
            self.read = self._under == self._by_hand or self._came.over()
            self.dismiss(self._shown[place])

    def action_move(self, by: int) -> None:
        self.list.move(by)
        self._by_hand = self._under

    def action_page(self, by: int) -> None:
        self.list.page(by)
        self._by_hand = self._under


def _key(entry: Entry) -> tuple[str, ...]:
    return entry.key if isinstance(entry, Attention) else ("asked", entry.id)

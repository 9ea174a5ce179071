"""Shows what a person has allowed for more than one call, and takes it back; without it leave would be given for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from hephaestus_tui.domain.leave import Grant, what_words, where_words
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of, whole
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.row_list import Piece, RowList
from hephaestus_tui.ui.words import ago

_NONE = (
    "Nothing is allowed for more than once. Where an agent asks leave for one plain command in the sandbox, or for an "
    "edit, you can allow it for the task or the whole run; it then stands here until you take it back."
)


class GrantsScreen(DialogScreen[str | None]):
    """Gives back the id of the leave to take back, or None. `now` is Unix time."""

    CSS = """
    GrantsScreen RowList { height: auto; max-height: 40vh; margin: 0 0 1 0; background: $surface; }
    """
    AUTO_FOCUS = ""

    def __init__(
        self, state: RunState, *, now: Callable[[], float] = time.time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._grants, self._now = list(state.grants.values()), now
        self._list: RowList
        self._lines = LinesView()
        self._lines.can_focus = False
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        self._list = RowList(self._paint, pointer=self.glyphs.pointer)
        with DialogBox(classes="dialog"):
            yield Static(content("What you have allowed for more than once"), classes="title")
            yield self._list
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: leave may have been given or taken back elsewhere."""
        grants = list(state.grants.values())
        if self.is_mounted and grants != self._grants:
            self._grants = grants
            self._look()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("down", "j", "up", "k"):
            self._list.move(1 if event.key in ("down", "j") else -1)
            self._tell()
        elif event.key == "x" and (grant := self._here):
            if self.hold.over():
                self.dismiss(grant.id)
        else:
            return
        event.stop()

    @property
    def _here(self) -> Grant | None:
        place = self._list.cursor
        return self._grants[place] if place is not None else None

    def _look(self) -> None:
        self._list.display = bool(self._grants)
        self._list.show([grant.id for grant in self._grants])
        self._tell()

    def _tell(self) -> None:
        grant = self._here
        self._lines.set_lines(self._told(grant) if grant else (line_of(Span(_NONE)),))
        show(self._keys, key_row(*([("x", "take it back")] if grant else []), ("esc", "close")))

    def _told(self, grant: Grant) -> tuple[Line, ...]:
        exact = Line((Span(whole(what_words(grant), exact=True)),), exact=True)
        by = f"allowed {where_words(grant)} by {line(str(grant.actor))}, {ago(self._now() - grant.given_at)}"
        return exact, line_of(Span(by, "muted"))

    def _paint(self, number: int, width: int) -> Sequence[Sequence[Piece]]:
        grant = self._grants[number]
        return [[Piece(f"{where_words(grant):<12} ", "muted"), Piece(line(what_words(grant), max(width - 13, 8)))]]

"""Shows which proposals count as likely duplicates as a person moves the line between alike and not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.decision import Near
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Line, Span, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import MANY, Reading, title_of
from hephaestus_tui.ui.words import count

LOWEST, MOST = 50, 100
_PAGE = 8  # lines that are seen without scrolling in the smallest terminal


def nearest(state: RunState) -> list[tuple[TaskId, Near]]:
    """Open proposals that resemble something, each with what it resembles most; the most alike first."""
    pairs = [(p.task_id, max(p.near, key=lambda near: near.score)) for p in state.proposals.values() if p.near]
    return sorted(pairs, key=lambda pair: -pair[1].score)


def threshold_lines(state: RunState, score: int, glyphs: GlyphSet) -> Iterator[Line]:
    """The proposals that count, then those that do not."""
    pairs, reading = nearest(state), Reading(state, glyphs)
    counted = sum(near.score >= score for _, near in pairs)
    they = "is a likely duplicate" if counted == 1 else "are likely duplicates"
    yield line_of(f"From {score} % alike on: {counted:,} of {count(len(state.proposals), 'open proposal')} {they}.")
    for number, (task_id, near) in enumerate(pairs[:MANY]):
        if number in (0, counted):
            yield BLANK
            yield line_of(Span("Likely duplicates" if number < counted else "Less alike: not mentioned", "heading"))
        style = "" if number < counted else "muted"
        other = f"{near.task_id} {title_of(state, near.task_id)}"
        yield Line(
            (Span(title_of(state, task_id), style), Span(f"  like {other} ({reading.status(near.task_id)})", "muted")),
            head=(Span(f"{near.score:>3} % ", style), Span(f"{task_id} ", "key")),
        )
    if len(pairs) > MANY:
        yield line_of(Span(f"and {len(pairs) - MANY:,} more", "muted"))
    if not pairs:
        yield line_of(Span("No open proposal resembles another task or proposal.", "muted"))


class ThresholdScreen(DialogScreen[int | None]):
    """Gives back the new threshold, from 50 to 100, or None."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,plus,k", "move(1)", show=False),
        Binding("down,minus,j", "move(-1)", show=False),
        Binding("right", "move(5)", show=False),
        Binding("left", "move(-5)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("s", "save", show=False),
    ]

    def __init__(self, state: RunState, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._state, self.score = state, state.duplicate_score
        self._lines = LinesView()
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            yield Static(content("From when on is a proposal a likely duplicate?"), classes="title")
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._look()

    def refresh_state(self, state: RunState) -> None:
        self._state = state
        if self.is_mounted:
            self._look()

    def _look(self) -> None:
        self._lines.set_lines(tuple(threshold_lines(self._state, self.score, self.glyphs)))
        save = f"save {self.score} %"
        scroll = (("pgdn", "more"),) if len(self._lines.lines) > _PAGE else ()
        show(self._keys, key_row(("up/down", "by 1"), ("left/right", "by 5"), *scroll, ("s", save), ("esc", "cancel")))

    def action_move(self, steps: int) -> None:
        self.score = min(max(self.score + steps, LOWEST), MOST)
        self._look()

    def action_page(self, pages: int) -> None:
        if pages > 0:
            self._lines.action_screen_down()
        else:
            self._lines.action_screen_up()

    def action_save(self) -> None:
        if self.is_mounted and self.hold.over():
            self.dismiss(self.score)

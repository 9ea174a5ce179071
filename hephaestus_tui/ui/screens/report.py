"""Shows what an agent reports to be in its way, and takes words for it, or takes note: never by an enter on an empty box."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Report
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines import paragraphs, whole
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import title_of

_TITLE_CELLS = 60


class ReportScreen(DialogScreen[str | None]):
    """Gives back the words, "" where it is only noted, or None to decide later. `text` fills the box again, `fault` says why."""

    CSS = """
    ReportScreen LinesView { max-height: 40vh; margin: 0 0 1 0; }
    ReportScreen #stands { height: auto; margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+g", "note", show=False, priority=True)]

    def __init__(
        self,
        report: Report,
        state: RunState,
        *,
        text: str = "",
        fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._report, self._text, self._refused = report, text, fault
        self._title = f"In the way of {report.task_id}: {line(title_of(state, report.task_id), _TITLE_CELLS)}"
        self._waits = report.waits and not state.tasks[report.task_id].status.ended
        self._box = SubmitBox()
        self._field = Field("words for its agent", self._box)

    def compose(self) -> ComposeResult:
        waits = "It waits for your word." if self._waits else "It goes on meanwhile."
        with DialogBox(classes="dialog -small"):
            yield Static(content(self._title), classes="title")
            yield LinesView(tuple(paragraphs(whole(self._report.text))))
            yield Static(
                content(line(self._refused or waits), "$error" if self._refused else "$text-muted"), id="stands"
            )
            yield self._field
            yield Static(key_row(("enter", "send"), ("ctrl+g", "only take note"), ("esc", "later")), classes="keys")

    def on_mount(self) -> None:
        self._box.text = self._text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()

    def written(self) -> str:
        return "your words" if self._box.text.strip() else ""

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if not event.text:
            self._field.show_fault("write something, or press ctrl+g")
        elif self.hold.over():
            self.dismiss(event.text)

    def action_note(self) -> None:
        """Take note; what was written would be lost, so it is sent first or deleted."""
        if self._box.text.strip():
            self._field.show_fault("enter sends it; empty the box first")
        elif self.hold.over():
            self.dismiss("")

"""Asks why a task's work is given up, and says that nothing of it is deleted."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import Work, WorkStatus
from hephaestus_tui.ui.diff.drafts import Draft
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.send_back import A_MOMENT
from hephaestus_tui.ui.text import clean, content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import Reading, title_of

EMPTY = "say why: it is kept in the record"


class DiscardWorkScreen(DialogScreen[str | None]):
    """Gives back the reason, or None. It stays in the draft until it is given."""

    def __init__(
        self, task_id: TaskId, state: RunState, shown: Work, draft: Draft, *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._task_id, self._state, self._shown, self._draft = task_id, state, shown, draft
        self._box = SubmitBox(draft.reason, id="reason")
        self._field = Field("Why is it given up?", self._box)
        self._notice = Static(classes="notice")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            yield Static(
                content(f"Discard the work of {self._task_id}: {title_of(self._state, self._task_id)}"), classes="title"
            )
            yield self._notice
            yield LinesView(tuple(self._says()))
            yield self._field
            yield Static(key_row(("enter", "discard it"), ("ctrl+j", "new line"), ("esc", "back")), classes="keys")

    def on_mount(self) -> None:
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: somebody else may have decided."""
        self._state = state
        if self.is_mounted:
            self._look()

    def _says(self) -> list[Line]:
        branch = Span(clean(self._shown.branch, exact=True), "accent")
        lines = [
            line_of("It is not merged, and nothing of it is deleted: the branch ", branch,
                    " stays with all of it until you delete it yourself."),
        ]  # fmt: skip
        reading, state = Reading(self._state, self.glyphs), self._state
        if waiting := [w for w in state.waiters.get(self._task_id, ()) if self._task_id in state.blockers[w]]:
            lines += [line_of(Span("What waits for it is then waiting in vain; you choose for that next:", "careful"))]
            lines += reading.task_lines(waiting)
        return lines

    def _late(self) -> str:
        view = self._state.works.get(self._task_id)
        if view is None or view.status is not WorkStatus.READY:
            return f"Somebody else has decided on it meanwhile: it is {view.status if view else 'gone'}."
        return ""

    def _look(self) -> None:
        show(self._notice, content(self._late()))

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._draft.reason = "\n".join(self._box.document.lines)
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if self._late():
            self.app.bell()
        elif not event.text:
            self._field.show_fault(EMPTY)
        elif self.hold.over():
            self.dismiss(event.text)
        else:
            self._field.show_fault(A_MOMENT)

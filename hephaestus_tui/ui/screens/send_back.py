"""Sends work back to its agent with comments on lines, words about all of it, or both: the next round."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.work import LineComment, WorkStatus
from hephaestus_tui.ui.diff.drafts import Draft
from hephaestus_tui.ui.diff.parts import path_words
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines import Line, Lines, Span, paragraphs
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import title_of
from hephaestus_tui.ui.words import count

NOTHING = "nothing is said yet"
A_MOMENT = "a moment: read it, then press enter again"


def comment_lines(comments: Sequence[LineComment]) -> Lines:
    """Each comment under where it stands."""
    lines: list[Line] = []
    for comment in comments:
        where = f"{path_words(comment.path)}:{comment.line}"
        lines.append(Line((Span(where, "key"), Span(f"  {line(comment.quoted, 60)}", "muted"))))
        lines += [Line(row.spans, head=row.head, indent=row.indent + 2) for row in paragraphs(comment.text)]
    return tuple(lines)


class SendBackScreen(DialogScreen[str | None]):
    """Gives back the words, which may be none where there are comments, or None. They stay in the draft until sent."""

    CSS = """
    SendBackScreen LinesView { max-height: 40vh; margin: 0 0 1 0; }
    """

    def __init__(
        self, task_id: TaskId, state: RunState, draft: Draft, *, told: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._task_id, self._state, self._draft, self._told = task_id, state, draft, told
        self._comments = draft.in_order()
        self._box = SubmitBox(draft.words, id="words")
        asked = "Anything else?" if self._comments else "What is to be done?"
        self._field = Field(f"{asked} Its agent reads it next.", self._box)
        self._notice = Static(classes="notice")

    def compose(self) -> ComposeResult:
        number = count(len(self._comments), "comment")
        with DialogBox(classes="dialog"):
            title = f"Send {self._task_id} back with {number}" if self._comments else f"Send {self._task_id} back"
            yield Static(content(f"{title}: {title_of(self._state, self._task_id)}"), classes="title")
            yield self._notice
            if self._comments:
                yield LinesView(comment_lines(self._comments))
            yield self._field
            yield Static(
                key_row(("enter", "send it back"), ("ctrl+j", "new line"), ("esc", "back, all is kept")), classes="keys"
            )

    def on_mount(self) -> None:
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: somebody else may have decided."""
        self._state = state
        if self.is_mounted:
            self._look()

    def _late(self) -> str:
        view = self._state.works.get(self._task_id)
        if view is None or view.status is not WorkStatus.READY:
            return f"Somebody else has decided on it meanwhile: it is {view.status if view else 'gone'}."
        return ""

    def _look(self) -> None:
        show(self._notice, content(self._late() or self._told))

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._draft.words = "\n".join(self._box.document.lines)
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if self._late():
            self.app.bell()
        elif not event.text and not self._comments:
            self._field.show_fault(NOTHING)
        elif self.hold.over():
            self.dismiss(event.text)
        else:
            self._field.show_fault(A_MOMENT)

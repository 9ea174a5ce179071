"""A small editor for a comment on a line of a diff, which its agent reads when the work is sent back."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from hephaestus_tui.domain.work import LineComment, Side
from hephaestus_tui.ui.diff.parts import path_words
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.text import clean, content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row

_QUOTED = 400


class CommentScreen(DialogScreen[str | None]):
    """Gives back the text, which is empty where the comment is to be taken away, or None where nothing is to change."""

    def __init__(self, comment: LineComment, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._comment = comment
        self._box = SubmitBox(id="comment")
        self._field = Field("Your comment. Its agent reads it when you send the work back.", self._box)

    def compose(self) -> ComposeResult:
        side = " (as it was)" if self._comment.side is Side.OLD else ""
        quoted = clean(self._comment.quoted[:_QUOTED].strip(), exact=True)
        with DialogBox(classes="dialog -small"):
            yield Static(
                content(f"{path_words(self._comment.path)}, line {self._comment.line:,}{side}"), classes="title"
            )
            yield Static(Content.styled(quoted or "(an empty line)", "$text-muted"))
            yield self._field
            yield Static(key_row(("enter", "keep"), ("ctrl+j", "new line"), ("esc", "cancel")), classes="keys")

    def on_mount(self) -> None:
        self._box.text = self._comment.text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()

    def written(self) -> str:
        text = "\n".join(self._box.document.lines).strip()
        return "your comment" if text and text != self._comment.text.strip() else ""

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        self.dismiss(event.text)

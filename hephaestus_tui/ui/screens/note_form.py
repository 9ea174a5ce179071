"""Takes the words of a note and the tags by which it shall be found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static, TextArea

from hephaestus_tui.domain.talk import Note, note_faults
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, LineInput, SubmitBox, key_row


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    tags: tuple[str, ...]


class NoteForm(DialogScreen[Written | None]):
    """Gives back what was written, or None. `note` is what is changed; `written` fills the fields again, `fault` says why."""

    def __init__(
        self,
        note: Note | None,
        *,
        written: Written | None = None,
        fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._note, self._refused = note, fault
        self._first = written or (Written(note.text, note.tags) if note else Written("", ()))
        self._box = SubmitBox(id="text")
        self._text = Field("what others should know, in words that stand alone", self._box)
        self._line: LineInput
        self._tags: Field

    def compose(self) -> ComposeResult:
        # here and not in __init__: a Textual Input needs a running app
        self._line = LineInput(", ".join(self._first.tags), placeholder="tests, auth", id="tags")
        self._tags = Field("tags, with commas between them", self._line)
        with DialogBox(classes="dialog -small"):
            title = f"Change {self._note.id}" if self._note else "A note for all agents of this run"
            yield Static(content(title), classes="title")
            if self._refused:
                yield Static(content(line(self._refused), "$error"), classes="notice")
            yield self._text
            yield self._tags
            yield Static(
                key_row(("enter", "note it"), ("ctrl+j", "new line"), ("tab", "tags"), ("esc", "cancel")),
                classes="keys",
            )

    def on_mount(self) -> None:
        self._box.text = self._first.text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()

    def written(self) -> str:
        return "your note" if self._now() != self._first and self._box.text.strip() else ""

    def _now(self) -> Written:
        tags = (tag.strip() for tag in self._line.value.split(","))
        return Written(self._box.text.strip(), tuple(dict.fromkeys(tag for tag in tags if tag)))

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _typed(self) -> None:
        self._text.show_fault("")
        self._tags.show_fault("")

    @on(SubmitBox.Submitted)
    @on(Input.Submitted)
    def _sent(self) -> None:
        now = self._now()
        faults = note_faults(now.text, now.tags)
        self._text.show_fault(faults.get("text", ""))
        self._tags.show_fault(faults.get("tags", ""))
        if not faults and self.hold.over():
            self.dismiss(now)

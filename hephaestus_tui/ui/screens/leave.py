"""Asks a person for leave. Only keys pressed on purpose give it, and only for what stood there to its end.

Without it an agent's command would run as it is, for ever or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from hephaestus_tui.domain.events import ALLOW, Question
from hephaestus_tui.domain.leave import COMMAND_LIMIT, Extent
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.read_through import ReadThrough, exact_lines

NO_WORDS = "no"
CHANGED = "changed by you: this is what runs, once, and the agent is told"
_KEYS = {"a": Extent.ONCE, "t": Extent.TASK, "w": Extent.RUN}
_LABELS = {Extent.ONCE: "allow once", Extent.TASK: "for task", Extent.RUN: "for run"}


@dataclass(frozen=True, slots=True)
class Given:
    """`ALLOW` with how far it reaches and the command in the place of the one that was asked about; or words of a refusal."""

    answer: str
    extent: Extent = Extent.ONCE
    command: str | None = None


class LeaveScreen(DialogScreen[Given | None]):
    """Gives back the answer, or None when it is left waiting. `extents` are those that leave may have.

    `note` stands below the title: who asks, and how far what is asked for could reach.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss"]
    CSS = """
    LeaveScreen #text { height: auto; max-height: 60vh; background: $panel; margin: 0 0 1 0; }
    LeaveScreen.-writing #text { max-height: 30vh; }
    LeaveScreen.-writing TextBox { max-height: 6; }
    """

    def __init__(
        self,
        question: Question,
        title: str,
        note: str = "",
        extents: Sequence[Extent] = (Extent.ONCE,),
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._question, self._title, self._note, self._extents = question, title, note, extents
        self._command: str | None = None
        self._text = ReadThrough(exact_lines(question.text), id="text")
        self._why, self._change = SubmitBox(id="words"), SubmitBox(question.text, id="command")
        self._refusing = Field("why not? the agent reads it", self._why, id="own")
        self._changing = Field("the command that shall run instead", self._change, id="instead")
        self._changed = Static(content(CHANGED), classes="notice")
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            yield Static(content(line(self._title)), classes="title")
            if self._note:
                yield Static(content(line(self._note)), classes="note")
            yield self._changed
            yield self._text
            yield self._refusing
            yield self._changing
            yield self._keys

    def on_mount(self) -> None:
        self._change.move_cursor(self._change.document.end)
        self._show(None)

    @property
    def _may_change(self) -> bool:
        return self._question.effect is Effect.RUN

    def on_key(self, event: events.Key) -> None:
        """Of the keys of the text alone: in a box they are letters."""
        if self.focused is not self._text or event.key not in (*_KEYS, "r", "e"):
            return
        event.stop()
        if not self.hold.over():
            return
        if event.key == "r":
            self._show(self._refusing)
        elif event.key == "e" and self._may_change:
            self._show(self._changing)
        elif event.key in _KEYS:
            self._allow(_KEYS[event.key])

    def _allow(self, extent: Extent) -> None:
        within = extent is Extent.ONCE or (extent in self._extents and self._command is None)
        if self._text.read and within:
            self.dismiss(Given(ALLOW, extent, self._command))

    @on(SubmitBox.Submitted, "#words")
    def _refused(self, event: SubmitBox.Submitted) -> None:
        if self.hold.over():
            self.dismiss(Given(_refusal(event.text)))

    @on(SubmitBox.Submitted, "#command")
    def _written(self) -> None:
        """Back to the text, which is the new command now: to be read to its end, and allowed by a key of its own."""
        command = self._change.text
        if not command.strip() or len(command) > COMMAND_LIMIT:
            self._changing.show_fault(f"write 1 to {COMMAND_LIMIT:,} characters, or press escape")
            return
        self._changing.show_fault("")
        self._command = None if command == self._question.text else command
        self._text.take(exact_lines(command))
        self._show(None)
        self.hold.begin()

    @on(ReadThrough.Read)
    def _read(self) -> None:
        self._show_keys()

    def written(self) -> str:
        return "the command that you wrote" if self._command is not None else ""

    def action_leave(self) -> None:
        """Out of a box to the text, with what was written kept in it; or else out, with the question left waiting."""
        if self._refusing.display or self._changing.display:
            self._show(None)
        else:
            super().action_leave()

    def _show(self, field: Field | None) -> None:
        for known in (self._refusing, self._changing):
            known.display = known is field
        self.set_class(field is not None, "-writing")
        self._changed.display = self._command is not None
        (field.widget if field else self._text).focus()
        self._show_keys()

    def _show_keys(self) -> None:
        if self._refusing.display:
            words = key_row(("enter", "refuse"), ("ctrl+j", "new line"), ("esc", "back"))
        elif self._changing.display:
            words = key_row(("enter", "look at it, then allow it"), ("ctrl+j", "new line"), ("esc", "back"))
        else:
            others = [("e", "edit")] if self._may_change else []
            others += [("r", "refuse"), ("esc", "leave")]
            if self._text.read:
                words = key_row(*self._extent_keys(), *others)
            else:
                words = Content.styled("read to the end to allow   ", "$warning") + key_row(
                    ("end", "go there"), *others
                )
        show(self._keys, words)

    def _extent_keys(self) -> list[tuple[str, str]]:
        shown = self._extents if self._command is None else (Extent.ONCE,)
        if len(shown) == 1:
            return [("a", _LABELS[Extent.ONCE])]
        return [(key, _LABELS[extent]) for key, extent in _KEYS.items() if extent in shown]


def _refusal(text: str) -> str:
    """Words that can never be taken for leave."""
    if text.casefold() == ALLOW:
        return f"{NO_WORDS}: {text}"
    return text or NO_WORDS

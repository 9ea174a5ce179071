"""Puts an agent's question to a person, and lets nothing but the `a` key, pressed on purpose, allow what it wants to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from hephaestus_tui.domain.events import ALLOW, Question, QuestionKind
from hephaestus_tui.ui.guard import Hold
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines import Line, Lines, Span, paragraphs, whole
from hephaestus_tui.ui.widgets.lines_view import LinesView

NO_WORDS = "no"
EMPTY = "write an answer, or press escape"


def exact_lines(text: str) -> Lines:
    """All of a text that waits for leave, wrapped at the cell; numbered, so that a wrapped line is not taken for two."""
    rows = whole(text, exact=True).split("\n")
    is_diff = any(row.startswith(("@@ ", "--- ", "+++ ")) for row in rows)
    width = len(str(len(rows)))
    lines: list[Line] = []
    for number, row in enumerate(rows, 1):
        style = {"+": "good", "-": "bad", "@": "accent"}.get(row[:1], "") if is_diff else ""
        head = (Span(f"{number:>{width}} ", "muted"),) if len(rows) > 1 else ()
        lines.append(Line((Span(row, style),), head=head, exact=True))
    return tuple(lines)


class ReadThrough(LinesView):
    """Knows whether its end has been on the screen."""

    class Read(Message):
        """The end came into view, for the first time."""

    read = False

    @property
    def rows_below(self) -> int:
        return max(self.row_count - self.scrollable_content_region.height - self.scroll_offset.y, 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def laid_out(self) -> None:
        self._look()

    def _look(self) -> None:
        shown = self.row_count > 0 and self.scrollable_content_region.height > 0
        if shown and not self.read and self.rows_below == 0:
            self.read = True
            self.post_message(self.Read())


class AnswerList(OptionList):
    """Options that the mouse may point at, but not choose."""

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()


class AnswerScreen(Modal[str | None]):
    """Gives back the words of the answer, `ALLOW` for a permission, or None when it is left waiting.

    `note` stands below the title: who asks, and how far what is asked for could reach.
    `clock` counts seconds: what decides is ignored for the first 400 ms, and for 400 ms after each key that was
    ignored, so that a key held down since before decides nothing.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "answer.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave it waiting", show=False)]

    def __init__(
        self, question: Question, title: str, note: str = "", *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._note = note
        self._question, self._title, self._hold = question, title, Hold(clock)
        self._asks_leave = question.kind is QuestionKind.PERMISSION
        lines = exact_lines(question.text) if self._asks_leave else tuple(paragraphs(whole(question.text)))
        self._text = ReadThrough(lines, id="text")
        self._options = AnswerList(*(_option(n, o) for n, o in enumerate(question.options, 1)), id="options")
        self._box = SubmitBox(id="words")
        self._field = Field(self._label(), self._box, id="own")
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(content(line(self._title)), classes="title")
            if self._note:
                yield Static(content(line(self._note)), classes="note")
            yield self._text
            if not self._asks_leave and self._question.options:
                yield self._options
            yield self._field
            yield self._keys

    def on_mount(self) -> None:
        if self._asks_leave:
            self._field.display = False
            self._text.focus()
        elif self._question.options:
            self._options.focus()
        else:
            self._box.focus()
        self._show_keys()
        self.call_after_refresh(self._hold.begin)

    @property
    def guarded(self) -> bool:
        """Whether it has appeared, so that its first moments are being counted."""
        return self._hold.begun

    def _label(self) -> str:
        if self._asks_leave:
            return "why not? the agent reads it"
        return "or in your own words" if self._question.options else "your answer"

    def on_key(self, event: events.Key) -> None:
        if self._asks_leave and self.focused is self._text and event.key in ("a", "r"):
            event.stop()
            if self._hold.over():
                self._allow() if event.key == "a" else self._refuse()
        elif self.focused is self._options and event.key in "123456789":
            event.stop()
            if int(event.key) <= len(self._question.options) and self._hold.over():
                self.dismiss(self._question.options[int(event.key) - 1])

    def _allow(self) -> None:
        if self._text.read:
            self.dismiss(ALLOW)

    def _refuse(self) -> None:
        self._field.display = True
        self.add_class("-refusing")
        self._box.focus()
        self._show_keys()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        if self._hold.over():
            self.dismiss(self._question.options[event.option_index])

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if not self._hold.over():
            return
        if self._asks_leave:
            self.dismiss(_refusal(event.text))
        elif event.text:
            self.dismiss(event.text)
        else:
            self._field.show_fault(EMPTY)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    @on(ReadThrough.Read)
    def _read(self) -> None:
        self._show_keys()

    def action_leave(self) -> None:
        """Back from the refusal to the text, or else out, with the question left waiting."""
        if self._asks_leave and self._field.display:
            self._field.display = False
            self.remove_class("-refusing")
            self._text.focus()
            self._show_keys()
        else:
            self.dismiss(None)

    def _show_keys(self) -> None:
        if not self._asks_leave:
            choose = (("1-9", "choose"), ("tab", "own words")) if self._question.options else ()
            self._keys.update(key_row(*choose, ("enter", "send"), ("esc", "leave it waiting")))
        elif self._field.display:
            self._keys.update(key_row(("enter", "refuse"), ("ctrl+j", "new line"), ("esc", "back")))
        elif self._text.read:
            self._keys.update(key_row(("a", "allow"), ("r", "refuse"), ("esc", "leave it waiting")))
        else:
            more = Content.styled("read to the end to allow   ", "$warning")
            self._keys.update(more + key_row(("end", "go there"), ("r", "refuse"), ("esc", "leave it")))


def _option(number: int, option: str) -> Option:
    sign = f"{number}  " if number < 10 else "   "
    return Option(Content.styled(sign, "bold $primary") + content(line(option)))


def _refusal(text: str) -> str:
    """Words that can never be taken for leave."""
    if text.casefold() == ALLOW:
        return f"{NO_WORDS}: {text}"
    return text or NO_WORDS

"""Puts an agent's question to a person, who answers it in words, their own or those of an option."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from hephaestus_tui.domain.events import Question
from hephaestus_tui.ui.guard import Hold
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.lines import paragraphs, whole
from hephaestus_tui.ui.widgets.lines_view import LinesView

NO_WORDS = "no"
EMPTY = "write an answer, or press escape"


class AnswerList(OptionList):
    """Options that the mouse may point at, but not choose."""

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()


class AnswerScreen(Modal[str | None]):
    """Gives back the words of the answer, or None when it is left waiting.

    `clock` counts seconds: what decides is ignored for the first 400 ms, and for 400 ms after each key that was
    ignored, so that a key held down since before decides nothing.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "answer.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave it waiting", show=False)]

    def __init__(self, question: Question, title: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._question, self._title, self._hold = question, title, Hold(clock)
        self._text = LinesView(tuple(paragraphs(whole(question.text))), id="text")
        self._options = AnswerList(*(_option(n, o) for n, o in enumerate(question.options, 1)), id="options")
        self._box = SubmitBox(id="words")
        self._field = Field(self._label(), self._box, id="own")
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog"):
            yield Static(content(line(self._title)), classes="title")
            yield self._text
            if self._question.options:
                yield self._options
            yield self._field
            yield self._keys

    def on_mount(self) -> None:
        if self._question.options:
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
        return "or in your own words" if self._question.options else "your answer"

    def on_key(self, event: events.Key) -> None:
        if self.focused is self._options and event.key in "123456789":
            event.stop()
            if int(event.key) <= len(self._question.options) and self._hold.over():
                self.dismiss(self._question.options[int(event.key) - 1])

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        if self._hold.over():
            self.dismiss(self._question.options[event.option_index])

    @on(SubmitBox.Submitted)
    def _sent(self, event: SubmitBox.Submitted) -> None:
        if not self._hold.over():
            return
        if event.text:
            self.dismiss(event.text)
        else:
            self._field.show_fault(EMPTY)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    def action_leave(self) -> None:
        """Out, with the question left waiting."""
        self.dismiss(None)

    def _show_keys(self) -> None:
        choose = (("1-9", "choose"), ("tab", "own words")) if self._question.options else ()
        self._keys.update(key_row(*choose, ("enter", "send"), ("esc", "leave it waiting")))


def _option(number: int, option: str) -> Option:
    sign = f"{number}  " if number < 10 else "   "
    return Option(Content.styled(sign, "bold $primary") + content(line(option)))

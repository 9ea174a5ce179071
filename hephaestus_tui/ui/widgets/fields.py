"""The fields of every form: nothing in them blinks, nothing typed or pasted into them is lost, tab always leaves them."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from hephaestus_tui.ui.text import content, line


class LineInput(Input):
    """One line. Pasted lines are joined by spaces, where Textual would keep the first alone."""

    DEFAULT_CSS = """
    LineInput, LineInput:focus { height: 1; padding: 0 1 0 0; border: none; background: $panel; background-tint: $panel 0%; }
    LineInput { border-left: outer $panel; }
    LineInput:focus { border-left: outer $primary; }
    """

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, placeholder=placeholder, select_on_focus=False, id=id)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(" ".join(event.text.splitlines()), *self.selection)


class TextBox(TextArea):
    """Some lines, wrapped. It grows with its text up to the height that its form allows."""

    DEFAULT_CSS = """
    TextBox, TextBox:focus {
        height: auto; min-height: 2; max-height: 8; padding: 0 1 0 0; border: none; background: $panel;
        scrollbar-size-vertical: 1;
    }
    TextBox { border-left: outer $panel; }
    TextBox:focus { border-left: outer $primary; }
    """

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(text, placeholder=content(placeholder), highlight_cursor_line=False, id=id)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        # whatever breaks a line (there are eleven such characters) breaks it here; Textual would lose a lone one
        rows = "\n".join(f"{event.text}.".splitlines())[:-1]
        result = self.replace(rows, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)


class SubmitBox(TextBox):
    """Enter sends what is written; ctrl+j, alt+enter or shift+enter begins a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Send", show=False, priority=True),
        Binding("ctrl+j,alt+enter,shift+enter", "new_line", "New line", show=False),
    ]

    class Submitted(Message):
        """Someone pressed enter; `text` is without the space around it."""

        def __init__(self, box: SubmitBox, text: str) -> None:
            self.box = box
            self.text = text
            super().__init__()

        @property
        def control(self) -> SubmitBox:
            return self.box

    def action_submit(self) -> None:
        self.post_message(self.Submitted(self, self.text.strip()))

    def action_new_line(self) -> None:
        self.insert("\n")


class Field(Vertical):
    """A widget under its name, with what is wrong with it beside the name."""

    DEFAULT_CSS = """
    Field { height: auto; width: 1fr; }
    Field > Horizontal { height: auto; }
    Field .label {
        width: auto; max-width: 100%; margin-right: 2; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    Field .fault { width: 1fr; height: auto; color: $error; }
    Field .note { height: auto; color: $text-muted; padding-left: 1; display: none; }
    Field:focus-within .label { color: $foreground; }
    """

    def __init__(self, label: str, widget: Widget, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.widget = widget
        self.fault = ""
        self._label = Static(content(label), classes="label")
        self._fault = Static(classes="fault")
        self._note = Static(classes="note")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._label
            yield self._fault
        yield self.widget
        yield self._note

    def show_fault(self, fault: str) -> None:
        """Say what is wrong, or with "" that nothing is."""
        if fault != self.fault:
            self.fault = fault
            self._fault.update(content(line(fault)))

    def show_note(self, note: Content) -> None:
        """Say something under the field; an empty note takes no room."""
        if not self._note.display or self._note.content != note:
            self._note.update(note)
            self._note.display = bool(note)


def key_row(*entries: tuple[str, str]) -> Content:
    """The row of keys at the foot of a dialog. Plain text: a click on it does nothing."""
    parts = [Content.styled(key, "bold $primary") + Content(f" {label}") for key, label in entries]
    return Content("   ").join(parts)

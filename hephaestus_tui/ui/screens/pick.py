"""Choosing one of many by typing: the palette of actions and the search for a task are both this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row

SHOWN = 200
WIDTH = 76
_KEYS = (("type", "to narrow"), ("up/down", "move"), ("enter", "choose"), ("esc", "close"))
_AROUND = 7  # the cells of border, padding and scroll bar
_ROOM_FOR_NOTES = 45  # cells


@dataclass(frozen=True, slots=True)
class Choice:
    """`text` is what is searched and shown; so are `aside`, before it (a key, a mark), and `note`, at the right."""

    id: str
    text: str
    aside: str = ""
    note: str = ""


class PickList(OptionList, can_focus=False):
    """A click puts the cursor on an entry, and a second one on it chooses, as enter would: one alone chooses nothing."""

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is None or self.get_option_at_index(clicked).disabled:
            return
        if event.chain == 2 and clicked == self.highlighted:
            self.action_select()
        self.highlighted = clicked


class PickScreen(Modal[str | None]):
    """Gives back the id of the choice, or None. Words may be typed in any order; enter takes the highlighted one."""

    CSS = """
    PickScreen { align: center top; background: $background 60%; }
    PickScreen > DialogBox {
        width: 76; max-width: 96%; height: auto; max-height: 80%; margin-top: 3; padding: 0 1;
        background: $surface; border: round $border;
    }
    PickScreen Input { border: none; height: 1; padding: 0; margin: 0 0 1 0; background: $surface; }
    PickScreen PickList {
        height: auto; max-height: 16; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    PickScreen #none { color: $text-muted; }
    PickScreen .keys { height: auto; margin: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close"),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self, choices: Sequence[Choice], prompt: str) -> None:
        super().__init__()
        self._choices = choices
        self._prompt = prompt

    def compose(self) -> ComposeResult:
        with DialogBox():
            field = Input(placeholder=line(self._prompt), select_on_focus=False)
            field.cursor_blink = False
            yield field
            yield PickList()
            yield Static(content("nothing matches"), id="none")
            yield Static(key_row(*_KEYS), classes="keys")

    def on_mount(self) -> None:
        self._fill("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _taken(self) -> None:
        found = self.query_one(PickList)
        if found.highlighted is not None:
            self.dismiss(found.get_option_at_index(found.highlighted).id)

    def action_move(self, steps: int) -> None:
        found = self.query_one(PickList)
        if found.option_count:
            found.highlighted = max(0, min((found.highlighted or 0) + steps, found.option_count - 1))

    def _fill(self, wanted: str) -> None:
        words = wanted.casefold().split()
        matching = [c for c in self._choices if all(w in f"{c.aside} {c.text} {c.note}".casefold() for w in words)]
        found = self.query_one(PickList)
        found.clear_options()
        room = min(WIDTH, self.app.size.width * 96 // 100) - _AROUND
        found.add_options([Option(_prompt(choice, room), id=choice.id) for choice in matching[:SHOWN]])
        found.highlighted = 0 if matching else None
        self.query_one("#none").display = not matching


def _prompt(choice: Choice, room: int) -> Content:
    """One row of `room` cells; the note is whole, the text gives way, but in a narrow window the note goes instead."""
    aside, note = f"{line(choice.aside, 9):<10}", line(choice.note) if room >= _ROOM_FOR_NOTES else ""
    text = line(choice.text, max(room - len(aside) - cell_len(note) - 2, 8)) if note else line(choice.text)
    gap = " " * max(room - len(aside) - cell_len(text) - cell_len(note), 2) if note else ""
    return Content.styled(aside, "bold $primary") + Content(text + gap) + Content.styled(note, "$text-muted")

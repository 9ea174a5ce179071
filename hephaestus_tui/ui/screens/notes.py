"""The run's shared memory as a person sees it: every note, who wrote it, and keys to add, change and strike one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.talk import Note
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.note_rows import HEIGHT, note_lines, note_rows, note_words
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import LineInput, key_row
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.row_list import RowList, Rows
from hephaestus_tui.ui.words import count

_NONE = "There are no notes yet. Agents write down what others will need; what you write they are given as well."


@dataclass(frozen=True, slots=True)
class Write:
    """A new note is to be written, or `note` to be changed."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Strike:
    note: Note


@dataclass(frozen=True, slots=True)
class Go:
    task_id: TaskId


NotesChoice: TypeAlias = Write | Strike | Go


class NotesScreen(DialogScreen[NotesChoice | None]):
    """Gives back what shall be done, or None. It changes nothing itself, and stays live; `now` is Unix time.

    `at` is the id of the note to begin with; `wanted` are words that were searched for before.
    """

    CSS = """
    NotesScreen .dialog { height: 98%; max-height: 44; }
    NotesScreen LineInput { margin: 0 0 1 0; display: none; }
    NotesScreen.-searching LineInput { display: block; }
    NotesScreen #none { color: $text-muted; height: auto; }
    NotesScreen RowList { height: 1fr; min-height: 4; background: $surface; }
    NotesScreen LinesView { height: auto; max-height: 35%; margin: 1 0 0 0; background: $panel; }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("slash", "search", show=False),
        Binding("n", "write", show=False),
        Binding("e", "change", show=False),
        Binding("x", "strike", show=False),
        Binding("g", "go", show=False),
    ]

    def __init__(
        self,
        state: RunState,
        *,
        at: str = "",
        wanted: str = "",
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._state, self._at, self._wanted, self._now = state, at, wanted, now
        self._shown: list[Note] = []
        self._list: RowList
        self._field: LineInput
        self._lines = LinesView()
        self._lines.can_focus = False
        self._title, self._none, self._keys = Static(classes="title"), Static(id="none"), Static(classes="keys")

    def compose(self) -> ComposeResult:
        self._list = RowList(self._paint, HEIGHT, self.glyphs.pointer)
        self._field = LineInput(self._wanted, placeholder="type words to see fewer")
        with DialogBox(classes="dialog"):
            yield self._title
            yield self._field
            yield self._none
            yield self._list
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self.set_class(bool(self._wanted), "-searching")
        self._look()
        places = [place for place, note in enumerate(self._shown) if note.id == self._at]
        self.action_move(places[0] if places else 0)

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: an agent may have noted something; the note under the cursor stays under it."""
        self._state = state
        if self.is_mounted:
            self._look()

    @property
    def wanted(self) -> str:
        """The words that are searched for."""
        return self._field.value

    @property
    def under_cursor(self) -> Note | None:
        place = self._list.cursor
        return self._shown[place] if place is not None else None

    def _look(self) -> None:
        notes = sorted(self._state.notes.values(), key=lambda note: (note.struck is not None, -int(note.id[1:])))
        wanted = self._field.value.casefold().split()
        self._shown = [n for n in notes if all(word in note_words(self._state, n).casefold() for word in wanted)]
        in_use = sum(note.struck is None for note in notes)
        struck = f", {len(notes) - in_use:,} struck" if len(notes) > in_use else ""
        show(self._title, content(f"Notes of this run: {count(in_use, 'note')}{struck}"))
        show(self._none, content("" if self._shown else "No note has these words." if notes else _NONE))
        self._list.show([note.id for note in self._shown])
        self._list.repaint()
        self._tell()

    def _tell(self) -> None:
        here = self.under_cursor
        self._lines.set_lines(tuple(note_lines(self._state, here)) if here else ())
        self._lines.display = here is not None
        if self.focused is self._field:
            show(self._keys, key_row(("up/down", "move"), ("enter", "to the notes"), ("esc", "close")))
            return
        of_one = [("e", "change"), ("x", "strike")] if here and not here.struck else []
        leads = [("g", "go to the task")] if here and here.task_id else []
        show(self._keys, key_row(("n", "new"), *of_one, *leads, ("/", "search"), ("esc", "close")))

    def _paint(self, number: int, width: int) -> Rows:
        return note_rows(self._shown[number], self._now(), width, self.glyphs)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._look()

    @on(Input.Submitted)
    def _found(self) -> None:
        self.set_class(bool(self._field.value), "-searching")
        self.set_focus(None)
        self.call_after_refresh(self._tell)

    def action_search(self) -> None:
        self.add_class("-searching")
        self._field.focus()
        self.call_after_refresh(self._tell)

    def action_move(self, by: int) -> None:
        self._list.move(by)
        self._tell()
        self._lines.action_top()

    def action_page(self, by: int) -> None:
        self._list.page(by)
        self._tell()

    def action_write(self) -> None:
        self.dismiss(Write())

    def action_change(self) -> None:
        if (here := self.under_cursor) and not here.struck:
            self.dismiss(Write(here))

    def action_strike(self) -> None:
        if (here := self.under_cursor) and not here.struck and self.hold.over():
            self.dismiss(Strike(here))

    def action_go(self) -> None:
        if (here := self.under_cursor) and here.task_id:
            self.dismiss(Go(here.task_id))

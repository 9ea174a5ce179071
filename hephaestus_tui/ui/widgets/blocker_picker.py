"""Chooses what must be completed before: a list of what is chosen, and a line in which one types to find more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.blocker_search import Blocker, described, ids_alone, matching
from hephaestus_tui.ui.widgets.fields import LineInput

SHOWN = 5  # of what was found
_NARROWEST = 40


class SearchLine(LineInput):
    """The line that is typed into. Arrows, enter and ctrl+x act upon the lists around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("enter", "take", show=False),
        Binding("ctrl+x,delete", "drop", show=False),
        Binding("escape", "clear", show=False),
    ]

    class Pressed(Message):
        """One of the keys that act upon the lists: "step", "take" or "drop"."""

        def __init__(self, key: str, steps: int = 0) -> None:
            self.key, self.steps = key, steps
            super().__init__()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.value) if action == "clear" else True  # with nothing typed, escape is the form's

    def action_step(self, steps: int) -> None:
        self.post_message(self.Pressed("step", steps))

    def action_take(self) -> None:
        self.post_message(self.Pressed("take"))

    def action_drop(self) -> None:
        if self.value:
            self.action_cut() if not self.selection.is_empty else self.action_delete_right()
        else:
            self.post_message(self.Pressed("drop"))

    def action_clear(self) -> None:
        self.clear()


class BlockerPicker(Vertical):
    """`ids` are the blockers; a text that is nothing but ids counts as chosen, so that nothing typed is lost."""

    DEFAULT_CSS = """
    BlockerPicker { height: auto; }
    BlockerPicker > Static { height: auto; padding: 0 0 0 1; text-wrap: nowrap; text-overflow: ellipsis; display: none; }
    """

    class Changed(Message):
        """Something else is chosen, or typed."""

        def __init__(self, picker: BlockerPicker) -> None:
            self.picker = picker
            super().__init__()

        @property
        def control(self) -> BlockerPicker:
            return self.picker

    def __init__(self, chosen: Iterable[TaskId], state: RunState, task_id: TaskId | None, *, id: str) -> None:  # noqa: A002
        super().__init__(id=f"{id}-picker")
        self._chosen = list(chosen)
        self._state, self._task_id = state, task_id
        self._found: list[TaskId] = []
        self._at, self._pick = -1, 0  # the row of what is chosen, and of what was found
        self._chosen_rows, self._found_rows = Static(classes="chosen"), Static(classes="found")
        self.line = SearchLine(placeholder="type words or ids to find what must be completed before", id=id)

    def compose(self) -> ComposeResult:
        yield self._chosen_rows
        yield self.line
        yield self._found_rows

    def on_mount(self) -> None:
        self._draw()

    @property
    def ids(self) -> tuple[TaskId, ...]:
        return tuple(dict.fromkeys([*self._chosen, *ids_alone(self.line.value)]))

    @property
    def unchosen(self) -> str:
        """What was typed and means nothing yet."""
        return "" if ids_alone(self.line.value) else self.line.value.strip()

    def choose(self, ids: Iterable[TaskId]) -> None:
        """Replace what is chosen."""
        self._chosen = list(ids)
        self._draw()

    def refresh_state(self, state: RunState) -> None:
        self._state = state
        if self.is_mounted:
            self._draw()

    # -- keys

    @on(SearchLine.Pressed)
    def _pressed(self, event: SearchLine.Pressed) -> None:
        event.stop()
        if event.key == "step":
            self._step(event.steps)
        elif event.key == "drop":
            self._drop()
        elif self._found and (self._pick or not ids_alone(self.line.value)):
            self._add([self._found[self._pick]])
        elif ids := ids_alone(self.line.value):
            self._add([task_id for task_id in ids if task_id in self._state.blockers])

    def _step(self, steps: int) -> None:
        if self.line.value:
            self._pick = max(0, min(self._pick + steps, len(self._found) - 1))
        elif self._chosen:
            self._at = max(0, min(self._at + steps, len(self._chosen) - 1)) if self._at >= 0 else len(self._chosen) - 1
        self._draw()

    def _drop(self) -> None:
        if self._chosen:
            del self._chosen[self._at]
            self._at = min(self._at, len(self._chosen) - 1)
            self._draw()
            self.post_message(self.Changed(self))

    def _add(self, ids: list[TaskId]) -> None:
        self._chosen = list(dict.fromkeys([*self._chosen, *ids]))
        unknown = [task_id for task_id in ids_alone(self.line.value) if task_id not in self._state.blockers]
        self.line.value = " ".join(unknown) if self._pick == 0 else ""
        self.line.cursor_position = len(self.line.value)
        self._at = -1
        self._look()
        self.post_message(self.Changed(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._pick = 0
        self._look()
        self.post_message(self.Changed(self))

    def _look(self) -> None:
        self._found = matching(self.line.value, self._state, self._chosen, self._task_id)
        self._pick = max(0, min(self._pick, len(self._found) - 1))
        self._draw()

    def on_descendant_focus(self) -> None:
        self._draw()

    def on_descendant_blur(self) -> None:
        if known := [t for t in ids_alone(self.line.value) if t in self._state.blockers]:
            self._pick = 0
            self._add(known)
        self._at = -1
        self._draw()
        self.post_message(self.Changed(self))  # what was typed and means nothing is a fault from now on

    # -- what is shown

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        at = self._at if self.line.has_focus and not self.line.value else None
        rows = described(self._chosen, self._state, self._task_id)
        if at == -1:
            at = len(rows) - 1  # what ctrl+x would remove
        self._show(self._chosen_rows, [self._row(row, here=n == at) for n, row in enumerate(rows)])
        if not self.line.value or not self.line.has_focus:
            self._show(self._found_rows, [])
            return
        first = max(0, min(self._pick - SHOWN // 2, len(self._found) - SHOWN))
        shown = described(self._found[first : first + SHOWN], self._state, self._task_id)
        lines = [self._row(row, here=first + n == self._pick) for n, row in enumerate(shown)]
        if not lines and not ids_alone(self.line.value):
            lines = [Content.styled("nothing has these words", "$text-muted")]
        if len(self._found) > SHOWN:
            lines.append(
                Content.styled(f"  {len(self._found) - SHOWN} more: up and down, or more words", "$text-muted")
            )
        self._show(self._found_rows, lines)
        self.call_after_refresh(self._found_rows.scroll_visible, animate=False)

    def _show(self, place: Static, rows: list[Content]) -> None:
        words = Content("\n").join(rows)
        if place.content != words or place.display != bool(rows):
            place.update(words)
            place.display = bool(rows)

    def _row(self, row: Blocker, *, here: bool) -> Content:
        glyphs = ASCII if self.app.has_class("-ascii") else UNICODE
        sign = glyphs.pointer if here else " "
        state = ", ".join(part for part in (row.words, row.harm) if part)
        room = max(self.size.width, _NARROWEST) - 3 - len(row.task_id) - cell_len(state) - 3
        title = line(row.title, max(room, 8))
        gap = " " * max(room - cell_len(title), 0)
        return (
            Content.styled(f"{sign} ", "bold $primary")
            + content(f"{line(row.task_id)} ", "bold $primary")
            + content(f"{title}{gap}  ", "bold" if here else "")
            + content(state, "$text-error" if row.harm else "$text-muted")
        )

"""The pane of the DAG with all its keys: along the edges from task to task, and back the way one came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.named_keys import with_names
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.widgets.dag_chips import View
from hephaestus_tui.ui.widgets.dag_jumps import (
    FAILED,
    REVIEW,
    RUNNING,
    Round,
    Trail,
    blockers_of,
    next_with,
    parent_of,
    waiters_of,
)
from hephaestus_tui.ui.widgets.dag_kin import DagKin
from hephaestus_tui.ui.widgets.dag_paint import CLASSES, CSS


class DagView(DagKin):
    """The tasks and proposals of a run. `show` it each frame; it posts `TaskChosen` when a person moves the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = CLASSES
    DEFAULT_CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("g,home", "first", "First task", show=False),
        Binding("G,end", "last", "Newest task, and follow", show=False),
        Binding("less_than_sign", "blocker(1)", "Next task that it waits for", show=False),
        Binding("comma", "blocker(-1)", "Previous task that it waits for", show=False),
        Binding("greater_than_sign", "waiter(1)", "Next task that waits for it", show=False),
        Binding("left", "aside(-1)", "The task in which it was found; in columns, the one beside it", show=False),
        Binding("right", "aside(1)", "The first that was found in it; in columns, the one beside it", show=False),
        Binding("left_square_bracket", "back", "Back to where one jumped from", show=False),
        Binding("right_square_bracket", "forward", "Forward again", show=False),
        Binding("F", "failed", "Next that failed, or can never start", show=False),
        Binding("l", "running", "Next at work", show=False),
        Binding("W", "review", "Next whose work is to be reviewed", show=False),
        Binding("Z", "fold", "Fold the finished tasks here, or unfold them; elsewhere all of them", show=False),
        Binding("4", "view('rails')", "Rails: one row a task, in order of arrival, with lines", show=False),
        Binding("5", "view('tree')", "Tree: each task under the one in which it was found", show=False),
        Binding("6", "view('focus')", "Focus: one task, what it waits for and what waits for it", show=False),
        Binding("7", "view('phases')", "Phases: what somebody should know of first", show=False),
        Binding("enter", "centre", "In the focus: put the selected task into the middle", show=False),
        Binding("I", "isolate", "Only what it hangs on and what hangs on it, and all again", show=False),
        Binding("minus", "levels(-1)", "Isolate to one level less", show=False),
        Binding("equals_sign", "levels(1)", "Isolate to one level more", show=False),
        Binding("backslash", "filter", "Only the tasks of one state or phase", show=False),
        Binding(
            "vertical_line", "edges", "Edges: those still waited for, all (the others by name), or none", show=False
        ),
        Binding("colon", "kin", "Tick the task in which the selected one was found, and those found in it", show=False),
        Binding("ctrl+f", "find", "Find words among the tasks that are shown", show=False),
        Binding("right_curly_bracket", "match(1)", "Next match"),
        Binding("left_curly_bracket", "match(-1)", "Match before"),
        Binding("escape,backspace", "leave_found", "Close the find"),
        Binding("C", "critical", "Underline the longest chain of tasks that wait for each other", show=False),
    ]
    BINDINGS = with_names("tasks", BINDINGS)

    def __init__(self, glyphs: GlyphSet, rails: RailsSettings | None = None) -> None:
        super().__init__(glyphs, rails)
        self._trail, self._round = Trail(), Round()

    def select(self, task_id: TaskId | None) -> None:
        if self._selected and task_id and task_id != self._selected:
            self._trail.leave(self._selected)
        super().select(task_id)

    def _jump(self, to: TaskId | None, otherwise: str) -> None:
        if to is None or self._whole.row_of(to) is None:
            say(self.app, otherwise)
            return
        if self._selected and to != self._selected:
            self._trail.leave(self._selected)
        self._go(to)

    def _jump_round(self, kind: str, start: TaskId, targets: Sequence[TaskId], by: int, otherwise: str) -> None:
        if not targets:
            say(self.app, otherwise)
            return
        self._jump(self._round.next(kind, start, targets, by), otherwise)
        if told := self._round.told:
            say(self.app, told)

    def action_blocker(self, by: int) -> None:
        if self._selected:
            start = self._round.start("blocker", self._selected)
            self._jump_round("blocker", start, blockers_of(self._state, start), by, f"{start} waits for no other task")

    def action_waiter(self, by: int) -> None:
        if self._selected:
            start = self._round.start("waiter", self._selected)
            self._jump_round("waiter", start, waiters_of(self._state, start), by, f"nothing waits for {start}")

    def action_aside(self, by: int) -> None:
        """To the chip beside it; in rails and tree, up or down by where it was found."""
        if self.view in (View.RAILS, View.TREE):
            self._to_parent() if by < 0 else self._to_child()
        elif there := self._chips.beside(self._selected or "", by):
            self._go(there)

    def _to_parent(self) -> None:
        if self._selected:
            self._jump(parent_of(self._state, self._selected), f"{self._selected} was found in no other task")

    def _to_child(self) -> None:
        if self._selected:
            children = self._state.children(self._selected)
            self._jump(next(iter(children), None), f"nothing was found in {self._selected}")

    def action_back(self) -> None:
        if self._selected:
            self._retrace(self._trail.back(self._selected), "there was no jump before")

    def action_forward(self) -> None:
        if self._selected:
            self._retrace(self._trail.forward(self._selected), "there was no jump after")

    def _retrace(self, to: TaskId | None, otherwise: str) -> None:
        if to is None or self._whole.row_of(to) is None:
            say(self.app, otherwise)
        else:
            self._go(to)

    def action_failed(self) -> None:
        self._jump_to_mark(FAILED, "nothing has failed")

    def action_running(self) -> None:
        self._jump_to_mark(RUNNING, "no agent is at work")

    def action_review(self) -> None:
        self._jump_to_mark(REVIEW, "no work waits to be reviewed")

    def _jump_to_mark(self, marks: Collection[Mark], otherwise: str) -> None:
        after = -1 if self._cursor is None else self._cursor
        self._jump(next_with(self._rows.rows, marks, after), otherwise)

"""Shows what was changed in a proposal before it is accepted so: the last look, and what its agent will be told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskDraft, TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.draft_form import amended_meanwhile, decided_meanwhile
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import BLANK, Lines
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.review_lines import review_lines, versions_lines


class ReviewScreen(DialogScreen[bool]):
    """Gives back True for the key that accepts, which enter is not; else something that is not true.

    `final` is compared with what the agent itself proposed last, and is decided on as `version`.
    """

    CSS = """
    ReviewScreen LinesView { max-height: 70vh; }
    ReviewScreen .says { height: auto; color: $text-muted; margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "accept", "Accept", show=False)]

    def __init__(
        self,
        task_id: TaskId,
        final: TaskDraft,
        state: RunState,
        version: int | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._task_id, self._final, self._state, self._version = task_id, final, state, version
        self._notice = Static(classes="notice")
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        lines = self._lines()
        with DialogBox(classes="dialog"):
            yield Static(content(line(f"Accept {self._task_id}: {self._final.title}")), classes="title")
            yield self._notice
            yield Static(content(self._says(bool(lines))), classes="says")
            if lines:
                yield LinesView(lines)
            yield self._keys

    def on_mount(self) -> None:
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: someone else may have decided, or its agent have changed it."""
        self._state = state
        if self.is_mounted:
            self._look()

    def action_accept(self) -> None:
        if self._late():
            self.app.bell()
        elif self.hold.over():
            self.dismiss(True)

    def _lines(self) -> Lines:
        proposed = self._state.authored(self._task_id) or self._final
        lines = review_lines(proposed, self._final, self._state, self.glyphs)
        versions = versions_lines(self._state, self._task_id) if lines else ()
        return (*versions, BLANK, *lines) if versions else lines

    def _says(self, changed: bool) -> str:
        if not changed:
            return "Nothing is changed: it is accepted as it was proposed."
        proposal = self._state.proposals.get(self._task_id)
        by_agent = proposal is not None and proposal.origin.task_id is not None
        return "What was proposed, and what it becomes." + (" Its agent is told just this." if by_agent else "")

    def _late(self) -> str:
        if decided := decided_meanwhile(self._state, self._task_id):
            return decided
        amended = amended_meanwhile(self._state, self._task_id, self._version)
        return f"{amended} Go back: what you have changed is kept." if amended else ""

    def _look(self) -> None:
        late = self._late()
        show(self._notice, content(late))
        keys = () if late else (("a", "accept"),)
        show(self._keys, key_row(*keys, ("esc", "back, and everything is kept")))

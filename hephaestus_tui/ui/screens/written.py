"""Asks what shall become of what a person wrote in their editor, where it cannot be used as it is: nothing is thrown away."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, decided_words, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row


class Next(StrEnum):
    """What to do with it: open the editor again on it, or take it to the form."""

    AGAIN = "again"
    FORM = "form"


class WrittenScreen(DialogScreen[Next | None]):
    """Gives back what to do, or None to leave it. `faults` say why, `leave` what leaving does.

    `again`: there is an editor that can be opened once more.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", f"go('{Next.AGAIN}')", show=False),
        Binding("f", f"go('{Next.FORM}')", show=False),
    ]

    def __init__(
        self,
        task_id: TaskId,
        state: RunState,
        faults: list[str],
        *,
        leave: str,
        again: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._task_id, self._state, self._faults, self._leave = task_id, state, faults, leave
        self._again = again
        self._notice, self._keys = Static(classes="notice"), Static(classes="keys")

    def compose(self) -> ComposeResult:
        with DialogBox(classes="dialog -small"):
            yield Static(content(f"{self._task_id} is not decided yet"), classes="title")
            yield self._notice
            yield Static(content("\n".join(line(fault, 400) for fault in self._faults[:8])))
            yield self._keys

    def on_mount(self) -> None:
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: someone else may have decided."""
        self._state = state
        if self.is_mounted:
            self._look()

    def action_go(self, wanted: str) -> None:
        if self._late() or (wanted == Next.AGAIN and not self._again):
            self.app.bell()
        elif self.hold.over():
            self.dismiss(Next(wanted))

    def _late(self) -> str:
        decided = decided_words(self._state, self._task_id)
        return f"{decided} meanwhile: nothing can be decided any more." if decided else ""

    def _look(self) -> None:
        late = self._late()
        show(self._notice, content(late))
        editor = (("o", "open the editor again"),) if self._again else ()
        ways = () if late else (*editor, ("f", "go on in the form"))
        show(self._keys, key_row(*ways, ("esc", self._leave)))

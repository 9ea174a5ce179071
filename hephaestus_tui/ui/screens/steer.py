"""A person's words to agents: what, when they are read, and by whom."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from hephaestus_tui.domain.reach import Reach, listeners, only
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.domain.words import When
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.whom import whom_options
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import Field, SubmitBox, key_row
from hephaestus_tui.ui.widgets.option_line import Offer, OptionLine
from hephaestus_tui.ui.widgets.task_words import few, title_of

EMPTY = "write something, or press escape"
_WHEN = {
    When.NOW: "now",
    When.QUEUED: "when it is done",
    When.INTERRUPTING: "interrupt it",
}
_MEANS = {
    When.NOW: "Read before the next model call; what the agent is at goes on.",
    When.QUEUED: "Read when the agent would complete its task, or has nothing to do. It can be taken back until then.",
    When.INTERRUPTING: "Its stream is closed or its command killed now. What it said is kept, and it reads this next.",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What was written, for whom and for when; `in_editor`: it is to be written on in the person's own editor."""

    text: str
    when: When = When.NOW
    reach: Reach | None = None
    in_editor: bool = False


class SteerScreen(DialogScreen[Words | None]):
    """Gives back the words, or None. `words` are those that were refused or come from the editor, `fault` says why."""

    CSS = """
    SteerScreen OptionLine { margin: 0; }
    SteerScreen #means { height: auto; color: $text-muted; padding-left: 2; margin: 0 0 1 0; }
    SteerScreen Field { margin: 0 0 1 0; }
    SteerScreen #who { height: auto; color: $text-muted; padding-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", show=False),
        Binding("ctrl+e", "in_editor", show=False, priority=True),
    ]

    def __init__(
        self, task_id: TaskId, state: RunState, *, words: Words | None = None, fault: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._task_id, self._state, self._told = task_id, state, fault
        self._words = words or Words("")
        self._notice, self._means, self._who = Static(classes="notice"), Static(id="means"), Static(id="who")
        self._box = SubmitBox()
        self._field = Field("what shall be known or done", self._box)
        self._when = OptionLine([Offer(when, label) for when, label in _WHEN.items()], self._words.when, id="when")
        self._whom = OptionLine(self._options(), self._words.reach or only(task_id), id="whom")

    def compose(self) -> ComposeResult:
        title = f"Steer {self._task_id}: {title_of(self._state, self._task_id)}"
        with DialogBox(classes="dialog -small"):
            yield Static(content(line(title)), classes="title")
            yield self._notice
            yield self._field
            yield self._when
            yield self._means
            yield self._whom
            yield self._who
            keys = (
                ("enter", "send"),
                ("tab", "when, whom"),
                ("arrows", "choose"),
                ("^e", "editor"),
                ("esc", "cancel"),
            )
            yield Static(key_row(*keys), classes="keys")

    def on_mount(self) -> None:
        super().on_mount()
        self._box.text = self._words.text
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state; what was typed and chosen stays."""
        self._state = state
        if self.is_mounted:
            self._whom.offer(self._options())
            self._look()

    def written(self) -> str:
        return "your message" if self._box.text.strip() else ""

    def _options(self) -> list[Offer[Reach]]:
        return whom_options(self._state, self._task_id, listeners)

    def _look(self) -> None:
        reached = listeners(self._state, self._whom.chosen)
        gone = "" if reached else f"No agent is there to read it: {self._task_id} has ended. What you wrote stays here."
        show(self._notice, content(gone or self._told))
        show(self._means, content(_MEANS[self._when.chosen]))
        show(self._who, content(f"Read by {few(reached)}." if reached else ""))

    @on(OptionLine.Changed)
    def _chosen(self) -> None:
        self._look()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._field.show_fault("")

    @on(SubmitBox.Submitted)
    def _sent(self) -> None:
        self.action_send()

    def action_send(self) -> None:
        text = self._box.text.strip()
        if not text:
            self._field.show_fault(EMPTY)
            self._box.focus()
        elif not listeners(self._state, self._whom.chosen):
            self.app.bell()
        elif self.hold.over():
            self.dismiss(Words(text, self._when.chosen, self._whom.chosen))

    def action_in_editor(self) -> None:
        self.dismiss(Words(self._box.text, self._when.chosen, self._whom.chosen, in_editor=True))

"""Asks what shall become of all that waits in vain for something."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from hephaestus_tui.domain.decision import Choice
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.stranded_lines import Stranded, offered, stranded_by, told_lines
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import Line, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import Reading, title_of

_CHOICES: Mapping[str, Choice] = {"g": Choice.DROP, "c": Choice.CANCEL, "w": Choice.KEEP}
_ALWAYS: Mapping[Choice, str] = {
    Choice.DROP: "what waits for something that will never complete goes ahead without it",
    Choice.CANCEL: "what waits for something that will never complete is rejected or cancelled, too",
    Choice.KEEP: "what waits for something that will never complete is left waiting",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What was chosen for what stands on the screen; `always`: also from now on. `ask_again`: no longer without asking."""

    choice: Choice | None = None
    always: bool = False
    ask_again: bool = False


class StrandedScreen(DialogScreen[Settled | None]):
    """Gives back what was chosen for all that waits for `blocker`, or None.

    Without a blocker it only tells what is chosen without asking in this run, and offers to ask again.
    """

    CSS = """
    StrandedScreen .choices, StrandedScreen .always { height: auto; margin: 1 0 0 0; }
    StrandedScreen LinesView { max-height: 40vh; }
    StrandedScreen .always { color: $text-muted; }
    """
    AUTO_FOCUS: ClassVar[str | None] = "LinesView"

    def __init__(self, blocker: TaskId | None, state: RunState, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._blocker, self._state = blocker, state
        self._switched = False  # "always so", or, where that is on, "ask again"
        self._stranded: tuple[Stranded, ...] = ()
        self._offered: dict[str, str] = {}
        self._lines = LinesView()
        self._choices, self._always, self._keys = (Static(classes=c) for c in ("choices", "always", "keys"))

    def compose(self) -> ComposeResult:
        title = "What waits for something that will never complete"
        if self._blocker is not None:
            title = f"{self._blocker} will not complete: {title_of(self._state, self._blocker)}"
        with DialogBox(classes="dialog"):
            yield Static(content(line(title)), classes="title")
            yield self._lines
            yield self._choices
            yield self._always
            yield self._keys

    def on_mount(self) -> None:
        self._look()

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: what is listed changes with it, and then is held for a moment, to be read."""
        self._state = state
        if self.is_mounted:
            self._look()

    def _look(self) -> None:
        lines = self._told()
        if self._lines.set_lines(lines) and self.guarded:
            self.hold.begin()
        self._lines.display = bool(lines)
        rows = [Content.styled(f"{key} ", "bold $primary") + content(label) for key, label in self._offered.items()]
        show(self._choices, Content("\n").join(rows))
        show(self._always, content(self._always_words()))
        show(self._keys, key_row(("t", self._toggle_words()), ("esc", "decide later")))

    def _told(self) -> tuple[Line, ...]:
        self._stranded, self._offered = (), {}
        if (blocker := self._blocker) is None:
            return ()
        reading = Reading(self._state, self.glyphs)
        if not reading.is_gone(blocker):
            return (line_of(f"{blocker} is {reading.status(blocker)} meanwhile: nothing waits for it in vain."),)
        self._stranded = stranded_by(self._state, blocker)
        self._offered = dict(offered(self._state, blocker, self._stranded))
        return tuple(told_lines(self._state, blocker, self._stranded, self.glyphs))

    def _always_words(self) -> str:
        default = self._state.blocker_default
        if default is None:
            return (
                "What you choose now is chosen from now on in this run, without asking you." if self._switched else ""
            )
        if self._switched:
            return "From now on you are asked again."
        return f"In this run, without asking you: {_ALWAYS[default]}."

    def _toggle_words(self) -> str:
        if self._blocker is None:
            return "ask again from now on"
        what = "always so in this run" if self._state.blocker_default is None else "ask again from now on"
        return f"{what}: {'on' if self._switched else 'off'}"

    def on_key(self, event: events.Key) -> None:
        if event.key == "t":
            event.stop()
            self._toggle()
        elif event.key in self._offered:
            event.stop()
            if self.hold.over():
                on = self._state.blocker_default is not None
                choice = _CHOICES[event.key]
                self.dismiss(Settled(choice, always=self._switched and not on, ask_again=self._switched and on))

    def _toggle(self) -> None:
        if self._blocker is not None:
            self._switched = not self._switched
            self._look()
        elif self.hold.over():
            self.dismiss(Settled(ask_again=True))

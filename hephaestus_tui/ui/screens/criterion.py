"""Shows why a task could not be completed, and lets a person accept it as it is, send it back, or fail it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from hephaestus_tui.domain.check import Ruling
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.detail_criteria import unmet_lines
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.task_words import title_of

KEYS: Mapping[str, tuple[Ruling, str]] = {
    "b": (Ruling.BACK, "send it back, with a word to its agent"),
    "g": (Ruling.ACCEPT, "good as it is, and say why: the task is completed"),
    "f": (Ruling.FAIL, "fail the task"),
}


class CriterionScreen(DialogScreen[Ruling | None]):
    """Gives back what shall be, or None to decide later. The words for it are asked for afterwards."""

    CSS = """
    CriterionScreen .choices { height: auto; margin: 1 0 0 0; }
    CriterionScreen LinesView { max-height: 55vh; }
    """
    AUTO_FOCUS = "LinesView"

    def __init__(self, task_id: TaskId, state: RunState, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._task_id, self._state = task_id, state
        self._lines, self._choices, self._keys = LinesView(), Static(classes="choices"), Static(classes="keys")

    def compose(self) -> ComposeResult:
        title = f"{self._task_id} is not done: {title_of(self._state, self._task_id)}"
        with DialogBox(classes="dialog"):
            yield Static(content(line(title)), classes="title")
            yield self._lines
            yield self._choices
            yield self._keys

    def on_mount(self) -> None:
        unmet = self._state.unmet.get(self._task_id)
        gone = (line_of("It was settled meanwhile."),)
        self._lines.set_lines(tuple(unmet_lines(unmet, self.glyphs)) if unmet else gone)
        rows = [Content.styled(f"{key} ", "bold $primary") + content(label) for key, (_, label) in KEYS.items()]
        show(self._choices, Content("\n").join(rows))
        show(self._keys, key_row(("up/down", "read"), ("esc", "decide later")))

    def on_key(self, event: events.Key) -> None:
        if event.key in KEYS:
            event.stop()
            if self.hold.over():
                self.dismiss(KEYS[event.key][0])

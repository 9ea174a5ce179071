"""What the dialogs that decide have in common: the frame, a moment of grace, and a way out that loses nothing unasked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet
from hephaestus_tui.ui.hold import Hold
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.left_once import Modal
from hephaestus_tui.ui.text import line

if TYPE_CHECKING:  # the app imports this module before its first screen, which does not wait for these
    from hephaestus_tui.domain.decision import Decision
    from hephaestus_tui.domain.state import RunState
    from hephaestus_tui.domain.task import TaskId

_T = TypeVar("_T")


class DialogScreen(Modal[_T]):
    """Escape leaves it. `clock` counts seconds: a key that decides is asked of `hold` first."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss"]
    DEFAULT_CSS = """
    DialogScreen { align: center middle; background: $background 60%; }
    DialogScreen .notice { height: auto; padding: 0 1; margin: 0 0 1 0; background: $panel; color: $warning; }
    DialogScreen LinesView { height: auto; max-height: 60vh; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False)]

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock, self.hold = clock, Hold(clock)

    def on_mount(self) -> None:
        self.call_after_refresh(self.hold.begin)

    @property
    def guarded(self) -> bool:
        """Whether it has appeared, so that its first moments are being counted."""
        return self.hold.begun

    @property
    def glyphs(self) -> GlyphSet:
        return ASCII if self.app.has_class("-ascii") else UNICODE

    def written(self) -> str:
        """What would be lost by leaving, as in "your question"; empty where nothing would."""
        return ""

    def action_leave(self) -> None:
        """Leave with nothing; asks first where something that a person wrote would be lost."""
        if not (written := self.written()):
            self.dismiss(None)
            return
        ask = ConfirmScreen(f"Throw away {written}?", yes="throw it away", no="go on writing", clock=self._clock)
        self.app.push_screen(ask, self._confirmed)

    def _confirmed(self, sure: bool | None) -> None:
        if sure:
            self.dismiss(None)


def show(place: Static, words: Content) -> None:
    """Change a line only where it says something else; an empty one takes no room."""
    if place.content != words or place.display != bool(words):
        place.update(words)
        place.display = bool(words)


def decided_words(state: RunState, task_id: TaskId) -> str:
    """Who decided on a proposal meanwhile, and how: "T7 was accepted by Ada"; empty where it is open."""
    if task_id in state.proposals:
        return ""
    decision = state.decisions.get(task_id)
    return f"{task_id} {past(decision)} by {line(str(decision.actor))}" if decision else f"{task_id} is no proposal"


def past(decision: Decision) -> str:
    """ "was merged into T3"."""
    if decision.merged_into:
        return f"was merged into {decision.merged_into}"
    return "was rejected" if decision.final is None else "was accepted"

"""The way into earlier runs: what each was about, how far it got, and what in it still waits for a person."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from hephaestus_tui.domain.task import RunId
from hephaestus_tui.session import NewRun, RunSummary
from hephaestus_tui.ui.glyphs import GlyphSet, Mark
from hephaestus_tui.ui.screens.left_once import LeftOnce
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.footer import KeyFooter
from hephaestus_tui.ui.words import ago, count

_WRITING = (("enter", "start it"), ("down", "earlier runs"))
_CHOOSING = (("enter", "open"), ("tab", "new goal"), ("q", "quit"))


class RunsScreen(LeftOnce[NewRun | RunId]):
    """Gives back the id of the run to open, or a new one with the goal that was typed.

    `notes` stand above the goal, and `fault` too: why the last choice could not be opened, with the `goal` it had.
    """

    CSS_PATH = "runs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "app.leave", "quit"),
        Binding("escape", "focus_list", "earlier runs", show=False),
    ]

    def __init__(
        self,
        glyphs: GlyphSet,
        now: Callable[[], float] = time.time,
        *,
        notes: Sequence[str] = (),
        goal: str = "",
        fault: str = "",
    ) -> None:
        super().__init__()
        self._glyphs, self._now = glyphs, now
        self._notes, self._goal, self._fault = notes, goal, fault
        self._runs: Sequence[RunSummary] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="page"):
            yield Static(Content("hephaestus"), id="name")
            yield from (Static(content(note), classes="note") for note in self._notes)
            if self._fault:
                yield Static(content(self._fault), classes="fault")
            yield Static(content("What shall be done in this project?"), classes="heading")
            goal = Input(self._goal, placeholder="describe the goal of a new run", select_on_focus=False)
            goal.cursor_blink = False
            yield goal
            yield Static(content("Looking for earlier runs"), id="earlier", classes="heading")
            yield OptionList()
        yield KeyFooter()

    def on_mount(self) -> None:
        self._fill()

    def show(self, runs: Sequence[RunSummary]) -> None:
        """List the runs, the newest first; may come before or after the screen is mounted."""
        self._runs = runs
        if self.is_mounted:
            self._fill()

    def action_focus_list(self) -> None:
        if self._runs:
            self.query_one(OptionList).focus()

    def on_descendant_focus(self) -> None:
        entries = _WRITING if isinstance(self.focused, Input) else _CHOOSING
        self.query_one(KeyFooter).show(entries, (("^q", "quit"),))

    @on(Input.Submitted)
    def _goal_written(self, event: Input.Submitted) -> None:
        if goal := event.value.strip():
            self.dismiss(NewRun(goal=goal))

    @on(OptionList.OptionSelected)
    def _run_chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(str(event.option_id))

    def on_key(self, event: events.Key) -> None:
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self.action_focus_list()

    def _fill(self) -> None:
        if self._runs is None:
            return
        listed, untouched = self.query_one(OptionList), not self.query_one(Input).value
        heading = "Earlier runs" if self._runs else "There is no earlier run of this project."
        self.query_one("#earlier", Static).update(content(heading))
        listed.clear_options()
        listed.add_options([Option(self._entry(run), id=run.run_id) for run in self._runs])
        listed.display = bool(self._runs)
        if self._runs and untouched:
            listed.highlighted = 0

    def _entry(self, run: RunSummary) -> Content:
        done, needs_you, dot = self._glyphs.marks[Mark.DONE], self._glyphs.marks[Mark.NEEDS_YOU], self._glyphs.bullet
        parts = [
            Content.styled(ago(self._now() - run.last_at), "$text-muted"),
            Content.styled(f"{done} {run.completed}/{count(run.tasks, 'task')}", "$success"),
        ]
        if run.failed:
            parts.append(Content.styled(f"{self._glyphs.marks[Mark.FAILED]} {run.failed} failed", "$error"))
        if run.waiting:
            words = "proposal waits" if run.waiting == 1 else "proposals wait"
            parts.append(Content.styled(f"{needs_you} {run.waiting} {words}", "bold $secondary"))
        parts.append(Content.styled(line(run.model, 40), "$text-muted"))
        facts = Content.styled(f" {dot} ", "$text-muted").join(parts)
        return Content.styled(line(run.goal, 160), "bold") + Content("\n") + facts

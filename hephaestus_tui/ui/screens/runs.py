"""The way into earlier runs: what each was about, how far it got, and what in it still waits for a person."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.session import Finds, NewRun, RunSummary
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.screens.left_once import LeftOnce
from hephaestus_tui.ui.screens.run_entries import entry, matching
from hephaestus_tui.ui.screens.welcome import DEMO_ENTRY, TRY_KEY, model_lines, models_found, welcome
from hephaestus_tui.ui.text import content, line
from hephaestus_tui.ui.widgets.footer import KeyFooter

_WRITING = (("enter", "start it"), ("down", "earlier runs"))
_FIRST = (("enter", "start it"), (TRY_KEY, "demo"))
_CHOOSING = (("enter", "open"), ("tab", "new goal"), ("q", "quit"))
_DEMO_ID, _MODEL = " demo", " model "  # no run is called so


class TryDemo:
    """The choice to see the demo instead of opening a run."""


class RunsScreen(LeftOnce[NewRun | RunId | TryDemo]):
    """Gives back the id of the run to open, a new one with the goal that was typed, or that the demo is wanted.

    `notes` stand above the goal, and `fault` too: why the last choice could not be opened, with the `goal` it had.
    What is typed is a goal, and meanwhile the list keeps to the earlier runs that hold its words. Where no model is chosen it
    begins with those that were found; `choose` keeps one, and a goal that was entered begins with it at once.
    """

    CSS_PATH = "runs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "app.leave", "quit"),
        Binding(TRY_KEY, "demo", "demo", show=False),
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
        help_key: str = "?",
        choose: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self._glyphs, self._now = glyphs, now
        self._notes, self._goal, self._fault = notes, goal, fault
        self._help_key, self._choose = help_key, choose
        self._runs: Sequence[RunSummary] | None = None
        self._finds: Finds | None = None

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
            yield Static(content(welcome(self._help_key)), id="welcome")
            yield Static(id="finds")
            yield OptionList()
            # a first run says so much that notes above would push the choice out of a small terminal
            yield from (Static(content(note), classes="late") for note in self._notes)
        yield KeyFooter()

    def on_mount(self) -> None:
        self._fill()

    def show(self, runs: Sequence[RunSummary]) -> None:
        """List the runs, the newest first; may come before or after the screen is mounted."""
        self._runs = runs
        if self.is_mounted:
            self._fill()

    def tell(self, finds: Finds) -> None:
        """Say which model would be used, or which could be; may come before or after the screen is mounted."""
        self._finds = finds
        if self.is_mounted:
            self._fill()

    def action_demo(self) -> None:
        self.dismiss(TryDemo())

    def action_focus_list(self) -> None:
        if self._runs is not None:
            self.query_one(OptionList).focus()

    def on_descendant_focus(self) -> None:
        self._show_keys()

    def _show_keys(self) -> None:
        writing = _WRITING if self._runs or self._runs is None else _FIRST
        entries = writing if isinstance(self.focused, Input) else _CHOOSING
        self.query_one(KeyFooter).show(entries, (("^q", "quit"),))

    @on(Input.Submitted)
    def _goal_written(self, event: Input.Submitted) -> None:
        if not (goal := event.value.strip()):
            return
        if self._choose and self._models():
            self._goal = goal
            self.action_focus_list()
            listed = self.query_one(OptionList)
            listed.highlighted = listed.get_option_index(f"{_MODEL}{self._models()[0][0]}")
            say(self.app, "Which model? enter takes the one that is marked, and the run begins.")
            return
        self.dismiss(NewRun(goal=goal))

    @on(Input.Changed)
    def _goal_changed(self) -> None:
        if self._runs:
            self._list(self._runs)

    @on(OptionList.OptionSelected)
    def _run_chosen(self, event: OptionList.OptionSelected) -> None:
        chosen = str(event.option_id)
        if chosen.startswith(_MODEL):
            self._take(chosen.removeprefix(_MODEL))
            return
        self.dismiss(TryDemo() if chosen == _DEMO_ID else chosen)

    @work(exclusive=True, group="choosing")
    async def _take(self, model: str) -> None:
        if self._choose is None or self._finds is None:
            return
        try:
            await self._choose(model)
        except HephaestusError as error:
            warn(self.app, str(error))
            return
        self.tell(replace(self._finds, model=model, fault=""))
        goal = self.query_one(Input)
        if self._goal and self._goal == goal.value.strip():
            self.dismiss(NewRun(goal=self._goal))
            return
        goal.focus()

    def _models(self) -> list[tuple[str, str]]:
        return models_found(self._finds) if self._finds and self._choose else []

    def _model_options(self) -> list[Option]:
        return [
            Option(
                Content(f"Use {line(model, 40)}  ") + Content.styled(line(where), "$text-muted"), id=f"{_MODEL}{model}"
            )
            for model, where in self._models()
        ]

    def on_key(self, event: events.Key) -> None:
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self.action_focus_list()

    def _fill(self) -> None:
        if self._runs is None:
            return
        self.query_one("#page").set_class(not self._runs, "-first")
        self._show_keys()
        self._say_finds()
        if self._runs:
            self._list(self._runs)
            return
        self._choices([Option(content(DEMO_ENTRY), id=_DEMO_ID), *self._model_options()])

    def _list(self, runs: Sequence[RunSummary]) -> None:
        listed, typed = self.query_one(OptionList), self.query_one(Input).value
        found = matching(runs, typed)
        shown = found or runs  # it is a new goal that is being written
        told = "Earlier runs" if len(found) == len(runs) else f"Earlier runs with these words: {len(found)}"
        heading = content(told if found else "No earlier run has these words; all of them:")
        earlier = self.query_one("#earlier", Static)
        if earlier.content != heading:
            earlier.update(heading)
        models = self._model_options()
        ids = [*(option.id for option in models), *(run.run_id for run in shown)]
        if listed.display and ids == [option.id for option in listed.options]:
            return  # a letter that changes nothing draws nothing
        self._choices([*models, *(Option(entry(run, self._now(), self._glyphs), id=run.run_id) for run in shown)])

    def _choices(self, options: Sequence[Option]) -> None:
        """List them, with the cursor on what it was on; where that has gone, or nothing was, on the first."""
        listed = self.query_one(OptionList)
        marked = listed.highlighted_option.id if listed.highlighted_option else None
        listed.clear_options()
        listed.add_options(options)
        listed.display = True
        listed.highlighted = next((n for n, o in enumerate(listed.options) if o.id == marked), 0)

    def _say_finds(self) -> None:
        if self._finds is None or self._runs is None:
            return
        chosen = bool(self._finds.model) and not self._finds.fault
        for said in self.query("#finds").results(Static):  # it may have been left meanwhile
            said.update(content("\n".join(model_lines(self._finds))))
            said.display = not (self._runs and chosen)

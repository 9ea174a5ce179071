"""Shows the rules that may decide for a person, and lets them switch one on only after seeing what it would have done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.rule import Rule
from hephaestus_tui.domain.rules import Listed, listed, rule_use, what_if
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.dialog import DialogScreen, show
from hephaestus_tui.ui.screens.rule_lines import rule_lines, rule_row, switch_question
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.dialog_box import DialogBox
from hephaestus_tui.ui.widgets.fields import key_row
from hephaestus_tui.ui.widgets.lines import Line, Span, line_of
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.row_list import Piece, RowList

_NONE = (
    "There are no rules. A rule accepts or rejects what agents propose without asking you. One that you write is kept "
    "in your own settings, and decides nothing before you switch it on here, in this run."
)


@dataclass(frozen=True, slots=True)
class Switch:
    rule: Rule
    on: bool


@dataclass(frozen=True, slots=True)
class Write:
    """A new rule is to be written, or `rule` to be changed."""

    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class StopAll:
    pass


RulesChoice: TypeAlias = Switch | Write | StopAll


class RulesScreen(DialogScreen[RulesChoice | None]):
    """Gives back what shall be done, or None. `in_file` are the rules of the settings, `fault` why they cannot be read.

    `at` is the id of the rule to begin with; `now` is Unix time, by which hours are counted.
    """

    CSS = """
    RulesScreen .dialog { height: 98%; max-height: 44; }
    RulesScreen RowList { height: auto; max-height: 30%; margin: 0 0 1 0; background: $surface; }
    RulesScreen LinesView { height: 1fr; max-height: 100%; }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("s", "switch", show=False),
        Binding("n", "write", show=False),
        Binding("e", "change", show=False),
        Binding("exclamation_mark", "stop", show=False),
    ]

    def __init__(
        self,
        state: RunState,
        in_file: Sequence[Rule],
        me: Actor,
        *,
        fault: str = "",
        at: str = "",
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._state, self._in_file, self._me = state, in_file, me
        self._fault, self._at, self._now, self._clock = fault, at, now, clock
        self._listed: list[Listed] = []
        self._list: RowList
        self._lines = LinesView()
        self._lines.can_focus = False
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        self._list = RowList(self._paint, pointer=self.glyphs.pointer)
        with DialogBox(classes="dialog"):
            yield Static(content("Rules that may decide for you"), classes="title")
            notice = Static(content(f"{self._fault} Rules that are on go on."), classes="notice")
            notice.display = bool(self._fault)
            yield notice
            yield self._list
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._look()
        places = [place for place, entry in enumerate(self._listed) if entry.rule.id == self._at]
        self.action_move(places[0] if places else 0)

    def refresh_state(self, state: RunState) -> None:
        """Take a newer state: a rule may have decided, or been stopped elsewhere."""
        self._state = state
        if self.is_mounted:
            self._look()

    @property
    def under_cursor(self) -> Listed | None:
        place = self._list.cursor
        return self._listed[place] if place is not None else None

    def _look(self) -> None:
        # of a file that cannot be read it is not known what it has otherwise
        in_file = self._in_file if not self._fault else tuple(self._state.rules.values())
        self._listed = listed(self._state, in_file)

        self._list.display = bool(self._listed)
        self._list.show([entry.rule.id for entry in self._listed])
        self._tell()

    def _tell(self) -> None:
        here = self.under_cursor
        self._lines.set_lines(self._told(here))
        keys = [("n", "new"), ("pgdn", "more"), ("esc", "close")]
        if here:
            keys = [("s", "switch off" if here.on else "switch on"), *keys[:1], ("e", "change"), *keys[1:]]
        if self._state.rules:
            keys.insert(-1, ("!", "stop all"))
        show(self._keys, key_row(*keys))

    def _told(self, here: Listed | None) -> tuple[Line, ...]:
        if here is None:
            return () if self._fault else (line_of(Span(_NONE)),)
        use = rule_use(self._state, here.rule.id, self._now())
        return tuple(rule_lines(here, use, what_if(here.rule, self._state), self._me))

    def _paint(self, number: int, width: int) -> Sequence[Sequence[Piece]]:
        entry = self._listed[number]
        return [rule_row(entry, rule_use(self._state, entry.rule.id, self._now()), width)]

    def action_move(self, by: int) -> None:
        self._list.move(by)
        self._tell()
        self._lines.action_top()

    def action_page(self, by: int) -> None:
        if by > 0:
            self._lines.action_screen_down()
        else:
            self._lines.action_screen_up()

    def action_switch(self) -> None:
        """Off at once; on only after what it would have done was shown and agreed to."""
        here = self.under_cursor
        if here is None:
            return
        if here.on:
            self.dismiss(Switch(here.rule, on=False))
            return
        question = switch_question(what_if(here.rule, self._state), self._me)
        ask = ConfirmScreen(question, yes="switch it on", no="leave it off", clock=self._clock)
        self.app.push_screen(ask, lambda sure: self._agreed(here.rule) if sure else None)

    def _agreed(self, rule: Rule) -> None:
        self.dismiss(Switch(rule, on=True))

    def action_write(self) -> None:
        self.dismiss(Write())

    def action_change(self) -> None:
        if here := self.under_cursor:
            in_file = {rule.id: rule for rule in self._in_file}
            self.dismiss(Write(in_file.get(here.rule.id, here.rule)))

    def action_stop(self) -> None:
        if self._state.rules:
            self.dismiss(StopAll())

"""What the keys of the run's screen do. What it shows is in `supervise`; what decides goes on to the desk.

An action happens only where it applies to what is under the cursor; one that decides passes through the guard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType

from hephaestus_tui.domain.attention import Attention, AttentionKind, attention
from hephaestus_tui.domain.decision import Query
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.ui.actions.registry import BY_ID, bindings
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.desk.handlers import perform
from hephaestus_tui.ui.desk.inbox import Rounds, told
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.guard import Guard, Target
from hephaestus_tui.ui.keymap import actions_by_key, key_of, shown_key
from hephaestus_tui.ui.keys_now import AT_ONCE, asked, palette_choices, task_choices
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.own_keys import SCOPES
from hephaestus_tui.ui.pane_keys import PANE_KEYS
from hephaestus_tui.ui.pane_sizes import PaneSizes
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.help import HelpScreen
from hephaestus_tui.ui.screens.inbox import InboxScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.run_screen import RunScreen
from hephaestus_tui.ui.selection import Selection, select
from hephaestus_tui.ui.standing import Standing
from hephaestus_tui.ui.why_not import why_not
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.panes_view import PanesView

# with some selected, "accept" may be meant for those
_ALONE = ("proposal.accept", "proposal.reject")
# what only asks decides nothing, but it wants the room of a dialog
_ASKS = ("proposal.ask",)
# what opens a dialog to write in: where it does not apply, a person who types on must not be obeyed letter by letter
_WANT_WORDS = ("agent.steer", "proposal.ask", "proposal.reject", "proposal.edit", "task.restart")
TYPED_ON_SECONDS = 0.8


class RunKeys(RunScreen):
    """A screen with `dag` and `panes`, which is told by `turn_to` which task to show, and by `selection_changed`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    dag: DagView
    panes: PanesView
    sizes: PaneSizes

    def __init__(
        self, glyphs: GlyphSet, keys: Mapping[str, str], clock: Callable[[], float], now: Callable[[], float]
    ) -> None:
        super().__init__()
        self.state, self.standing = RunState(), Standing()
        self.selected: TaskId | None = None
        self.selection = Selection(self.selection_changed)
        self.desk: Desk | None = None
        self.guard = Guard(clock)
        self.glyphs, self.keys, self.clock, self.now = glyphs, keys, clock, now
        self._rounds = Rounds()
        self._bound = actions_by_key(keys)
        self._typed_on_until = 0.0

    def turn_to(self, task_id: TaskId) -> None:
        """Put the cursor on a task, and show it."""
        raise NotImplementedError

    def selection_changed(self) -> None:
        """Show which proposals are selected."""
        raise NotImplementedError

    def unsent(self) -> str:
        """What a person wrote about work and has not sent."""
        return self.desk.drafts.written() if self.desk else ""

    def key(self, action_id: str) -> str:
        """The key that an action has now, as people read it."""
        return shown_key(key_of(BY_ID[action_id], self.keys))

    def inbox(self) -> Sequence[Attention]:
        """All that waits for a human, in its order."""
        return attention(self.state)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key whose action does not apply now does nothing, is not shown, and says why (`on_key`)."""
        if action != "act":
            return True
        wanted = BY_ID[str(parameters[0])]
        if wanted.decides and self.has_class("-small"):
            return False
        return wanted.applies(self.state, self.selected)

    def on_key(self, event: events.Key) -> None:
        """Keys come by here before bindings are looked at: one that will do nothing says why."""
        if self._typed_on:
            self._typed_on_until = self.clock() + TYPED_ON_SECONDS
            return
        bound = self._bound.get(event.key, [])
        if bound and bound[0].id == "select.none":  # pressed by habit, and no harm
            return
        if bound and not any(self.check_action("act", (action.id,)) for action in bound):
            small = bound[0].decides and self.has_class("-small")
            reason = "the terminal is too small to decide in" if small else ""
            say(self.app, reason or why_not(bound[0], self.state, self.selected, self.key("work.review")))
            if bound[0].id in _WANT_WORDS and not small:
                self._typed_on_until = self.clock() + TYPED_ON_SECONDS

    @property
    def _typed_on(self) -> bool:
        """Whether a key that comes now is one more letter of words for which no dialog has opened."""
        return self.clock() < self._typed_on_until

    def action_act(self, action_id: str) -> None:
        """Do what the registry calls `action_id`."""
        if (self.desk and self.desk.taken) or self._typed_on:
            return  # typed ahead, for a dialog that is not there yet, or that did not open
        if not self.check_action("act", (action_id,)):
            return
        match action_id:
            case "pane.dag" | "pane.transcript" | "pane.detail":
                self.panes.use(Pane(action_id.removeprefix("pane.")))
            case "pane.next" | "pane.previous":
                self.panes.step(1 if action_id == "pane.next" else -1)
            case "pane.zoom":
                self.panes.zoom()
            case "pane.wider" | "pane.narrower":
                if not self.panes.widen(1 if action_id == "pane.wider" else -1):
                    say(self.app, f"{BY_ID[action_id].label}: one pane has the whole screen")
            case "pane.reset":
                self.panes.reset()
            case "task.below" | "task.above":
                self.dag.move(1 if action_id == "task.below" else -1)
            case "next.attention":
                self._land(self._rounds.next(attention(self.state), self.selected))
            case "inbox":
                inbox = InboxScreen(self.state, self.glyphs, self.now, self.clock)
                self.app.push_screen(inbox, lambda item: self._opened(item, read=inbox.read))
            case "select.toggle" | "select.range" | "select.subtree" | "select.none":
                if words := select(action_id, self.selection, self.state, self.dag.selected):
                    say(self.app, words)
            case "search":
                self._pick(PickScreen(task_choices(self.state, self.glyphs), "find a task"), self.turn_to)
            case "palette":
                choices = palette_choices(self.state, self.selected, self.keys)
                self._pick(PickScreen(choices, "what shall be done?"), self._chosen)
            case "help":
                self.app.push_screen(HelpScreen(self.glyphs, self.keys, SCOPES))
            case "theme":
                self.call_later(self.app.run_action, "choose_theme")
            case "app.quit":
                self.call_later(self.app.run_action, "leave")
            case _:
                self._decide(action_id)

    @on(PanesView.SizesChosen)
    def _keep_sizes(self) -> None:
        try:
            self.sizes.keep()
        except HephaestusError as error:
            warn(self.app, str(error))

    def _decide(self, action_id: str) -> None:
        if self.desk is None:
            return
        # the cursor may have been moved by a key of which this screen has not heard yet
        moved = self.dag.selected != self.selected
        action = BY_ID[action_id]
        unread = action.decides and action_id not in _ASKS and not self.guard.open
        if unread or (moved and action.acts_on_selected):
            say(self.app, f"{action.label}: {self.dag.selected} has only just come under the cursor; read it first")
            return
        if action_id in _ALONE and (others := self._others_selected()):
            say(self.app, others)
            return
        self._perform(self.desk, action_id, self.guard.shown)

    def _others_selected(self) -> str:
        """Why a key that decides on one proposal does nothing where others are selected; empty where none are."""
        count = len(self.selection.versions.keys() - {self.selected})
        if not count:
            return ""
        others = "1 other proposal is" if count == 1 else f"{count} other proposals are"
        return (
            f"{others} selected: {self.key('decide.selected')} decides on the selected, "
            f"{self.key('select.none')} selects none"
        )

    def _chosen(self, action_id: str) -> None:
        """What was chosen in the palette by enter, which never decides: what would be done at once is asked."""
        if action_id not in BY_ID:
            self._in_its_pane(action_id)
            return
        if action_id not in AT_ONCE or self.desk is None:
            self.action_act(action_id)
            return
        desk, shown, action = self.desk, self.guard.shown, BY_ID[action_id]
        ask = ConfirmScreen(asked(action_id, self.state, shown), yes=action.label, no="not now", clock=self.clock)

        def answered(sure: bool | None) -> None:
            if sure:
                self._perform(desk, action_id, shown)

        self.app.push_screen(ask, answered)

    def _in_its_pane(self, action_id: str) -> None:
        for pane, (_, bound) in zip(Pane, PANE_KEYS, strict=True):
            for binding in bound:
                if isinstance(binding, Binding) and binding.id == action_id:
                    self.panes.use(pane)
                    self.call_later(self.app.run_action, binding.action, self.panes.inner)

    def _perform(self, desk: Desk, action_id: str, shown: Target) -> None:
        desk.taken = True
        self._at_the_desk(desk, action_id, shown)

    @work(group="desk")
    async def _at_the_desk(self, desk: Desk, action_id: str, shown: Target) -> None:
        await perform(desk, action_id, self.state, shown)

    def _pick(self, screen: PickScreen, then: Callable[[str], None]) -> None:
        self.app.push_screen(screen, lambda chosen: then(chosen) if chosen else None)

    def _opened(self, item: Attention | Query | None, *, read: bool) -> None:
        """Go to what was chosen in the inbox; finished work is opened, since all of it is on another screen."""
        self._land(item)
        if item is not None and read:
            self.guard.choose()
        if isinstance(item, Attention) and item.kind is AttentionKind.REVIEW:
            self.action_act("work.review")

    def _land(self, item: Attention | Query | None) -> None:
        """Go to what waits; it must be read before it is decided."""
        if item is None:
            return
        self.turn_to(item.task_id)
        if not self.panes.shows(Pane.DETAIL):
            self.panes.use(Pane.DETAIL)
        if isinstance(item, Attention):
            self._rounds.visit(item)
            if words := told(item, self.key):
                say(self.app, words, seconds=8)

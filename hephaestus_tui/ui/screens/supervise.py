"""The screen on which a run is supervised: tasks, transcript and detail side by side, and the keys that decide.

Nothing that arrives moves the selection or the focus; only a key does. Deciding keys pass through the guard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from hephaestus_tui.config import RailsSettings
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Host, Session
from hephaestus_tui.ui.bridge import Bridge, Frame
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.desk.inbox import first_to_show
from hephaestus_tui.ui.editor import Lending
from hephaestus_tui.ui.following import TranscriptFollower
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.guard import target_of
from hephaestus_tui.ui.keymap import shown_key
from hephaestus_tui.ui.keys_now import footer_always, footer_entries
from hephaestus_tui.ui.notices import ONE_LINE_BELOW, say
from hephaestus_tui.ui.offers import RuleOffers
from hephaestus_tui.ui.overlap_notices import OverlapNotices
from hephaestus_tui.ui.own_keys import own_keys
from hephaestus_tui.ui.pane_sizes import PaneSizes
from hephaestus_tui.ui.panes import LOW, NAMES, Pane, too_small
from hephaestus_tui.ui.passing import passing_words
from hephaestus_tui.ui.screens.follows import FollowsSpending, FollowsState
from hephaestus_tui.ui.screens.run_mouse import RunMouse
from hephaestus_tui.ui.standing import end_words, standing
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.widgets.banner import RulesBanner
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.detail import DetailView
from hephaestus_tui.ui.widgets.detail_keys import Keys
from hephaestus_tui.ui.widgets.footer import KeyFooter
from hephaestus_tui.ui.widgets.header import RunHeader
from hephaestus_tui.ui.widgets.panes_view import PanesView
from hephaestus_tui.ui.widgets.transcript import TranscriptView
from hephaestus_tui.ui.widgets.unheld_banner import UnheldBanner
from hephaestus_tui.ui.widgets.workplace_banner import WorkplaceBanner

__all__ = ["SuperviseScreen", "own_keys"]


class SuperviseScreen(RunMouse):
    """One run. It is painted before there is a session; `attach` gives it one, `draw` takes the bridge's frames."""

    CSS_PATH = "supervise.tcss"
    AUTO_FOCUS = "DagView"

    def __init__(
        self,
        glyphs: GlyphSet,
        *,
        agents: int,
        note: str,
        keys: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sizes: PaneSizes | None = None,
        rails: RailsSettings | None = None,
    ) -> None:
        super().__init__(glyphs, keys, clock, now)
        self._retries: dict[TaskId, str] = {}
        self._bridge: Bridge | None = None
        self._drawn: Callable[[Frame], None] | None = None
        self.header = RunHeader(glyphs, agents, note)
        self.dag, self.transcript, self.detail = DagView(glyphs, rails), TranscriptView(glyphs), DetailView(glyphs)
        self.banner, self._offers = RulesBanner(self.key("rules.stop")), RuleOffers(self.key("rules"))
        self.unheld, self.workplace = UnheldBanner(glyphs.ellipsis), WorkplaceBanner(glyphs.ellipsis)
        self._overlaps = OverlapNotices(self.key("overlaps"))
        self.footer = KeyFooter()
        self._follower = TranscriptFollower(self.transcript)
        self.detail.keys = Keys.bound({action_id: shown_key(key) for action_id, key in keys.items()})
        names = {pane: f"{self.key(f'pane.{pane}')} {NAMES[pane]}" for pane in Pane}
        inner = {Pane.DAG: self.dag, Pane.TRANSCRIPT: self.transcript, Pane.DETAIL: self.detail}
        self.sizes = sizes or PaneSizes()
        self.panes = PanesView(inner, names, self._show_keys, self.sizes)

    @property
    def pane(self) -> Pane:
        """The pane in use."""
        return self.panes.pane

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.unheld
        yield self.workplace
        yield self.banner
        yield self.panes
        yield Static(content("terminal too small: agents go on"), id="small")
        yield self.footer

    def attach(
        self,
        session: Session,
        actor: Actor,
        host: Host,
        editor: Lending | None = None,
        drawn: Callable[[Frame], None] | None = None,
    ) -> Bridge:
        """Take the run that was opened; from now on keys act upon it. The bridge that is to be run calls `draw`, then `drawn`."""
        self.desk = Desk(
            self.app, session, actor, self.turn_to, self.clock, self.visit, self.selection, host, self.now, editor
        )  # fmt: skip
        self._drawn = drawn
        self._bridge = Bridge(session, self.draw)
        self._follower.attach(session, self._bridge)
        return self._bridge

    def tell_opened(self, read: int, of: int) -> None:
        self.header.tell(f"opening {self.glyphs.bullet} {read:,} of {of:,} read")

    async def prepare(self, state: RunState) -> None:
        await self.dag.prepare(state)

    # -- what arrives

    def draw(self, frame: Frame) -> None:
        """Show a frame of the bridge."""
        self.state = frame.state
        frame.note_retries(self._retries)
        self.dag.show(frame.state)
        if self.selected is None and (first := first_to_show(frame.state)):
            self.turn_to(first)
        elif self._follower.feed(frame, self.selected):
            self._load_transcript()
        for over in self.app.screen_stack:
            if frame.moved and isinstance(over, FollowsState):
                over.refresh_state(frame.state)
            elif frame.facts and isinstance(over, FollowsSpending):
                over.refresh_spent(frame.state)
        if frame.moved:
            before, self.standing = self.standing, standing(frame.state)
            if before.tasks and self.standing.finished and not before.finished:
                say(self.app, end_words(self.standing, frame.state.project, self.key("task.add")), seconds=15)
            self.unheld.show(frame.state)
            self.workplace.show(frame.state)
            for words in filter(None, (passing_words(recorded.fact) for recorded in frame.facts)):
                say(self.app, words, seconds=15)
            self.banner.show(frame.state, self.now())
            if overlap := self._overlaps.words(frame.state):
                say(self.app, overlap, seconds=10)
            if offer := self._offers.words(frame.state):
                say(self.app, offer, seconds=10)
            self.selection.follow(frame.state)
            self.dag.show_picked(self.selection.marks(frame.state))
            self._refresh()
        else:
            self._show_numbers()
        if self._drawn:
            self._drawn(frame)

    def on_screen_suspend(self) -> None:
        if self._bridge:
            self._bridge.covered = True

    def on_screen_resume(self) -> None:
        self.guard.uncover()
        if self._bridge:
            self._bridge.covered = False

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(too_small(event.size), "-small")
        self.set_class(event.size.width < ONE_LINE_BELOW, "-narrow")
        self.header.set_class(event.size.height < LOW, "-low")
        self.panes.lay_out()

    @on(DagView.TaskChosen)
    def _cursor_moved(self, event: DagView.TaskChosen) -> None:
        if event.task_id != self.selected:
            self.turn_to(event.task_id)

    # -- the task under the cursor, and those that are selected

    def turn_to(self, task_id: TaskId) -> None:
        self.selected = task_id
        if self.dag.selected != task_id:
            self.dag.select(task_id)
        if self._follower.turn_to(self.state, task_id):
            self._load_transcript()
        self._refresh()

    def selection_changed(self) -> None:
        self.dag.show_picked(self.selection.marks(self.state))
        self._show_keys()

    def _show_numbers(self) -> None:
        self.header.show(self.state, self.standing)
        self.detail.show(self.state, self.selected, self.now(), self._retries.get(self.selected or "", ""))

    def _refresh(self) -> None:
        self._show_numbers()
        self.guard.show(target_of(self.state, self.selected), covered=not self.is_active)
        self._show_keys()

    def _show_keys(self) -> None:
        entries = footer_entries(self.state, self.selected, self.keys, self.panes.inner, self.selection)
        self.footer.show(entries, footer_always(self.keys))

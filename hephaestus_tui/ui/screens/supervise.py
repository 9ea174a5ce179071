"""The screen on which a run is supervised: tasks, transcript and detail side by side, and the keys that decide.

Nothing that arrives moves the selection or the focus; only a key does. Deciding keys pass through the guard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from hephaestus_tui.domain.attention import attention
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.events import ProviderWaiting
from hephaestus_tui.domain.state import AgentStatus, RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Session
from hephaestus_tui.ui.actions import BY_ID, bindings
from hephaestus_tui.ui.bridge import Bridge, Frame
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.desk.handlers import perform
from hephaestus_tui.ui.following import TranscriptFollower
from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.guard import Guard, Target, target_of
from hephaestus_tui.ui.keymap import actions_by_key, key_of, shown_key
from hephaestus_tui.ui.keys_now import footer_always, footer_entries, palette_choices, task_choices
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.panes import NAMES, Pane, neighbour, shown_panes, too_small
from hephaestus_tui.ui.screens.follows import FollowsState
from hephaestus_tui.ui.screens.help import HelpScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.run_screen import RunScreen
from hephaestus_tui.ui.standing import Standing, end_words, standing
from hephaestus_tui.ui.text import content
from hephaestus_tui.ui.why_not import why_not
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.detail import DetailView
from hephaestus_tui.ui.widgets.detail_why import Keys
from hephaestus_tui.ui.widgets.footer import KeyFooter
from hephaestus_tui.ui.widgets.header import RunHeader
from hephaestus_tui.ui.widgets.lines_view import LinesView
from hephaestus_tui.ui.widgets.pane_box import PaneBox
from hephaestus_tui.ui.widgets.transcript import TranscriptView

LOW = 16
_PANES = (
    (NAMES[Pane.DAG], DagView.BINDINGS),
    (NAMES[Pane.TRANSCRIPT], TranscriptView.BINDINGS),
    (NAMES[Pane.DETAIL], [*DetailView.BINDINGS, *LinesView.BINDINGS]),
)


def pane_keys() -> set[str]:
    """The keys that panes keep for themselves; an action that is moved to one of them would not be reached."""
    return {binding.key for _, bound in _PANES for binding in Binding.make_bindings(bound)}


def _first(state: RunState) -> TaskId | None:
    """What to look at when nothing was chosen: what waits for a person, or else what is at work, or the first task."""
    if waiting := attention(state):
        return waiting[0].task_id
    at_work = (task_id for task_id, agent in state.agents.items() if agent.status is not AgentStatus.ENDED)
    return next(at_work, None) or next(iter(state.blockers), None)


class SuperviseScreen(RunScreen):
    """One run. It is painted before there is a session; `attach` gives it one, `draw` takes the bridge's frames."""

    CSS_PATH = "supervise.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
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
    ) -> None:
        super().__init__()
        self.state = RunState()
        self.selected: TaskId | None = None
        self.pane = Pane.DAG
        self._glyphs = glyphs
        self._keys = keys
        self._beside = Pane.TRANSCRIPT
        self._left = Pane.DAG
        self._zoomed = False
        self._standing = Standing()
        self._retries: dict[TaskId, str] = {}  # why the providers of some agents must be asked again
        self._guard, self._clock, self._now = Guard(clock), clock, now
        self._desk: Desk | None = None
        self._bridge: Bridge | None = None
        self.header = RunHeader(glyphs, agents, note)
        self.dag = DagView(glyphs)
        self.transcript = TranscriptView(glyphs)
        self.detail = DetailView(glyphs)
        self.footer = KeyFooter()
        self._follower = TranscriptFollower(self.transcript)
        self.detail.keys = Keys.bound({action_id: shown_key(key) for action_id, key in keys.items()})
        self._bound = actions_by_key(keys)
        self._names = {pane: f"{shown_key(key_of(BY_ID[f'pane.{pane}'], keys))} {NAMES[pane]}" for pane in Pane}
        inner = (self.dag, self.transcript, self.detail)
        self._boxes = {pane: PaneBox(pane, widget) for pane, widget in zip(Pane, inner, strict=True)}

    def compose(self) -> ComposeResult:
        yield self.header
        with Horizontal(id="panes"):
            yield from self._boxes.values()
        yield Static(content("terminal too small: agents keep running"), id="small")
        yield self.footer

    def attach(self, session: Session, bridge: Bridge, actor: Actor) -> None:
        """Take the run that was opened; from now on keys act upon it."""
        self._desk = Desk(self.app, session, actor, self._select, self._clock, self._visit)
        self._bridge = bridge
        self._follower.attach(session, bridge)

    # -- what arrives

    def draw(self, frame: Frame) -> None:
        """Show a frame of the bridge."""
        self.state = frame.state
        for flicker in frame.flickers:
            self._retries.pop(flicker.task_id, None)
            if isinstance(flicker, ProviderWaiting) and flicker.seconds:
                self._retries[flicker.task_id] = flicker.reason
        self.dag.show(frame.state)
        if self.selected is None and (first := _first(frame.state)):
            self._select(first)
        elif self._follower.feed(frame, self.selected):
            self._load_transcript()
        for over in self.app.screen_stack:
            if isinstance(over, FollowsState):
                over.refresh_state(frame.state)
        if frame.moved:
            before, self._standing = self._standing, standing(frame.state)
            if before.tasks and self._standing.finished and not before.finished:
                adds = shown_key(key_of(BY_ID["task.add"], self._keys))
                say(self.app, end_words(self._standing, frame.state.project, adds), seconds=15)
            self._refresh()
        else:
            self._show_numbers()

    def on_screen_suspend(self) -> None:
        if self._bridge:
            self._bridge.covered = True

    def on_screen_resume(self) -> None:
        if self._bridge:
            self._bridge.covered = False

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(too_small(event.size), "-small")
        self.header.set_class(event.size.height < LOW, "-low")
        self._arrange()

    @on(DagView.TaskChosen)
    def _cursor_moved(self, event: DagView.TaskChosen) -> None:
        if event.task_id != self.selected:
            self._select(event.task_id)

    @on(TranscriptView.PassageLeft)
    def _passage_left(self) -> None:
        self._leave()

    @on(DetailView.TaskLinked)
    def _link_followed(self, event: DetailView.TaskLinked) -> None:
        self._select(event.task_id)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for pane, box in self._boxes.items():
            if box in event.widget.ancestors:
                self._use(pane, focus=False)

    # -- keys

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
        bound = self._bound.get(event.key, ())
        if bound and not any(self.check_action("act", (action.id,)) for action in bound):
            small = bound[0].decides and self.has_class("-small")
            reason = "the terminal is too small to decide in" if small else ""
            say(self.app, reason or why_not(bound[0], self.state, self.selected))

    def action_act(self, action_id: str) -> None:
        """Do what the registry calls `action_id`."""
        if not self.check_action("act", (action_id,)):
            return
        match action_id:
            case "pane.dag" | "pane.transcript" | "pane.detail":
                self._use(Pane(action_id.removeprefix("pane.")))
            case "pane.next":
                self._use(neighbour(self.pane, 1))
            case "pane.previous":
                self._use(neighbour(self.pane, -1))
            case "pane.zoom":
                self._zoomed = not self._zoomed
                self._arrange()
            case "task.below":
                self.dag.move(1)
            case "task.above":
                self.dag.move(-1)
            case "next.attention":
                self._go_to_next()
            case "search":
                self._pick(PickScreen(task_choices(self.state, self._glyphs), "find a task"), self._jump)
            case "palette":
                choices = palette_choices(self.state, self.selected, self._keys)
                self._pick(PickScreen(choices, "what shall be done?"), self.action_act)
            case "help":
                self.app.push_screen(HelpScreen(self._glyphs, self._keys, _PANES))
            case "app.quit":
                self.call_later(self.app.run_action, "leave")
            case _:
                self._decide(action_id)

    def _decide(self, action_id: str) -> None:
        if self._desk is None:
            return
        # the cursor may have been moved by a key of which this screen has not heard yet
        moved = self.dag.selected != self.selected
        action = BY_ID[action_id]
        unread = action.decides and not self._guard.open
        if unread or (moved and action.acts_on_selected):
            say(self.app, f"{action.label}: {self.dag.selected} has only just come under the cursor; read it first")
            return
        self._perform(self._desk, action_id, self._guard.shown)

    @work(group="desk")
    async def _perform(self, desk: Desk, action_id: str, shown: Target) -> None:
        await perform(desk, action_id, self.state, shown)

    def _pick(self, screen: PickScreen, then: Callable[[str], None]) -> None:
        self.app.push_screen(screen, lambda chosen: then(chosen) if chosen else None)

    def _jump(self, task_id: str) -> None:
        self._select(task_id)

    def _go_to_next(self) -> None:
        waiting = [item.task_id for item in attention(self.state)]
        place = waiting.index(self.selected) + 1 if self.selected in waiting else 0
        self._select(waiting[place % len(waiting)])
        if not self._boxes[Pane.DETAIL].display:
            self._use(Pane.DETAIL)  # what waits must be read before it is decided

    # -- selection and panes

    def _select(self, task_id: TaskId) -> None:
        self.selected = task_id
        if self.dag.selected != task_id:
            self.dag.select(task_id)
        if self._follower.turn_to(self.state, task_id):
            self._load_transcript()
        self._refresh()

    def _visit(self, task_id: TaskId) -> None:
        """Show where a task was discovered; where that is being read, go back. The task stays selected, to be decided on."""
        if task_id != self.selected:
            return
        if self._follower.visiting == task_id and self.pane is Pane.TRANSCRIPT:
            self._leave()
            return
        self._left = self.pane
        if self._follower.visit(self.state, task_id):
            self._load_transcript()
        self._use(Pane.TRANSCRIPT)

    def _leave(self) -> None:
        if self._follower.leave(self.state):
            self._load_transcript()
        self._use(self._left)

    @work(group="transcript", exclusive=True)
    async def _load_transcript(self) -> None:
        await self._follower.load()

    def _show_numbers(self) -> None:
        self.header.show(self.state, self._standing)
        self.detail.show(self.state, self.selected, self._now(), self._retries.get(self.selected or "", ""))

    def _refresh(self) -> None:
        self._show_numbers()
        self._guard.show(target_of(self.state, self.selected))
        self._show_keys()

    def _show_keys(self) -> None:
        entries = footer_entries(self.state, self.selected, self._keys, self._boxes[self.pane].inner)
        self.footer.show(entries, footer_always(self._keys))

    def _use(self, pane: Pane, *, focus: bool = True) -> None:
        self.pane = pane
        if pane is not Pane.DAG:
            self._beside = pane
        self._arrange()
        if focus:
            self._boxes[pane].inner.focus()

    def _arrange(self) -> None:
        shown = shown_panes(self.size.width, self.pane, self._beside, zoomed=self._zoomed)
        hidden = [pane for pane in Pane if pane not in shown]
        for pane, box in self._boxes.items():
            box.display = pane in shown
            box.set_class(pane is not shown[0], "-divided")
            box.set_class(pane is self.pane, "-current")
            named = [n for n in Pane if n is pane or (n in hidden and pane is shown[-1])]
            box.title([self._names[n] for n in named], self._names[pane])
        self.set_class(len(shown) == 2, "-two")
        self.set_class(len(shown) == 1, "-one")
        self._show_keys()

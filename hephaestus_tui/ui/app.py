"""Hosts a run under the screen: opens it, keeps it working in the background, and gives the terminal back whole."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.actor import Actor
from hephaestus_tui.domain.errors import UsageError
from hephaestus_tui.domain.task import RunId
from hephaestus_tui.session import Host, NewRun
from hephaestus_tui.ui.calling import Calling
from hephaestus_tui.ui.closing import SIGNAL_CLOSE_SECONDS, off_signals, on_signals
from hephaestus_tui.ui.editor import Editor, Lending, Looker
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.leaving import LeavingApp
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.pace import Pace, measured
from hephaestus_tui.ui.pane_sizes import PaneSizes
from hephaestus_tui.ui.panes import LOW
from hephaestus_tui.ui.screens.run_screen import RunScreen, screen_module
from hephaestus_tui.ui.screens.runs import RunsScreen, TryDemo

if TYPE_CHECKING:  # the first screen does not wait for it
    from hephaestus_tui.ui.bridge import Bridge, Frame

log = logging.getLogger(__name__)


class HephaestusApp(LeavingApp):
    """The app. After it ended `failure` is what stopped it, if anything did; `return_code` is what to exit with,
    and `demo_wanted` that the demo was chosen instead of a run.

    `opening` is a run to resume, one to start, or None to choose; `agents` is the most at work at once; `notes` are
    said once; `themes` are folders, the later the stronger, and `remember` keeps the choice of one; `sizes` are those of
    the panes; `log_file` is named after a crash; `editor` is the person's own, `looker` shows them images. `clock` counts seconds, `now` is Unix time: how long ago things were is told by it.
    Raises ConfigError for a broken theme file or a rebinding that cannot be.
    """

    TITLE = "hephaestus"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = ["app.tcss", "small.tcss"]  # noqa: RUF012 - Textual types it so
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]  # noqa: RUF012 - as above

    def __init__(
        self,
        host: Host,
        opening: NewRun | RunId | None,
        settings: UiSettings,
        actor: Actor,
        *,
        agents: int = 0,
        notes: Sequence[str] = (),
        themes: Sequence[Path] = (),
        remember: Callable[[str], None] | None = None,
        sizes: PaneSizes | None = None,
        log_file: Path | None = None,
        editor: Editor | None = None,
        looker: Looker | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(host, settings, log_file, themes, remember, clock)
        self.pace = Pace(slow=settings.slow)
        self.driver_class = measured(self.driver_class, self.pace.line)
        self.host = host
        self.actor = actor
        self.demo_wanted = False
        self.lending = Lending(self, editor, looker)
        self.animation_level = "none"
        self._opening = opening
        self._notes = notes
        self._now = now
        self._sizes, self._rails = sizes or PaneSizes(), settings.rails
        self._glyphs = ASCII if settings.ascii else UNICODE
        self.set_class(settings.ascii, "-ascii")
        self._agents = agents
        self._calling = Calling(settings, self.to_terminal, lambda: self.app_focus, clock)

    def on_load(self) -> None:
        self.set_keymap(dict(self.rebound))

    def on_mount(self) -> None:
        on_signals(self._leave, terminal=not self.is_headless, lent=lambda: self.lending.lent)
        self._calling.begin()
        self._open()

    def on_ready(self) -> None:
        # while an editor has the terminal, its title is not ours
        self.app_suspend_signal.subscribe(self, lambda _: self._calling.suspend(), immediate=True)
        self.app_resume_signal.subscribe(self, lambda _: self._calling.begin(), immediate=True)

    def on_unmount(self) -> None:
        self._calling.suspend()
        off_signals()

    # -- the run

    @work(group="engine", exit_on_error=False)
    async def _open(self) -> None:
        goal = fault = ""
        while True:
            opening = self._opening or await self._picked(goal, fault)
            if isinstance(opening, TryDemo):
                self.demo_wanted = True
                self._leave(0)
                return
            goal = opening.goal if isinstance(opening, NewRun) else ""
            module = await asyncio.to_thread(screen_module)
            screen: RunScreen = module.SuperviseScreen(
                self._glyphs,
                agents=self._agents,
                note=goal or f"opening run {opening}",
                keys=self.rebound,
                clock=self._clock,
                now=self._now,
                sizes=self._sizes,
                rails=self._rails,
            )
            await self.push_screen(screen)
            try:
                if isinstance(opening, NewRun):
                    session = await self.host.start(opening)
                else:
                    session = await self.host.resume(opening, screen.tell_opened)
                gc.freeze()  # else a long run is looked through while it is laid out
                await screen.prepare(session.state())
                break
            except UsageError as error:
                if self._opening is not None:
                    raise
                fault = str(error)
                while self.screen is not screen:  # help, say, that was opened meanwhile
                    await self.pop_screen()
                await self.pop_screen()
        self._supervised = screen
        self.call_after_refresh(self._painted)
        bridge = screen.attach(session, self.actor, self.host, self.lending, self._drawn)
        bridge.pace = self.pace
        self._watch(bridge)
        self.closing.serving = asyncio.create_task(self.host.serve())
        await self.closing.serving

    def _drawn(self, frame: Frame) -> None:
        if self.pace.news():
            say(self, "This line is slow: text comes in larger steps from now on (--slow does so at once)", seconds=10)
        if (screen := self._supervised) and frame.moved:
            self._calling.show(frame.state.goal, screen.standing.waiting, screen.inbox)

    @work(group="bridge", exit_on_error=False)
    async def _watch(self, bridge: Bridge) -> None:
        await bridge.run()

    async def _picked(self, goal: str, fault: str) -> NewRun | RunId | TryDemo:
        """What a person chooses; `goal` is what they typed before, and `fault` why that could not be opened."""
        picker = RunsScreen(
            self._glyphs,
            self._now,
            notes=self._notes,
            goal=goal,
            fault=fault,
            help_key=self.rebound.get("help", "?"),
            choose=self.host.choose,
        )
        chosen = self.push_screen(picker, wait_for_dismiss=True)
        painted = asyncio.Event()
        picker.call_after_refresh(painted.set)
        await painted.wait()  # what is imported next would hold up the first frame and the first keys
        runs = await self.host.runs()
        if not chosen.done():
            picker.show(runs)
            self._look_for_models(picker)
        await asyncio.to_thread(screen_module)
        return await chosen

    @work(group="engine", exit_on_error=False)
    async def _look_for_models(self, picker: RunsScreen) -> None:
        picker.tell(await self.host.finds())

    def _painted(self) -> None:
        gc.freeze()  # what lives as long as the app need not be looked through at every collection
        for fault in self.theme_faults():
            say(self, fault)
        for note in self._notes if self._opening is not None else ():  # else they stood beside the choice
            say(self, note, seconds=max(4, len(note) / 12))


async def run_app(app: HephaestusApp) -> int:
    """Run the app to its end, however it ends, and give the code to exit with; the run is closed in any case."""
    try:
        await app.run_async()
    finally:
        await app.closing.close(SIGNAL_CLOSE_SECONDS)
    return app.return_code or 0

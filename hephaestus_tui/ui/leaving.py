"""The ways out of the app: asked for, by a fault, or by a signal. Without it one of them would stop agents unasked, or lose what was written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from textual import work
from textual.worker import Worker, WorkerState

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.errors import HephaestusError
from hephaestus_tui.session import Host
from hephaestus_tui.ui.closing import CLOSE_SECONDS, Closing
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.screens.failure import FailureScreen
from hephaestus_tui.ui.screens.run_screen import RunScreen, screen_module
from hephaestus_tui.ui.themed import ThemedApp
from hephaestus_tui.ui.words import count

log = logging.getLogger(__name__)


class LeavingApp(ThemedApp):
    """An app that closes what it hosts before it ends; `failure` is what stopped it, if anything did."""

    def __init__(
        self,
        host: Host,
        settings: UiSettings,
        log_file: Path | None,
        themes: Sequence[Path],
        remember: Callable[[str], None] | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(log_file, settings, themes, remember)
        self.failure: HephaestusError | None = None
        self.closing = Closing(host)
        self.rebound = screen_module().own_keys(settings.keys) if settings.keys else {}
        self._clock = clock
        self._leaving = False
        self._supervised: RunScreen | None = None
        self._asking: ConfirmScreen | None = None

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is not WorkerState.ERROR or event.worker.group not in ("engine", "bridge"):
            return
        error = event.worker.error
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if self._leaving:
            log.warning("while leaving", exc_info=error)
        elif isinstance(error, HephaestusError):
            self._fail(error)
        elif isinstance(error, Exception):
            self._handle_exception(error)

    def action_leave(self) -> None:
        """Ask where agents would be stopped or what was written be lost, then close the run and exit."""
        if self._asking in self.screen_stack:
            return
        at_work = self._supervised.standing.at_work if self._supervised else 0
        written = [words for over in self.screen_stack if isinstance(over, DialogScreen) and (words := over.written())]
        written += [words] if self._supervised and (words := self._supervised.unsent()) else []
        if not at_work and not written:
            self._leave(0)
            return
        they = "It stops" if at_work == 1 else "They stop"
        stops = f"{count(at_work, 'agent is', 'agents are')} at work. {they} now and can be resumed later."
        question = "\n".join([*([stops] if at_work else []), *(f"This throws away {words}." for words in written)])
        yes = "stop and quit" if at_work else "quit"
        self._asking = ConfirmScreen(question, yes=yes, no="stay", clock=self._clock)
        self.push_screen(self._asking, lambda sure: self._leave(0) if sure else None)

    async def action_quit(self) -> None:
        self.action_leave()

    def action_help_quit(self) -> None:
        key = self._supervised.key("app.quit") if self._supervised else self.rebound.get("app.quit", "escape")
        say(self, f"Press {key} to quit.")

    def _fail(self, error: HephaestusError) -> None:
        self.failure = error
        if self._supervised is None:
            self._leave(error.exit_code)
        else:
            told = FailureScreen(str(error), clock=self._clock)
            self.push_screen(told, lambda _: self._leave(error.exit_code))

    def _leave(self, code: int, seconds: float = CLOSE_SECONDS) -> None:
        if not self._leaving:
            self._leaving = True
            self._close(code, seconds)

    @work(group="leaving")
    async def _close(self, code: int, seconds: float) -> None:
        await self.closing.close(seconds)
        self.failure = self.failure or self.closing.failure
        self.exit(return_code=code)

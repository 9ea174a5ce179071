"""What every decision needs: the run it goes to, who makes it, one dialog at a time, and a word about what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from textual.app import App
from textual.screen import Screen

from hephaestus_tui.domain.commands import Command
from hephaestus_tui.domain.decision import Actor
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import TaskId
from hephaestus_tui.session import Host, Session
from hephaestus_tui.ui.diff.drafts import Drafts
from hephaestus_tui.ui.editor import Lending
from hephaestus_tui.ui.guard import Target
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.selection import Selection

_T = TypeVar("_T")


class Desk:
    """Handlers submit through it. `jump` selects a task on the screen behind the dialogs; `clock` counts the seconds in
    which a dialog that has just appeared decides nothing. `taken` is true from the key of an action until its dialog is
    there or its command is on the way: a key that comes between was meant for that dialog, and not for the screen. `visit` shows the passage in which a task was discovered;
    `selection` has the proposals that were picked to be decided together. `host` keeps the person's own rules; `now` is
    Unix time, as the facts have it; `editor` is their own; `drafts` is what they wrote about work and have not sent."""

    def __init__(
        self,
        app: App[Any],
        session: Session,
        actor: Actor,
        jump: Callable[[TaskId], None],
        clock: Callable[[], float] = time.monotonic,
        visit: Callable[[TaskId], None] | None = None,
        selection: Selection | None = None,
        host: Host | None = None,
        now: Callable[[], float] = time.time,
        editor: Lending | None = None,
    ) -> None:
        self.app = app
        self.session = session
        self.actor = actor
        self.jump = jump
        self.clock = clock
        self.visit = visit or jump
        self.selection = selection if selection is not None else Selection()  # an empty one is false
        self.host = host
        self.now = now
        self.editor = editor or Lending(app, None)
        self.drafts = Drafts()
        self.taken = False
        self._asking = False
        self._free = asyncio.Event()

    async def submit(self, command: Command) -> None:
        """Carry out a command and say what it did. Raises CommandRefused, StoreError."""
        self.taken = False
        receipt = await self.session.submit(command)
        say(self.app, receipt.note)

    async def ask(self, dialog: Screen[_T], *, again: bool = False) -> _T | None:
        """What the dialog gives back; None where one is open already, by a key that was pressed twice.

        One that is opened `again`, with what a person wrote, waits for the other instead.
        """
        while self._asking:
            if not again:
                return None
            self._free.clear()
            await self._free.wait()
        self._asking, self.taken = True, False
        try:
            return await self.app.push_screen_wait(dialog)
        finally:
            self._asking = False
            self._free.set()


Handler: TypeAlias = Callable[[Desk, RunState, Target], Awaitable[None]]
"""Carries out one action upon what was on the screen when its key was pressed. It may open a dialog, so it runs in a worker."""

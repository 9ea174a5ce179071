"""Lends the terminal to a person's own editor, while agents go on working and nothing is painted over it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from textual.app import App, SuspendNotSupported
from textual.drivers.headless_driver import HeadlessDriver

from hephaestus_tui.domain.errors import EditorFailed, NoEditor


class Editor(Protocol):
    """A person's own editor, and a place for what must not be lost; both are outside the screen."""

    async def edit(self, text: str, name: str) -> str:
        """What the text is when the editor is closed; `name` is a part of the file's. Raises EditorFailed."""
        ...

    async def keep(self, text: str, name: str) -> str:
        """Store a text in a file of its own and give back its path. Raises EditorFailed."""
        ...


class Looker(Protocol):
    """Shows a file to the person by a program of their system's own."""

    async def show(self, folder: str, path: str) -> str:
        """Show the image at a path within a folder, and say by what. Raises CannotShow."""
        ...


class Lending:
    """`looker` shows what a terminal cannot. `lent` says that the terminal is the editor's at this moment: a signal from its keyboard is not for the app."""

    def __init__(self, app: App[Any], editor: Editor | None, looker: Looker | None = None) -> None:
        self.lent = False
        self._app = app
        self._editor = editor
        self.looker = looker

    async def edit(self, text: str, name: str) -> str:
        """The text as it is when the editor was closed. Raises EditorFailed."""
        if self._editor is None:
            raise NoEditor
        with self._away():
            # Textual takes the terminal back only where nothing is raised while it is away
            (outcome,) = await asyncio.gather(self._editor.edit(text, name), return_exceptions=True)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def keep(self, text: str, name: str) -> str:
        """Where the text is now. Raises EditorFailed."""
        if self._editor is None:
            raise NoEditor
        return await self._editor.keep(text, name)

    @contextmanager
    def _away(self) -> Iterator[None]:
        app, driver = self._app, self._app._driver
        self.lent = True
        try:
            if driver is None or driver.is_headless:
                yield
                return
            with app.suspend():
                # nothing reads what a suspended driver is told: the loop would wait for it after a few frames or bells
                app._driver = HeadlessDriver(app)
                # ctrl+\ in the editor's terminal reaches every process of its group
                quitting = signal.signal(signal.SIGQUIT, lambda *_: None)
                try:
                    yield
                finally:
                    signal.signal(signal.SIGQUIT, quitting)
                    app._driver = driver
        except SuspendNotSupported as error:
            raise EditorFailed("This terminal cannot be lent to an editor: use the form instead.") from error
        finally:
            self.lent = False

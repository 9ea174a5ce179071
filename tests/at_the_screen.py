"""A person before the app, for tests of screens: keys, what is seen, and facts as a session tells them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

SECONDS = 60  # for what takes a moment on an idle machine


def text_of(app: App[Any]) -> str:
    """What stands on the screen, row by row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(pilot: Pilot[Any], holds: Callable[[], object], what: str) -> None:
    """Wait for a condition; says which one never came about, and what is to be seen then."""
    try:
        async with asyncio.timeout(SECONDS):
            while not holds():
                await pilot.pause(0.01)
    except TimeoutError:
        raise AssertionError(f"it never came about that {what}:\n{text_of(pilot.app)}") from None


async def told(
    facts: Sequence[e.Recorded], listeners: list[Callable[[e.Event], None]], closed: asyncio.Event, after: int
) -> AsyncGenerator[e.Event, None]:
    """The facts after a number, then whatever the listeners are told, until the session is closed."""
    events: asyncio.Queue[e.Event | None] = asyncio.Queue()
    for fact in facts[after:]:
        events.put_nowait(fact)
    listeners.append(events.put_nowait)
    closing = asyncio.create_task(closed.wait())
    closing.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
    finally:
        closing.cancel()
        listeners.remove(events.put_nowait)


class Person:
    """Someone at the app: presses keys, and waits for what comes of it."""

    def __init__(self, app: HephaestusApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, holds: Callable[[], object], what: str) -> None:
        await until(self.pilot, holds, what)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def sees(self, *words: str) -> None:
        """On one row, as it stands."""
        for word in words:
            await self.until(lambda word=word: word in self.text, f"{word!r} is seen")  # type: ignore[misc]

    async def reads(self, *words: str) -> None:
        """However it is wrapped."""
        for word in words:
            await self.until(lambda word=word: word in self.words, f"{word!r} is read")  # type: ignore[misc]

    async def is_told(self, words: str) -> None:
        """A notice says so."""
        notices = self.app._notifications
        await self.until(lambda: any(words in n.message for n in notices), f"{words!r} is told")

    async def back(self) -> None:
        await self.until(lambda: isinstance(self.app.screen, SuperviseScreen), "the run's screen is back")

    async def knows(self, facts: Sequence[e.Recorded]) -> None:
        """The run's screen has drawn all of them."""
        await self.until(lambda: self.run.state.seq == len(facts), "the last fact is known")
        await self.pilot.pause()

    @property
    def run(self) -> SuperviseScreen:
        (screen,) = (s for s in self.app.screen_stack if isinstance(s, SuperviseScreen))
        return screen

    @property
    def text(self) -> str:
        return text_of(self.app)

    @property
    def words(self) -> str:
        """The text without its wrapping and its frames."""
        return " ".join(self.text.replace("│", " ").split())

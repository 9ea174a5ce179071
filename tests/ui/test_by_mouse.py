"""What the mouse does, and that no single click decides."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.commands import Decide
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.help import HelpScreen
from hephaestus_tui.ui.screens.inbox import InboxScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.reject import RejectScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from tests.at_the_screen import text_of


def place(app: Any, words: str) -> tuple[int, int]:
    """Where words stand on the screen, in cells; the lowest row that has them."""
    for y, row in reversed([*enumerate(text_of(app).splitlines())]):
        if words in row:
            return row.index(words), y
    raise AssertionError(f"{words!r} is not on the screen:\n{text_of(app)}")


@pytest.fixture
def guessed(script: Any) -> Any:
    """A run in which two proposals wait."""
    doing = script.task("Read the cache")
    script.start(doing)
    return [script.propose("Share the cache", by=doing), script.propose("Drop the cache", by=doing)]


@pytest.fixture
def opened(wait_for: Any, script: Any) -> Any:
    async def open_(pilot: Any) -> SuperviseScreen:
        def drawn() -> bool:
            screen = pilot.app.screen
            return isinstance(screen, SuperviseScreen) and screen.state.seq == len(script.facts)

        await wait_for(pilot, drawn, "the run is drawn")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SuperviseScreen)
        return pilot.app.screen

    return open_


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_click_on_what_waits_opens_the_inbox_and_a_double_click_goes_there(
    make_app: Any, opened: Any, guessed: Any, wait_for: Any, session: Any
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.click(offset=place(app, "2 wait for you"))
        await wait_for(pilot, lambda: isinstance(app.screen, InboxScreen) and "Drop" in text_of(app), "the inbox opens")
        below = place(app, "Drop the cache")
        await pilot.click(offset=below)
        await wait_for(pilot, lambda: app.screen.list.cursor == 1, "a click puts the cursor there")
        await pilot.double_click(offset=below)
        await wait_for(pilot, lambda: app.screen is screen, "a double click goes to it")
        assert screen.selected == guessed[1]
        assert session.commands == []


async def test_a_click_on_a_key_is_that_key_and_asks_before_it_decides(
    make_app: Any, opened: Any, guessed: Any, wait_for: Any, session: Any
) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        clock.now += 1
        await pilot.click(offset=place(app, "r reject"))
        await wait_for(pilot, lambda: isinstance(app.screen, RejectScreen), "the reason is asked for")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "it is left")
        await pilot.double_click(offset=place(app, "a accept"))
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "accepting is asked first")
        await pilot.press("y")
        assert session.commands == [], "its first moments decide nothing"
        clock.now += 1
        await pilot.press("y")
        await wait_for(pilot, lambda: session.commands, "it is accepted by a key")
        assert isinstance(session.commands[0], Decide)
        await wait_for(pilot, lambda: app.screen is screen, "the question is gone")
        await pilot.click(offset=place(app, "? help"))
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen), "the help opens")


async def test_titles_rows_and_double_clicks_lead_where_they_say(
    make_app: Any, opened: Any, guessed: Any, wait_for: Any
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        for title, pane in (("2 transcript", "transcript"), ("3 detail", "detail"), ("1 tasks", "dag")):
            await pilot.click(offset=place(app, title))
            inner = screen.panes.boxes[pane].inner
            await wait_for(pilot, lambda: screen.focused is inner, f"{title} is shown")  # noqa: B023
        await pilot.click(offset=place(app, "Drop the cache"))
        await wait_for(pilot, lambda: screen.selected == guessed[1], "a click selects")
        await pilot.double_click(offset=place(app, "Share the cache"))
        await wait_for(pilot, lambda: screen.panes.pane == "detail", "a double click opens")
        assert screen.selected == guessed[0]


async def test_two_clicks_choose_in_the_palette_and_one_does_not(
    make_app: Any, opened: Any, guessed: Any, wait_for: Any
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+p", *"inbox")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen) and "inbox" in text_of(app), "it is found")
        at = place(app, "Everything that waits")
        await pilot.click(offset=at)
        await pilot.pause()
        assert isinstance(app.screen, PickScreen)
        await pilot.double_click(offset=at)
        await wait_for(pilot, lambda: isinstance(app.screen, InboxScreen), "it is chosen")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "it is closed")

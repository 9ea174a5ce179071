"""A key that comes twice before the first is dealt with leaves one screen, decides once, and never ends the app."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events

from hephaestus_tui.domain.commands import SettleBlocker
from hephaestus_tui.domain.decision import Choice
from hephaestus_tui.ui.screens.inbox import InboxScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.reject import RejectScreen
from hephaestus_tui.ui.screens.select import SelectScreen
from hephaestus_tui.ui.screens.stranded import StrandedScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen


async def held_down(desk: Any, key: str) -> None:
    """Three times, with no time between them."""
    for _ in range(3):
        desk.app.post_message(events.Key(key, "\r" if key == "enter" else key))
    await desk.back()
    for _ in range(5):
        await desk.pilot.pause()
    assert isinstance(desk.app.screen, SuperviseScreen)


@pytest.mark.parametrize(
    ("key", "screen", "typed"),
    [("r", RejectScreen, "no"), ("i", InboxScreen, ""), ("slash", PickScreen, ""), ("f", SelectScreen, "cache")],
)
async def test_enter_leaves_one_screen(tale: Any, at_desk: Any, key: str, screen: type, typed: str) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press(key)
        await desk.until(lambda: isinstance(desk.app.screen, screen), "it is open")
        await desk.press(*typed)
        await held_down(desk, "enter")
        assert len(desk.session.commands) == (screen is RejectScreen)

    await at_desk(does)


async def test_a_choice_is_made_once(tale: Any, at_desk: Any) -> None:
    gone = tale.failed("Look at it")
    tale.propose("Cache it", gone)

    async def does(desk: Any) -> None:
        await desk.select(gone)
        await desk.press("d")
        await desk.until(lambda: isinstance(desk.app.screen, StrandedScreen), "it is open")
        await held_down(desk, "g")
        assert [(c.blocker, c.choice) for c in desk.session.commands if isinstance(c, SettleBlocker)] == [
            (gone, Choice.DROP)
        ]

    await at_desk(does)

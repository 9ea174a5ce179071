"""What a person typed comes back when it could not be carried out, whatever the reason was."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.errors import AlreadyDecided, StoreError
from hephaestus_tui.ui.screens.decisions import DecisionsScreen
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.together import TogetherScreen

FULL = StoreError("the disk is full: free some space")


@pytest.mark.parametrize(
    ("key", "send"),
    [("c", "enter"), ("s", "enter"), ("S", "ctrl+s"), ("r", "enter")],
    ids=["ask", "steer", "split", "no"],
)
async def test_words_come_back_when_they_cannot_be_stored(tale: Any, at_desk: Any, key: str, send: str) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        desk.session.refusals = [FULL]
        await desk.select("T1" if key == "s" else guess)
        await desk.press(key, *"so it goes", *(("enter", "x") if key == "S" else ()), send)
        await desk.until(lambda: desk.session.commands, "it is tried")
        await desk.reads("the disk is full", "so it goes")
        await desk.press(send)
        one, other = await desk.submitted(2)
        assert one == other

    await at_desk(does)


async def test_a_task_of_ones_own_comes_back(tale: Any, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        desk.session.refusals = [FULL]
        await desk.press("+")
        await desk.until(lambda: isinstance(desk.app.screen, EditScreen), "the form is open")
        await desk.press(*"Warm the cache", "tab", "tab", "tab", "tab", "tab", *"At the start.", "ctrl+s")
        await desk.until(lambda: desk.session.commands, "it is tried")
        await desk.reads("the disk is full", "Warm the cache")

    await at_desk(does)


async def test_the_reason_for_many_comes_back(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        desk.session.refusals = [AlreadyDecided("T3 was accepted by Bob.")]
        await desk.select(guess)
        await desk.press("space", "A")
        await desk.until(lambda: isinstance(desk.app.screen, TogetherScreen), "the list is open")
        await desk.press("r", *"so it goes", "enter", "y")
        await desk.until(lambda: desk.session.commands, "it is tried")
        await desk.until(lambda: isinstance(desk.app.screen, TogetherScreen), "the list is open again")
        await desk.press("r")
        await desk.sees("so it goes")

    await at_desk(does)


async def test_what_comes_back_waits_for_another_dialog(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        tried, may_fail = asyncio.Event(), asyncio.Event()

        async def submit(command: object) -> None:
            tried.set()
            await may_fail.wait()
            raise FULL

        desk.session.submit = submit
        await desk.select(guess)
        await desk.press("r", *"so it goes", "enter")
        await tried.wait()
        await desk.back()
        await desk.press("D")
        await desk.until(lambda: isinstance(desk.app.screen, DecisionsScreen), "the record is open")
        may_fail.set()
        await desk.pilot.pause()
        await desk.press("escape")
        await desk.reads("the disk is full", "so it goes")

    await at_desk(does)


async def test_quitting_asks_before_what_was_typed_is_thrown_away(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")
    tale.record(e.TaskCompleted(task_id="T1", summary="done", evidence=()))

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("r", *"so it goes", "ctrl+q")
        await desk.reads("This throws away your reason.")
        await desk.press("n")
        await desk.reads("so it goes")

    await at_desk(does)

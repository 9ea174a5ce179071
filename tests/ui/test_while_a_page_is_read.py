"""What happens while a page of many agents' words is read: nothing said meanwhile is lost, and what is shown stays."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.domain.errors import StoreError
from hephaestus_tui.ui.scope import Scope, Wide, wide_of
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from tests.at_the_screen import until
from tests.ui.test_whose_words import opened, sees, two_at_work


def six_hundred(script: Any) -> tuple[str, str]:
    """Two agents that have said more than some pages hold; four needles, of which one is in the last page."""
    first, second = two_at_work(script)
    for n in range(1, 600):
        words = "Needle.\n\nNeedle, the last." if n == 300 else "Needle." if n in (7, 590) else f"Remark {n}."
        script.say((first, second)[n % 2], words, n)
    return first, second


async def test_an_agent_of_the_role_that_begins_meanwhile_loses_no_words(
    make_app: Any, script: Any, session: Any
) -> None:
    first, second = script.task("Read the cache"), script.task("Write the docs")
    script.start(first)
    script.say(first, "I read.")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, script)
        screen.turn_to(first)
        await sees(pilot, "I read.")
        session.gate.clear()
        await pilot.press("J")
        await until(pilot, lambda: session.waiting, "a page is read")
        script.start(second)
        script.say(second, "I begin.")
        session.gate.set()
        await sees(pilot, "backend_developer · 2 tasks", "I begin.")


async def test_a_page_that_fails_leaves_what_was_turned_to_meanwhile(make_app: Any, script: Any, session: Any) -> None:
    first, _ = six_hundred(script)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, script)
        screen.turn_to(first)
        await pilot.press("J", "J", "2")
        await sees(pilot, "Remark 599.")
        session.gate.clear()
        session.unreadable = StoreError("the disk is gone")
        await pilot.press("home")
        await until(pilot, lambda: session.waiting, "a page is read")
        await pilot.press("J")
        await until(pilot, lambda: screen.transcript.task_id == first, "its task is shown")
        session.gate.set()
        await until(pilot, lambda: not session.waiting, "the page has failed")
        await pilot.pause()
        assert screen.transcript.task_id == first


async def types_to_find(pilot: Any, script: Any, words: str) -> SuperviseScreen:
    """Shows the whole run, and is about to look for words in it."""
    screen = await opened(pilot, script)
    await pilot.press("J", "J", "2")
    await sees(pilot, "Remark 599.")
    await pilot.press("ctrl+f")
    await sees(pilot, "words to find")
    await pilot.press(*words)
    return screen


async def test_words_that_are_nowhere_in_many_pages_are_said_to_be(make_app: Any, script: Any) -> None:
    six_hundred(script)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await types_to_find(pilot, script, "zebra")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: [n.message for n in app._notifications] == ["zebra is nowhere in this transcript"],
            "it is told",
        )


async def test_a_search_that_was_left_takes_nobody_away(make_app: Any, script: Any, session: Any) -> None:
    six_hundred(script)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        view = (await types_to_find(pilot, script, "needle")).transcript
        session.gate.clear()
        await pilot.press("enter")
        await until(pilot, lambda: session.waiting, "other pages are looked through")
        await pilot.press("backspace", "end")
        await until(pilot, lambda: view.following, "the newest is followed")
        session.gate.set()
        await until(pilot, lambda: not session.waiting, "a page has come")
        await pilot.pause()
        assert view.following
        assert not view.check_action("match", ()), "it is left for good"


async def test_the_way_up_into_another_page_leads_to_its_last_match(make_app: Any, script: Any) -> None:
    six_hundred(script)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await types_to_find(pilot, script, "needle")
        await pilot.press("enter")
        await sees(pilot, "needle: 4 of 4")
        await pilot.press("{")
        await sees(pilot, "needle: 3 of 4", "›  Needle, the last.")


def test_what_has_no_role_is_not_shown_as_the_whole_run(script: Any) -> None:
    proposed = script.propose("Read the cache")
    assert wide_of(Scope.ROLE, script.state(), proposed) == Wide("backend_developer")
    assert wide_of(Scope.ROLE, script.state(), "nobody") is None

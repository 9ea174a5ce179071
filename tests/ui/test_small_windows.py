"""A window of 40 columns and 10 rows still says something sensible on every screen, and a smaller one says that it is."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.session import RunSummary
from hephaestus_tui.ui.notices import say
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.reject import RejectScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from tests.at_the_screen import Person

SMALL = (40, 10)
LONG = "Cache the lookups of all the routes of the shop, and of its stock"

EARLIER = RunSummary(
    run_id="r0", goal="Mend the stock", project="/work/api", model="scripted:demo", started_at=1.0, last_at=2.0, tasks=3,
    completed=1, failed=0, waiting=1, cost=None,
)  # fmt: skip


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at(script: Any, make_app: Any, clock: Clock) -> Any:
    """A run with one of each: T1 is at work, T2 asks for leave, T3 and T4 are proposed. Opens it at one of them."""
    worker, asking = script.task("Look around"), script.task("Ask me things")
    script.start(worker)
    script.start(asking)
    script.say(worker, "I read the routes. " * 20)
    script.ask(asking, "touch one two three " * 10, e.QuestionKind.PERMISSION)
    for _ in range(2):
        script.propose(LONG, by=worker)
    app = make_app(clock=clock)

    async def open_at(pilot: Any, task_id: str) -> Person:
        person = Person(app, pilot)
        await person.until(
            lambda: isinstance(app.screen, SuperviseScreen) and app.screen.state.seq == len(script.facts), "it is drawn"
        )
        person.run.turn_to(task_id)
        await pilot.pause()
        clock.now += 1
        return person

    open_at.app = app  # type: ignore[attr-defined]
    return open_at


@pytest.mark.parametrize(
    ("task_id", "keys", "words"),
    [
        ("T3", "1", ("T3 Cache the", "a accept", "? help")),
        ("T1", "2", ("I read the routes.", "? help")),
        ("T3", "3", ("T3 proposed", "a accept")),
        ("T3", "i", ("3 things wait", "T2 Ask", "enter go to it", "esc close")),
        ("T3", "?", ("Accept the selected", "esc close")),
        ("T3", "e", ("Edit T3", "Cache the lookups", "ctrl+s review", "esc cancel")),
        ("T3", "r", ("Reject T3", "enter send", "esc cancel")),
        ("T3", "c", ("Ask about T3", "enter ask", "esc cancel")),
        ("T3", "M", ("merge T3 into", "T4", "enter choose", "esc close")),
        ("T3", "S", ("Split T3", "ctrl+s split", "esc cancel")),
        ("T2", "y", ("May T2 do this?", "touch one", "r refuse", "esc leave")),
        ("T1", "s", ("Steer T1", "enter send", "esc cancel")),
        ("T1", "x", ("Stop T1", "T1 Look around", "y stop")),
        ("T1", "X", ("Restart T1", "enter restart", "esc cancel")),
        ("T1", "h", ("Which model", "now scripted:demo", "enter choose", "esc cancel")),
        ("T1", "B", ("The run over its time", "T1", "enter go to", "esc close")),
        ("T1", "ctrl+p", ("what shall be done?", "Go to the next", "enter choose", "esc close")),
        ("T1", "ctrl+f", ("words to find", "enter find", "esc close")),
        ("T1", "ctrl+t", ("which theme?", "forge-light", "enter choose", "esc close")),
        ("T1", "ctrl+q", ("1 agent is at work", "y stop and quit", "n stay")),
    ],
)  # fmt: skip
async def test_what_is_read_and_the_keys_are_in_sight(at: Any, task_id: str, keys: str, words: tuple[str, ...]) -> None:
    async with at.app.run_test(size=SMALL) as pilot:
        person = await at(pilot, task_id)
        await person.press(keys)
        await person.reads(*words)


async def test_the_list_of_runs_keeps_its_runs_in_sight(make_app: Any, host: Any) -> None:
    host.earlier = (EARLIER,)
    app = make_app(None)
    async with app.run_test(size=SMALL) as pilot:
        await Person(app, pilot).reads("describe the goal", "Mend the stock", "enter")


async def test_a_dialog_that_has_no_room_decides_nothing_and_comes_back_as_it_was(
    at: Any, clock: Clock, session: Any
) -> None:
    async with at.app.run_test(size=SMALL) as pilot:
        person = await at(pilot, "T3")
        await person.press("r")
        await person.until(lambda: isinstance(at.app.screen, RejectScreen), "the reason is asked for")
        await person.press("n", "o")
        await pilot.resize_terminal(29, 7)
        await person.reads("terminal too small")
        assert "Reject" not in person.text
        clock.now += 1
        await person.press("enter", "escape", "x")
        await pilot.resize_terminal(*SMALL)
        await person.reads("Reject T3", "▌no ")
        await person.press("t")
        await person.reads("▌not ")
        assert session.commands == []


async def test_a_question_that_has_no_room_is_not_answered(at: Any, clock: Clock) -> None:
    async with at.app.run_test(size=SMALL) as pilot:
        person = await at(pilot, "T1")
        await person.press("ctrl+q")
        await person.until(lambda: isinstance(at.app.screen, ConfirmScreen), "it asks")
        await pilot.resize_terminal(29, 7)
        await person.reads("terminal too small")
        clock.now += 1
        await person.press("y")
        await pilot.resize_terminal(*SMALL)
        await person.reads("1 agent is at work", "y stop and quit")


@pytest.mark.parametrize("size", [SMALL, (80, 24)], ids=str)
async def test_a_note_lies_on_no_keys_of_a_dialog(at: Any, size: tuple[int, int]) -> None:
    async with at.app.run_test(size=size, notifications=True) as pilot:
        person = await at(pilot, "T3")
        for key, words in (("e", "esc cancel"), ("r", "esc cancel"), ("ctrl+p", "esc close")):
            await person.press(key)
            await person.reads(words)
            say(at.app, "it was said meanwhile")
            await person.reads("it was said meanwhile")
            await person.reads(words)
            await person.press("escape")
            await person.back()
            at.app.clear_notifications()

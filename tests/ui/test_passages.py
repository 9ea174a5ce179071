"""From a proposal, a task or a rejected idea to the passage in which it was discovered, and back, by keys alone."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Verdict
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.panes import Pane
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

FOUND = "Here is what I found."


@pytest.fixture
def app(make_app: Any) -> HephaestusApp:
    seconds = itertools.count()  # each look is a second after the last: no key comes too soon
    made: HephaestusApp = make_app(clock=lambda: float(next(seconds)))
    return made


@pytest.fixture
def opened(wait_for: Any, script: Any) -> Any:
    async def open_run(pilot: Pilot[None]) -> SuperviseScreen:
        def drawn() -> bool:
            screen = pilot.app.screen
            return isinstance(screen, SuperviseScreen) and screen.state.seq == len(script.facts)

        await wait_for(pilot, drawn, "the run is drawn")
        screen = pilot.app.screen
        assert isinstance(screen, SuperviseScreen)
        return screen

    return open_run


def screen_text(app: HephaestusApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.fixture
def found(script: Any) -> str:
    """T2, discovered by the agent of T1 in a long talk."""
    doing = script.task("Read the cache")
    script.start(doing)
    parts = (
        TextPart(FOUND),
        TextPart("Nobody shares it."),
        ToolCallPart("c1", "spawn_building_task", '{"title": "Share it"}'),
    )
    spawning = Message(ordinal=1, speaker=Speaker.ASSISTANT, at=script.at, parts=parts)
    script.record(e.MessageAdded(task_id=doing, message=spawning))
    task_id: str = script.propose("Share it", by=doing)
    for ordinal in range(2, 60):
        script.say(doing, f"Remark {ordinal}.", ordinal)
    return task_id


def is_pointed_at(app: HephaestusApp) -> bool:
    rows = screen_text(app).splitlines()
    return any("›" in row and "Share it" in row for row in rows)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("back", ["o", "backspace"])
async def test_a_started_task_shows_where_it_was_found_and_the_same_key_goes_back(
    size: tuple[int, int], back: str, app: Any, opened: Any, script: Any, found: str, wait_for: Any
) -> None:
    script.decide(found)
    script.start(found)
    script.say(found, "I share it now.")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        screen.turn_to(found)
        await pilot.press("3", "o")
        await wait_for(pilot, lambda: FOUND in screen_text(app), "the passage is shown")
        assert is_pointed_at(app)
        assert "where T2 was found" in screen_text(app)
        assert screen.selected == found, "the keys still act upon the task"
        assert screen.pane is Pane.TRANSCRIPT
        script.say("T1", "Remark 60.", 60)
        script.say(found, "Nearly done.", 2)
        await wait_for(pilot, lambda: screen.state.seq == len(script.facts), "what is said meanwhile moves nothing")
        assert FOUND in screen_text(app)
        await pilot.press(back)
        await wait_for(pilot, lambda: screen.transcript.task_id == found, "its own transcript is open again")
        assert screen.panes.inner is screen.detail
        await pilot.press("2")
        await wait_for(pilot, lambda: "Nearly done." in screen_text(app), "and is followed")
        assert not screen.transcript.visited


@pytest.mark.parametrize("verdict", [None, Verdict.REJECT])
async def test_a_proposal_or_a_rejected_one_goes_to_the_passage_also_after_scrolling_away(
    verdict: Verdict | None, app: Any, opened: Any, script: Any, found: str, wait_for: Any
) -> None:
    if verdict:
        script.decide(found, verdict)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.turn_to(found)
        await pilot.press("2", "end")
        await wait_for(pilot, lambda: "Remark 59." in screen_text(app), "one looks at the newest")
        await pilot.press("1", "o")
        await wait_for(pilot, lambda: is_pointed_at(app), "the passage is shown")
        assert FOUND in screen_text(app)
        await pilot.press("backspace")
        await wait_for(pilot, lambda: screen.pane is Pane.DAG, "one is back where one was")
        await pilot.press("2", "backspace")
        assert screen.pane is Pane.TRANSCRIPT, "there is nothing to go back from"


async def test_another_selection_ends_the_visit(app: Any, opened: Any, script: Any, found: str, wait_for: Any) -> None:
    script.decide(found)
    script.start(found)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.turn_to(found)
        await pilot.press("o")
        await wait_for(pilot, lambda: FOUND in screen_text(app), "the passage is shown")
        screen.turn_to("T1")
        await wait_for(pilot, lambda: screen.transcript.following, "the task's own transcript is followed")
        screen.turn_to(found)
        await wait_for(pilot, lambda: screen.transcript.task_id == found, "so is this one's")
        assert not screen.transcript.visited


async def test_a_task_that_a_person_wrote_has_no_passage(app: Any, opened: Any, script: Any, wait_for: Any) -> None:
    script.task("By hand")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("o")
        await pilot.pause()
        assert screen.pane is Pane.DAG

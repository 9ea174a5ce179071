"""The ways in and out: opening, choosing, failing, quitting, being killed, and crashing without a secret."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain.errors import ConfigError, StoreBusy, StoreError, UsageError
from hephaestus_tui.paths import shipped
from hephaestus_tui.session import NewRun, RunSummary
from hephaestus_tui.ui.app import HephaestusApp, run_app
from hephaestus_tui.ui.notices import said
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.failure import FailureScreen
from hephaestus_tui.ui.screens.runs import RunsScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

SIZE = (80, 24)


def summary(run_id: str, goal: str, **changes: Any) -> RunSummary:
    values: dict[str, Any] = {
        "project": "/work/api", "model": "scripted:demo", "started_at": 0.0, "last_at": 0.0, "tasks": 7,
        "completed": 3, "failed": 1, "waiting": 2, "cost": None,
    }  # fmt: skip
    return RunSummary(run_id=run_id, goal=goal, **(values | changes))


def served(host: Any) -> bool:
    return host.breakdown is not None


async def test_a_new_run_is_started_with_what_was_asked(make_app: Any, host: Any, wait_for: Any) -> None:
    asked = NewRun(goal="Cache the auth lookups")
    app = make_app(asked)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: served(host), "the run is served")
    assert host.started == [asked]


async def test_a_long_run_says_how_much_of_it_was_read_and_takes_keys_meanwhile(
    make_app: Any, host: Any, wait_for: Any
) -> None:
    held = asyncio.Event()

    async def slow(run_id: str, told: Any) -> Any:
        told(1_500, 40_001)
        await held.wait()
        return host.session

    host.resume = slow
    app = make_app("r1")
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "1,500 of 40,001 read" in screen_text(app), "how far it is")
        await pilot.press("?")
        await wait_for(pilot, lambda: not isinstance(app.screen, SuperviseScreen), "the help is opened")
        await pilot.press("escape")
        held.set()
        await wait_for(pilot, lambda: served(host), "the run is served")
        assert "read" not in screen_text(app).splitlines()[1]


async def test_the_first_screen_is_painted_before_anything_is_opened(make_app: Any, host: Any, wait_for: Any) -> None:
    held = asyncio.Event()

    async def slow(request: NewRun) -> Any:
        await held.wait()
        return host.session

    host.start = slow
    app = make_app(NewRun(goal="Cache the auth lookups"))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "the screen is there")
        await wait_for(pilot, lambda: "Cache the auth lookups" in screen_text(app), "the goal is shown")
        assert not served(host)
        held.set()
        await wait_for(pilot, lambda: served(host), "the run is served")


# -- choosing a run


async def test_an_earlier_run_is_chosen_with_enter(make_app: Any, host: Any, wait_for: Any) -> None:
    host.earlier = [summary("r7", "Mend [b]the[/b] import [/"), summary("r6", "Other")]
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "3/7 tasks" in screen_text(app), "the runs are listed")
        text = screen_text(app)
        assert "Mend [b]the[/b] import [/" in text
        assert "2 proposals wait" in text
        assert "1 failed" in text
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: served(host), "the run is served")
    assert host.started == ["r7"]


async def test_a_goal_that_is_typed_starts_a_new_run(make_app: Any, host: Any, wait_for: Any) -> None:
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen.focused, Input), "the goal can be typed")
        await pilot.press("enter", *"quick", "enter")
        await wait_for(pilot, lambda: served(host), "the run is served")
    assert host.started == [NewRun(goal="quick")]


async def test_what_cannot_be_started_comes_back_to_the_picker_with_the_goal(
    make_app: Any, host: Any, wait_for: Any
) -> None:
    host.failure = UsageError("No model is [b]chosen[/: name one with --model.")
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen.focused, Input), "the goal can be typed")
        await pilot.press(*"quick", "enter")
        await wait_for(pilot, lambda: "No model is [b]chosen[/: name one" in screen_text(app), "it is said why not")
        await wait_for(pilot, lambda: isinstance(app.screen.focused, Input), "the goal can be typed")
        assert app.screen.focused.value == "quick"
        host.failure = None
        await pilot.press("end", *"er", "enter")
        await wait_for(pilot, lambda: served(host), "the run is served")
        assert isinstance(app.screen, SuperviseScreen)
        assert len([screen for screen in app.screen_stack if isinstance(screen, SuperviseScreen)]) == 1
    assert host.started == [NewRun(goal="quick"), NewRun(goal="quicker")]
    assert app.failure is None


async def test_notes_stand_beside_the_choice_and_are_not_said_again(make_app: Any, host: Any, wait_for: Any) -> None:
    app = make_app(None, notes=["No model is chosen [/"])
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, lambda: "No model is chosen [/" in screen_text(app), "the note is shown")
        await pilot.press(*"quick", "enter")
        await wait_for(pilot, lambda: served(host), "the run is served")
        assert not list(app._notifications)


async def test_the_picker_can_be_left(make_app: Any, host: Any, wait_for: Any) -> None:
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, RunsScreen), "the picker is there")
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: host.closed, "the host is closed")
    assert (app.return_code, host.started) == (0, [])


# -- failures


async def test_what_cannot_be_opened_ends_the_app_with_its_code(make_app: Any, host: Any) -> None:
    host.failure = StoreBusy("Another hephaestus has this project open.")
    app = make_app("r1")
    assert await asyncio.wait_for(headless(app), 5) == 2
    assert str(app.failure) == "Another hephaestus has this project open."
    assert host.closed == 1


async def test_a_run_that_breaks_down_says_so_and_ends_after_a_key(make_app: Any, host: Any, wait_for: Any) -> None:
    seconds = [0.0]
    app = make_app("r1", clock=lambda: seconds[0])
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: served(host), "the run is served")
        host.breakdown.set_exception(StoreError("The disk is [b]full[/ : free some space."))
        await wait_for(pilot, lambda: isinstance(app.screen, FailureScreen), "the failure is shown")
        await wait_for(pilot, lambda: "The disk is [b]full[/ : free some space." in screen_text(app), "it is readable")
        await wait_for(pilot, lambda: app.screen.guarded, "it counts how long it has been there")
        seconds[0] += 1
        await pilot.press("x")
        await wait_for(pilot, lambda: host.closed, "the host is closed")
    assert (app.return_code, type(app.failure)) == (2, StoreError)


async def test_a_crash_names_the_log_and_shows_no_locals(
    make_app: Any, host: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken() -> None:
        api_key = "sk-ant-SECRET-123"
        raise ZeroDivisionError(f"with {len(api_key)}")

    async def serve() -> None:
        broken()

    host.serve = serve
    app = make_app("r1", log_file=tmp_path / "[b]hephaestus.log")
    with caplog.at_level(logging.CRITICAL):
        assert await asyncio.wait_for(headless(app), 5) == 1
    said = capsys.readouterr().err.replace("\n", "")
    assert "ZeroDivisionError" in said
    assert said.endswith("The run is stored and can be opened again.")
    assert "[b]hephaestus.log" in said
    assert "SECRET" not in said
    assert "SECRET" not in caplog.text
    assert "the app failed" in caplog.text
    assert host.closed == 1


# -- leaving


async def test_q_leaves_at_once_where_no_agent_works(make_app: Any, host: Any, wait_for: Any) -> None:
    app = make_app("r1")
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: served(host), "the run is served")
        await pilot.press("q")
        await wait_for(pilot, lambda: host.closed, "the host is closed")
    assert app.return_code == 0
    assert host.stopped, "agents are stopped before the run is closed"


async def test_q_asks_while_agents_work(make_app: Any, host: Any, script: Any, wait_for: Any) -> None:
    script.start(script.task("Read"))
    seconds = [0.0]
    app = make_app("r1", clock=lambda: seconds[0])
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: "1/4 at work" in screen_text(app), "the agent is seen")
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it is asked")
        assert "1 agent is at work" in screen_text(app)
        await pilot.press("enter", "q", "n")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "it stays")
        assert not host.closed
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen) and app.screen.guarded, "it is asked again")
        await pilot.press("y")
        assert not host.closed, "what is typed ahead is no answer"
        seconds[0] += 1
        await pilot.press("y")
        await wait_for(pilot, lambda: host.closed, "the host is closed")
    assert app.return_code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
async def test_a_signal_closes_the_run_and_is_told_by_the_code(
    number: signal.Signals, code: int, make_app: Any, host: Any, wait_for: Any
) -> None:
    app = make_app("r1")
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: served(host), "the run is served")
        os.kill(os.getpid(), number)
        await wait_for(pilot, lambda: host.closed, "the host is closed")
    assert (app.return_code, host.stopped) == (code, True)


async def test_a_host_that_does_not_close_holds_nobody_up(make_app: Any, host: Any, wait_for: Any) -> None:
    host.closing = asyncio.Event().wait()
    app = make_app("r1")
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: served(host), "the run is served")
        app._leave(0, 0.01)
        await wait_for(pilot, lambda: not app.is_running, "the app has ended")
    assert app.return_code == 0


# -- settings


async def test_an_unknown_theme_falls_back_and_says_so(make_app: Any, wait_for: Any) -> None:
    app = make_app("r1", settings=UiSettings(theme="neon[b]"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, lambda: "There is no theme 'neon[b]'" in screen_text(app), "it is said")
        assert app.theme == "forge-dark"


async def test_notes_are_said(make_app: Any, wait_for: Any) -> None:
    app = make_app("r1", notes=["hephaestus.toml of the project is ignored [/"])
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for(pilot, lambda: "the project is ignored [/" in screen_text(app), "it is said")


def test_a_rebinding_that_cannot_be_is_refused_before_the_screen(make_app: Any) -> None:
    with pytest.raises(ConfigError, match=r"proposal\.acept"):
        make_app("r1", settings=UiSettings(keys={"proposal.acept": "x"}))


async def test_a_broken_theme_of_ones_own_is_told_and_the_app_starts(
    make_app: Any, wait_for: Any, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text("name = 3")
    app = make_app("r1", themes=[shipped("themes"), tmp_path])
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: any("mine.toml, line 1" in words for _, words, _ in said(app)), "it is told")
        assert app.theme == "forge-dark"


async def test_no_escape_reaches_the_terminal_whatever_a_widget_lets_in(make_app: Any, wait_for: Any) -> None:
    app = make_app("r1")
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: app.screen.query("#dag .title"), "the screen is there")
        app.screen.query_one("#dag .title").update("a\x1b]52;c;eA==\x07\u202eb", layout=False)
        await wait_for(pilot, lambda: "a\ufffd]52;c;eA==\ufffdb" in screen_text(app), "it is harmless")


async def headless(app: HephaestusApp) -> int:
    run = app.run_async

    async def without_a_screen() -> None:
        await run(headless=True, size=SIZE)

    app.run_async = without_a_screen  # type: ignore[method-assign,assignment]
    return await run_app(app)


def screen_text(app: HephaestusApp) -> str:
    width, _height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[:width] for strip in strips)

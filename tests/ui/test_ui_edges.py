"""Keys that come faster than screens, and what happens elsewhere while a dialog is open: nothing may end the app."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import OptionList
from textual.widgets._toast import Toast

from hephaestus_tui.domain.commands import Pause
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import StoreError, UsageError
from hephaestus_tui.ui.desk.desk import Desk
from hephaestus_tui.ui.desk.handlers import perform
from hephaestus_tui.ui.guard import HOLD_SECONDS, Target
from hephaestus_tui.ui.notices import say, warn
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.failure import FailureScreen
from hephaestus_tui.ui.screens.help import HelpScreen
from hephaestus_tui.ui.screens.runs import RunsScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen

SIZE = (120, 40)
ADA = Actor(ActorKind.HUMAN, "Ada")


class Clock:
    """The guard's time: the test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def typed_ahead(app: App[Any], *keys: str) -> None:
    """Keys that reach the app in one read of the terminal, as from a slow line."""
    for name in keys:
        one = len(name) == 1
        app.post_message(Key(_character_to_key(name) if one else name, name if one else None))


def is_selected(app: Any, task_id: str) -> bool:
    screen = app.screen
    return isinstance(screen, SuperviseScreen) and screen.selected == task_id and screen.guard.open


# -- keys that are typed ahead


async def test_a_form_that_is_opened_twice_is_there_once(make_app: Any, script: Any, wait_for: Any) -> None:
    proposed = script.propose("Cache")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, proposed), "the proposal may be decided")
        typed_ahead(app, "e", "e")
        await wait_for(pilot, lambda: isinstance(app.screen, EditScreen) and app.screen.focused, "the form is open")
        await pilot.press("escape")
        await wait_for(
            pilot, lambda: isinstance(app.screen, SuperviseScreen), "it is closed, and no other lies under it"
        )


@pytest.mark.parametrize("key", ["r", "e", "c", "M", "S"])
async def test_a_key_that_overtakes_its_dialog_does_not_accept(
    make_app: Any, script: Any, session: Any, wait_for: Any, key: str
) -> None:
    worker = script.task("Look around")
    proposed = script.propose("Cache", by=worker)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, proposed), "the proposal may be decided")
        typed_ahead(app, key, "a")
        await wait_for(pilot, lambda: not isinstance(app.screen, SuperviseScreen), "the dialog is open")
        await pilot.pause()
    assert session.commands == []


async def test_with_others_selected_accept_says_so_and_decides_nothing(
    make_app: Any, script: Any, session: Any, wait_for: Any
) -> None:
    first, second = script.propose("Cache"), script.propose("Index")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, first), "the proposal may be decided")
        app.screen.selection.pick(app.screen.state, [second])
        await pilot.press("a")
        await pilot.pause()
        assert session.commands == []
        app.screen.selection.toggle(app.screen.state, second)
        await pilot.press("a")
        await wait_for(pilot, lambda: session.commands, "alone it is accepted")


async def test_quitting_asks_once_however_often_its_key_is_pressed(make_app: Any, script: Any, wait_for: Any) -> None:
    task_id = script.task("Cache")
    script.start(task_id)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, task_id), "the task is shown")
        await pilot.press("ctrl+q", "ctrl+q", "ctrl+q")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it asks")
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "one no is enough")
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it asks again, later")


@pytest.mark.parametrize("key", ["ctrl+s", "escape"])
async def test_the_keys_of_a_form_that_is_not_there_yet_decide_nothing(
    make_app: Any, script: Any, session: Any, wait_for: Any, key: str
) -> None:
    proposed = script.propose("Cache")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, proposed), "the proposal may be decided")
        form = EditScreen(proposed, app.screen.state.proposals[proposed].draft, app.screen.state)
        app.push_screen(form)
        form.action_save() if key == "ctrl+s" else form.action_leave()
        await pilot.pause()
        assert form.is_current == (key == "ctrl+s")
    assert session.commands == []


@pytest.mark.parametrize("keys", [("?", "j"), ("?", "down"), ("/", "down"), ("ctrl+p", "pagedown"), ("/", "enter")])
async def test_keys_that_overtake_their_dialog_do_not_fail(
    make_app: Any, script: Any, wait_for: Any, keys: tuple[str, str]
) -> None:
    proposed = script.propose("Cache")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, proposed), "the proposal is shown")
        typed_ahead(app, *keys)
        await wait_for(pilot, lambda: not isinstance(app.screen, SuperviseScreen), "the dialog is open")
        await pilot.pause()
    assert app.return_code in (None, 0)


async def test_a_list_without_room_ignores_the_page_keys(make_app: Any, host: Any, wait_for: Any) -> None:
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen._runs is not None, "it looked")
        await wait_for(pilot, lambda: app.screen._finds is not None, "and found")
        listed = app.screen.query_one(OptionList)
        listed.styles.height = 0
        listed.display = True
        listed.add_options(["a", "b"])
        listed.highlighted = 1
        listed.focus()
        await wait_for(pilot, lambda: app.focused is listed, "the list has the focus")
        assert not listed.scrollable_content_region
        await pilot.press("pagedown", "pageup")
        assert listed.highlighted == 1


# -- what happens elsewhere meanwhile


@pytest.mark.parametrize("action_id", ["proposal.edit", "proposal.reject"])
async def test_a_proposal_that_is_decided_between_the_key_and_its_dialog_is_refused(
    make_app: Any, script: Any, session: Any, wait_for: Any, action_id: str
) -> None:
    proposed = script.propose("Cache")
    script.decide(proposed)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "the run is open")
        desk = Desk(app, session, ADA, lambda task_id: None)
        await perform(desk, action_id, script.state(), Target(proposed, 1))
        said = f"{proposed} was decided by someone else this very moment; see its detail."
        await wait_for(pilot, lambda: [n.message for n in app._notifications] == [said], "it is said")
    assert session.commands == []


async def test_a_failure_that_comes_while_someone_types_is_not_left_by_what_they_type(
    make_app: Any, host: Any, script: Any, wait_for: Any
) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: host.breakdown is not None, "the run is served")
        host.breakdown.set_exception(StoreError("The disk is full: free some space."))
        await wait_for(pilot, lambda: isinstance(app.screen, FailureScreen) and app.screen.guarded, "it is shown")
        clock.now += HOLD_SECONDS / 2
        await pilot.press("w", "o")
        clock.now += HOLD_SECONDS * 0.9
        await pilot.press("r")
        assert isinstance(app.screen, FailureScreen)
        assert host.closed == 0
        clock.now += HOLD_SECONDS
        await pilot.press("x")
        await wait_for(pilot, lambda: host.closed, "a key that was meant for it leaves")


async def test_earlier_runs_that_are_found_after_a_choice_change_nothing(
    make_app: Any, host: Any, wait_for: Any
) -> None:
    found = asyncio.Event()

    async def runs() -> tuple[()]:
        await found.wait()
        return ()

    host.runs = runs
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen.focused, "the picker is there")
        picker = app.screen
        await pilot.press("g", "o", "enter")
        await wait_for(pilot, lambda: not picker.is_attached or not picker.children, "the picker has gone")
        found.set()
        await wait_for(pilot, lambda: host.started, "the run is started")
    assert host.started[0].goal == "go"


async def test_help_over_a_run_that_cannot_be_opened_goes_with_it(make_app: Any, host: Any, wait_for: Any) -> None:
    refused = asyncio.Event()

    async def start(request: Any) -> Any:
        await refused.wait()
        raise UsageError("There is no such model.")

    host.start = start
    app = make_app(None)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen.focused, "the picker is there")
        await pilot.press("g", "o", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "the run is being opened")
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen), "help is shown")
        refused.set()
        await wait_for(pilot, lambda: isinstance(app.screen, RunsScreen), "the picker is back")
        assert not any(isinstance(screen, SuperviseScreen | HelpScreen) for screen in app.screen_stack)


async def test_a_key_that_comes_with_the_cursors_own_does_nothing_to_the_task_that_it_left(
    make_app: Any, script: Any, session: Any, wait_for: Any
) -> None:
    left, reached = script.task("Cache"), script.task("Index")
    script.start(left)
    script.start(reached)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: is_selected(app, left), "the first task is shown")
        typed_ahead(app, "end", "p")
        await wait_for(pilot, lambda: app.screen.selected == reached, "the cursor is on the second")
        await pilot.pause()
        assert [command.reach.task_id for command in session.commands if isinstance(command, Pause)] in ([], [reached])


async def test_notices_leave_the_keys_of_the_detail_in_sight(make_app: Any, script: Any, wait_for: Any) -> None:
    proposed = script.propose("Cache")
    app = make_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: is_selected(app, proposed), "the proposal is shown")
        await pilot.press("3")
        for number in range(6):
            say(app, f"note {number}")
            warn(app, f"refusal {number}: " + "what happened, and what to do next. " * 30)
        await wait_for(pilot, lambda: len(app.screen.query(Toast)) == 3, "there are few")
        assert [n.message[:9] for n in app._notifications if n.severity == "information"] == ["note 4", "note 5"]
        keys = next(y for y, row in enumerate(rows(app)) if "a accept" in row and "e edit" in row and "?" not in row)
        await wait_for(
            pilot, lambda: all(toast.region.height for toast in app.screen.query(Toast)), "they are laid out"
        )
        assert min(toast.region.y for toast in app.screen.query(Toast)) > keys


def rows(app: Any) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]

"""Leave reaches as far as its key says, a changed command is looked at before it is allowed, and leave is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.leave import Extent, Grant
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.grants import GrantsScreen
from hephaestus_tui.ui.screens.leave import Given, LeaveScreen

UNSET = "unset"
ADA = Actor(ActorKind.HUMAN, "ada")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class DialogApp(App[None]):
    def __init__(self, dialog: Any) -> None:
        super().__init__()
        self.dialog = dialog
        self.given: Any = UNSET

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self._given)

    def _given(self, given: Any) -> None:
        self.given = given


@pytest.fixture
def clock() -> Clock:
    return Clock()


def leave(
    clock: Clock, text: str = "make test", extents: tuple[Extent, ...] = tuple(Extent), effect: Effect = Effect.RUN
) -> DialogApp:
    question = e.Question(
        id="q1", kind=e.QuestionKind.PERMISSION, task_id="T1", text=text, options=(), turn=0, index=0, asked_at=0.0,
        effect=effect, tool="run_command",
    )  # fmt: skip
    return DialogApp(LeaveScreen(question, "May T1 do this?", "asked by qa_tester", extents, clock=clock))


async def open_(pilot: Any, app: DialogApp, wait_for: Any, clock: Clock) -> None:
    await wait_for(pilot, lambda: app.dialog.is_current and app.dialog.guarded, "the dialog is shown")
    clock.now += 1


def keys_of(app: DialogApp) -> str:
    return str(app.dialog.query_one(".keys").render())


@pytest.mark.parametrize(("key", "extent"), [("a", Extent.ONCE), ("t", Extent.TASK), ("w", Extent.RUN)])
async def test_each_key_reaches_as_far_as_it_says(clock: Clock, wait_for: Any, key: str, extent: Extent) -> None:
    app = leave(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.dialog.is_current and app.dialog.guarded, "the dialog is shown")
        await pilot.press(key)  # in the first moments nothing decides
        assert app.given == UNSET
        clock.now += 1
        assert "t for task   w for run" in keys_of(app)
        await pilot.press(key)
    assert app.given == Given(e.ALLOW, extent)


@pytest.mark.parametrize("key", ["t", "w"])
async def test_what_can_be_allowed_once_only_is(clock: Clock, wait_for: Any, key: str) -> None:
    app = leave(clock, "make && make install", (Extent.ONCE,))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        assert "a allow once   e edit" in keys_of(app)
        await pilot.press(key)
        assert app.given == UNSET


async def test_a_changed_command_is_shown_and_then_allowed_by_a_key_of_its_own(clock: Clock, wait_for: Any) -> None:
    app = leave(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        await pilot.press("e", *" fast", "enter")
        # enter has allowed nothing, and neither does a key in the first moments of the new text
        await pilot.press("a")
        assert app.given == UNSET
        assert [line.plain for line in app.dialog.query_one("#text").lines] == ["make test fast"]
        assert app.dialog.query_one(".notice").display
        clock.now += 1
        await pilot.press("t", "w")  # for the task or the run is only what the agent asked for
        assert app.given == UNSET
        await pilot.press("a")
    assert app.given == Given(e.ALLOW, Extent.ONCE, "make test fast")


async def test_a_long_changed_command_is_read_to_its_end(clock: Clock, wait_for: Any) -> None:
    app = leave(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        await pilot.press("e")
        app.dialog.query_one("#command").text = "\n".join(f"echo {n}" for n in range(80))
        await pilot.press("enter")
        clock.now += 1
        await pilot.press("a")
        assert app.given == UNSET
        await wait_for(pilot, lambda: "read to the end" in keys_of(app), "it is to be read")
        await pilot.press("end", "a")
    assert isinstance(app.given, Given)
    assert app.given.command is not None


async def test_nothing_written_is_lost_unasked(clock: Clock, wait_for: Any) -> None:
    app = leave(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        await pilot.press("e", *" fast", "escape", "e")
        assert app.dialog.query_one("#command").text == "make test fast"
        await pilot.press("enter", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen), "it asks first")
        assert app.given == UNSET


async def test_a_command_that_is_none_is_told_and_the_same_one_changes_nothing(clock: Clock, wait_for: Any) -> None:
    app = leave(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        await pilot.press("e")
        app.dialog.query_one("#command").text = " "
        await pilot.press("enter")
        assert app.dialog.query_one("#instead").fault.startswith("write 1 to 10,000")
        app.dialog.query_one("#command").text = "make test"
        await pilot.press("enter")
        clock.now += 1
        await pilot.press("w")
    assert app.given == Given(e.ALLOW, Extent.RUN)


async def test_an_edit_has_no_command_to_change(clock: Clock, wait_for: Any) -> None:
    app = leave(clock, "edit a.txt", effect=Effect.WRITE)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        assert "e edit" not in keys_of(app)
        await pilot.press("e")
        assert not app.dialog.query_one("#instead").display


def grant(number: int, task_id: str | None = None) -> Grant:
    return Grant(
        id=f"L{number}", tool="run_command", effect=Effect.RUN, argv=("make", f"t{number}"), task_id=task_id, actor=ADA,
        given_at=0.0,
    )  # fmt: skip


async def test_leave_is_listed_and_taken_back_by_a_key(clock: Clock, wait_for: Any) -> None:
    state = RunState(run_id="r", grants={"L1": grant(1), "L2": grant(2, "T2")})
    app = DialogApp(GrantsScreen(state, now=lambda: 120.0, clock=clock))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.dialog.is_current and app.dialog.guarded, "the dialog is shown")
        await pilot.press("x")
        assert app.given == UNSET
        clock.now += 1
        await pilot.press("j")
        assert [line.plain for line in app.dialog._lines.lines] == ["make t2", "allowed for T2 by ada, 2 m ago"]
        await pilot.press("x")
    assert app.given == "L2"


async def test_a_list_without_any_says_how_there_comes_to_be_one(clock: Clock, wait_for: Any) -> None:
    app = DialogApp(GrantsScreen(RunState(run_id="r"), clock=clock))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_(pilot, app, wait_for, clock)
        await pilot.press("x")
        assert "Nothing is allowed for more than once" in app.dialog._lines.lines[0].plain
        app.dialog.refresh_state(RunState(run_id="r", grants={"L1": grant(1)}))
        await pilot.press("x")
    assert app.given == "L1"

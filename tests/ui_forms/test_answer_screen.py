from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.widgets import OptionList

from hephaestus_tui.domain.events import ALLOW, Question, QuestionKind
from hephaestus_tui.domain.leave import Extent
from hephaestus_tui.domain.policy import Effect
from hephaestus_tui.ui.screens.answer import AnswerScreen
from hephaestus_tui.ui.screens.leave import Given, LeaveScreen
from hephaestus_tui.ui.screens.reason import ReasonScreen
from hephaestus_tui.ui.widgets.fields import SubmitBox
from hephaestus_tui.ui.widgets.read_through import exact_lines

UNSET = "unset"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class DialogApp(App[None]):
    def __init__(self, screen: Any) -> None:
        super().__init__()
        self.dialog = screen
        self.answer: str | None = UNSET
        self.given: Given | None = None

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self._answered)

    def _answered(self, answer: str | Given | None) -> None:
        self.given = answer if isinstance(answer, Given) else None
        self.answer = answer.answer if isinstance(answer, Given) else answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ask(
    clock: Clock,
    text: str,
    kind: QuestionKind = QuestionKind.PERMISSION,
    options: tuple[str, ...] = (),
    extents: tuple[Extent, ...] = (Extent.ONCE,),
    effect: Effect = Effect.RUN,
) -> DialogApp:
    question = Question(
        id="q1", kind=kind, task_id="T1", text=text, options=options, turn=0, index=0, asked_at=0.0, effect=effect
    )
    if kind is QuestionKind.PERMISSION:
        return DialogApp(LeaveScreen(question, "T1 wants to", extents=extents, clock=clock))
    return DialogApp(AnswerScreen(question, "T1 wants to", clock=clock))


async def shown(pilot: Any, app: DialogApp, wait_for: Any) -> None:
    await wait_for(pilot, lambda: app.dialog.is_current and app.dialog.guarded, "the dialog is shown")


async def test_y_allows_after_the_first_moments_only(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "python -m pytest")
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        await pilot.press("a")
        clock.now += 0.39
        await pilot.press("a")
        assert app.answer == UNSET
        clock.now += 0.41
        await pilot.press("a")
        assert app.answer == ALLOW


async def test_a_key_that_is_held_down_never_allows(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "python -m pytest")
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        for _ in range(20):
            clock.now += 0.05
            await pilot.press("a")
        assert app.answer == UNSET


@pytest.mark.parametrize("key", ["enter", "space", "A", "y", "1", "ctrl+s"])
async def test_no_other_key_allows(clock: Clock, wait_for: Any, key: str) -> None:
    app = ask(clock, "python -m pytest")
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.press(key)
        assert app.answer == UNSET


async def test_no_click_allows(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "python -m pytest")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        keys = app.dialog.query_one(".keys").region
        for x in range(keys.x, keys.x + 24, 4):
            await pilot.click(offset=(x, keys.y))
        await pilot.click("#text")
        assert app.answer == UNSET


async def test_a_long_text_is_read_to_its_end_before_it_can_be_allowed(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "\n".join(f"echo {n}" for n in range(80)))
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.press("a")
        await pilot.press("pagedown", "a")
        assert app.answer == UNSET
        await pilot.press("end", "home", "a")
        assert app.answer == ALLOW


async def test_a_long_line_hides_nothing() -> None:
    command = "echo " + "x" * 9_000 + "; rm -rf /\u202e"
    (line,) = exact_lines(command)
    assert line.plain == command.replace("\u202e", "⟪U+202E⟫")


def test_real_lines_are_numbered_so_that_wrapped_ones_are_told_apart() -> None:
    assert [line.plain for line in exact_lines("a\nb")] == ["1 a", "2 b"]
    assert exact_lines("@@ -1 +1 @@\n-a\n+b")[2].spans[0].style == "good"


async def test_a_refusal_takes_words_and_escape_goes_back(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "rm -rf build")
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.press("r", *"not y", "escape")
        assert app.answer == UNSET
        await pilot.press("r", *"et", "enter")
        assert app.answer == "not yet"


async def test_the_keys_of_a_refusal_are_seen_under_a_long_text(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "\n".join(f"echo {n}" for n in range(80)))
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.press("r", *"a", "ctrl+j", *"b", "ctrl+j", *"c", "ctrl+j", *"d", "ctrl+j", *"e")
        await pilot.pause()
        keys, dialog = app.dialog.query_one(".keys").region, app.dialog.query_one(".dialog").region
        assert "refuse" in str(app.dialog.query_one(".keys").render())
        assert keys.height == 1
        assert keys.bottom < dialog.bottom <= 24


@pytest.mark.parametrize(("words", "answer"), [("", "no"), ("allow", "no: allow"), (" ALLOW ", "no: ALLOW")])
async def test_no_words_of_a_refusal_are_taken_for_leave(clock: Clock, wait_for: Any, words: str, answer: str) -> None:
    app = ask(clock, "rm -rf build")
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.press("r", *words, "enter")
        assert app.answer == answer


async def test_escape_leaves_it_waiting(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "rm -rf build")
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        await pilot.press("escape")
        assert app.answer is None


async def test_an_option_is_chosen_by_its_number(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "Which?", QuestionKind.QUESTION, ("memory", "[red]file[/red]"))
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        await pilot.press("2", "enter")
        assert app.answer == UNSET
        clock.now += 1
        await pilot.press("9", "2")
        assert app.answer == "[red]file[/red]"


async def test_an_option_is_chosen_by_enter_and_never_by_a_click(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "Which?", QuestionKind.QUESTION, ("memory", "file"))
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.click(OptionList, offset=(4, 1))
        assert app.answer == UNSET
        await pilot.press("home", "down", "enter")
        assert app.answer == "file"


async def test_an_answer_in_own_words(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "Which?", QuestionKind.QUESTION, ("memory", "file"))
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        clock.now += 1
        await pilot.press("tab", "enter")
        assert app.answer == UNSET
        await pilot.press(*"1 or 2", "ctrl+j", *"y", "enter")
        assert app.answer == "1 or 2\ny"


async def test_a_reason_is_required_where_it_is(wait_for: Any) -> None:
    app = DialogApp(ReasonScreen("Reject T4 [b]", "Why?", True))
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.dialog.is_current, "the dialog is shown")
        await pilot.press("space", "enter")
        assert app.answer == UNSET
        assert app.dialog.fault
        await pilot.press(*"no need", "enter")
        assert app.answer == "no need"


async def test_a_reason_may_be_left_out_where_it_may_and_escape_gives_none(wait_for: Any) -> None:
    app = DialogApp(ReasonScreen("Steer", "What?", False))
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.dialog.is_current, "the dialog is shown")
        await pilot.press("enter")
        assert app.answer == ""
    app = DialogApp(ReasonScreen("Steer", "What?", False))
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.dialog.is_current, "the dialog is shown")
        await pilot.press("x", "escape")
        assert app.answer is None


async def test_nothing_blinks(clock: Clock, wait_for: Any) -> None:
    app = ask(clock, "Which?", QuestionKind.QUESTION)
    async with app.run_test() as pilot:
        await shown(pilot, app, wait_for)
        assert app.dialog.query_one(SubmitBox).cursor_blink is False

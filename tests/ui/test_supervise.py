"""Keys become commands, nothing that arrives moves the selection, and the panes fit every size."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from hephaestus_tui.config import UiSettings
from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import THE_RUN, Budget, Unit
from hephaestus_tui.domain.commands import (
    AddTask,
    Answer,
    Decide,
    Pause,
    Restart,
    Resume,
    SetPolicy,
    Steer,
    Stop,
)  # fmt: skip
from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.errors import AlreadyDecided, StaleVersion
from hephaestus_tui.domain.message import Message, Speaker, TextPart, ToolCallPart
from hephaestus_tui.domain.policy import Policy
from hephaestus_tui.domain.reach import WHOLE_RUN, only
from hephaestus_tui.domain.words import When
from hephaestus_tui.ui.app import HephaestusApp
from hephaestus_tui.ui.bridge import Frame
from hephaestus_tui.ui.panes import Pane, shown_panes
from hephaestus_tui.ui.screens.answer import AnswerScreen
from hephaestus_tui.ui.screens.confirm import ConfirmScreen
from hephaestus_tui.ui.screens.edit import EditScreen
from hephaestus_tui.ui.screens.help import HelpScreen
from hephaestus_tui.ui.screens.pick import PickScreen
from hephaestus_tui.ui.screens.reject import RejectScreen
from hephaestus_tui.ui.screens.steer import SteerScreen, Words
from hephaestus_tui.ui.screens.stop import StopScreen
from hephaestus_tui.ui.screens.supervise import SuperviseScreen
from hephaestus_tui.ui.widgets.pane_box import PaneBox

ADA = Actor(ActorKind.HUMAN, "Ada")


class Clock:
    """The guard's time: the test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def supervised(make_app: Any, wait_for: Any, clock: Clock, script: Any) -> Any:
    """Opens the app on the script's run and waits until it is drawn; the guard is past its moment."""

    async def opened(pilot: Pilot[None]) -> SuperviseScreen:
        def drawn() -> bool:
            screen = pilot.app.screen
            return isinstance(screen, SuperviseScreen) and screen.state.seq == len(script.facts)

        await wait_for(pilot, drawn, "the run is drawn")
        screen = pilot.app.screen
        assert isinstance(screen, SuperviseScreen)
        clock.now += 1.0
        return screen

    return opened


@pytest.fixture
def app(make_app: Any, clock: Clock) -> HephaestusApp:
    made: HephaestusApp = make_app(clock=clock)
    return made


async def press_until(pilot: Pilot[None], wait_for: Any, key: str, predicate: Any, words: str) -> None:
    await pilot.press(key)
    await wait_for(pilot, predicate, words)


def proposal(script: Any) -> str:
    doing = script.task("Read the cache")
    script.start(doing)
    proposed: str = script.propose("Share the cache", by=doing)
    return proposed


# -- deciding


async def test_accept_sends_the_version_that_was_shown(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    guess = proposal(script)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        assert screen.selected == guess, "what waits is selected first"
        await press_until(pilot, wait_for, "a", lambda: session.commands, "a command is submitted")
    assert session.commands == [Decide(task_id=guess, verdict=Verdict.ACCEPT, actor=ADA, version=1)]


async def test_enter_and_clicks_decide_nothing(app: Any, supervised: Any, session: Any, script: Any) -> None:
    proposal(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        for pane in "123":
            await pilot.press(pane, "enter", "space")
        keys_on_the_panel = [(x, y) for x in (90, 100, 110) for y in (8, 9, 10)]
        for offset in (*keys_on_the_panel, (2, 39), (12, 39), (20, 39)):
            await pilot.click(offset=offset)
        await pilot.pause()
    assert session.commands == []


async def test_reject_asks_for_the_reason(app: Any, supervised: Any, session: Any, script: Any, wait_for: Any) -> None:
    guess = proposal(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await press_until(pilot, wait_for, "r", lambda: isinstance(app.screen, RejectScreen), "the reason is asked")
        app.screen.dismiss("it is out of scope")
        await wait_for(pilot, lambda: session.commands, "a command is submitted")
    (command,) = session.commands
    assert (command.task_id, command.verdict, command.reason) == (guess, Verdict.REJECT, "it is out of scope")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ([], "The proposing agent reads it."),
        ([e.TaskCompleted(task_id="T1", summary="done", evidence=())], "It is kept in the record."),
    ],
)
async def test_reject_says_who_reads_the_reason(
    end: list[e.Fact], words: str, app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    proposal(script)
    for fact in end:
        script.record(fact)
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await pilot.press("r")
        await wait_for(pilot, lambda: words in screen_text(app), "it is said")


async def test_edit_sends_the_changed_fields_and_an_unchanged_form_accepts(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    guess = proposal(script)
    draft = script.state().proposals[guess].draft
    changed = _retitled(draft, "Share one cache")
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        for final in (changed, draft):
            await press_until(pilot, wait_for, "e", lambda: isinstance(app.screen, EditScreen), "the form opens")
            before = len(session.commands)
            app.screen.dismiss(final)
            await wait_for(pilot, lambda n=before: len(session.commands) > n, "a command is submitted")
    edited, accepted = session.commands
    assert (edited.verdict, edited.final) == (Verdict.EDIT, changed)
    assert (accepted.verdict, accepted.final) == (Verdict.ACCEPT, None)


async def test_an_edit_on_a_stale_version_keeps_what_was_typed(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    guess = proposal(script)
    changed = _retitled(script.state().proposals[guess].draft, "Share one cache")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        await press_until(pilot, wait_for, "e", lambda: isinstance(app.screen, EditScreen), "the form opens")
        script.propose("Share the cache, safely", by="T1", version=2, task_id=guess)
        await wait_for(pilot, lambda: screen.state.proposals[guess].version == 2, "the new version is seen")
        session.refusal = StaleVersion("T2 was changed meanwhile: look at it again.")
        form = app.screen
        form.dismiss(changed)
        await wait_for(pilot, lambda: isinstance(app.screen, EditScreen) and app.screen is not form, "it opens again")
        session.refusal = None
        app.screen.dismiss(changed)
        await wait_for(pilot, lambda: len(session.commands) == 2, "it is submitted again")
    assert [c.version for c in session.commands] == [1, 2]
    assert all(c.final == changed for c in session.commands)


async def test_a_refusal_is_shown_as_text(app: Any, supervised: Any, session: Any, script: Any, wait_for: Any) -> None:
    proposal(script)
    session.refusal = AlreadyDecided("[@click=app.quit]done[/] by Bob [/ \x1b[2J")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await supervised(pilot)
        await pilot.press("a")
        await wait_for(pilot, lambda: "done[/] by Bob [/ ␛[2J" in screen_text(app), "the refusal is shown")


async def test_an_answer_goes_to_the_question_that_was_shown(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read")
    script.start(doing)
    script.ask(doing, "Shall it be 400 or 404?")
    (question,) = script.state().questions
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await press_until(pilot, wait_for, "y", lambda: isinstance(app.screen, AnswerScreen), "the answer is asked")
        app.screen.dismiss("404")
        await wait_for(pilot, lambda: session.commands, "a command is submitted")
    assert session.commands == [Answer(question_id=question, answer="404", actor=ADA)]


# -- the guard


async def test_a_key_just_after_the_proposal_appeared_is_ignored(
    app: Any, supervised: Any, session: Any, script: Any, clock: Clock, wait_for: Any
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        guess = script.propose("Share the cache")
        await wait_for(pilot, lambda: screen.selected == guess, "the only proposal is selected")
        await pilot.press("a", "e", "r")
        clock.now += 0.39
        await pilot.press("a", "e", "r")
        await pilot.pause()
        assert session.commands == []
        assert app.screen is screen
        clock.now += 0.02
        await press_until(pilot, wait_for, "a", lambda: session.commands, "a command is submitted")


async def test_a_version_that_changed_under_the_cursor_is_held_and_then_sent(
    app: Any, supervised: Any, session: Any, script: Any, clock: Clock, wait_for: Any
) -> None:
    guess = proposal(script)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        script.propose("Delete the cache", by="T1", version=2, task_id=guess)
        await wait_for(pilot, lambda: screen.state.proposals[guess].version == 2, "the new version is seen")
        await pilot.press("a")
        await pilot.pause()
        assert session.commands == []
        clock.now += 0.4
        await press_until(pilot, wait_for, "a", lambda: session.commands, "a command is submitted")
    assert session.commands[0].version == 2


async def test_a_key_in_the_same_stroke_as_the_move_decides_neither(
    app: Any, supervised: Any, session: Any, script: Any
) -> None:
    script.propose("One")
    script.propose("Other")
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        for key in ("end", "a"):  # as a terminal hands over what was typed at once
            app.post_message(Key(key, None))
        await pilot.pause()
        await pilot.pause()
        assert session.commands == []


@pytest.mark.parametrize("key", ["j", "end", "n"])
async def test_what_a_person_moved_to_was_not_read_yet_so_it_is_held(
    key: str, app: Any, supervised: Any, session: Any, script: Any, clock: Clock, wait_for: Any
) -> None:
    script.propose("One")
    other = script.propose("Other")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        await press_until(pilot, wait_for, key, lambda: screen.selected == other, "the other is selected")
        await pilot.press("a", "e", "r")
        await pilot.pause()
        assert session.commands == []
        assert app.screen is screen
        clock.now += 0.4
        await press_until(pilot, wait_for, "a", lambda: session.commands, "a command is submitted")
    assert session.commands[0].task_id == other


async def test_nothing_that_arrives_moves_the_selection_or_the_focus(
    app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read")
    script.start(doing)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        assert screen.selected == doing
        await pilot.press("slash")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen), "the search opens")
        typed = app.screen.query_one(Input)
        script.propose("Share the cache", by=doing)
        script.ask(doing, "Which?")
        await wait_for(pilot, lambda: screen.state.questions, "the news is seen")
        await pilot.press("a", "y")
        assert app.screen.focused is typed
        assert typed.value == "ay"
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "the search is closed")
        assert screen.selected == doing


@pytest.mark.parametrize(
    ("key", "dialog", "selected"),
    [
        ("e", EditScreen, "T2"), ("r", RejectScreen, "T2"), ("plus", EditScreen, "T2"), ("slash", PickScreen, "T2"),
        ("ctrl+p", PickScreen, "T2"), ("question_mark", HelpScreen, "T2"),
        ("s", SteerScreen, "T1"), ("x", StopScreen, "T1"), ("y", AnswerScreen, "T1"),
    ],
)  # fmt: skip
async def test_frames_that_come_while_a_dialog_is_being_opened_do_no_harm(
    key: str, dialog: Any, selected: str, app: Any, supervised: Any, script: Any, clock: Clock
) -> None:
    asking = script.task("Read the cache")
    script.start(asking)
    script.propose("Share the cache", by=asking)
    script.ask(asking, "Which cache?")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        screen.turn_to(selected)
        clock.now += 1.0
        pressing = asyncio.create_task(pilot.press(key))
        async with asyncio.timeout(20):
            while not (pressing.done() and isinstance(app.screen, dialog) and app.screen.is_mounted):
                screen.draw(Frame(screen.state))  # one in every step of the loop: while agents stream, any may have one
                await asyncio.sleep(0)
        await pilot.press("escape")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("a", "accept: T1 is a task, not a proposal"), ("y", "answer: T1 asks nothing"), ("n", "nothing waits for you"),
        ("R", "retry: T1 is in progress"), ("d", "blocker gone: T1 waits for nothing that will never complete"),
    ],
)  # fmt: skip
async def test_a_key_that_does_nothing_says_why_and_says_it_once(
    key: str, words: str, app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    script.start(script.task("Read"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await supervised(pilot)
        await pilot.press(*([key] * 5))
        await wait_for(pilot, lambda: said(app), "it is said")
        await pilot.pause()
        assert said(app) == [words]
        assert session.commands == []


async def test_a_key_that_came_too_soon_says_so(app: Any, supervised: Any, script: Any, clock: Clock) -> None:
    guess = proposal(script)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await supervised(pilot)
        clock.now -= 0.9
        await pilot.press("a")
        assert said(app) == [f"accept: {guess} has only just come under the cursor; read it first"]


def said(app: HephaestusApp) -> list[str]:
    return [notice.message for notice in app._notifications]


# -- agents and tasks


@pytest.mark.parametrize(
    ("key", "prepare", "expected"),
    [
        ("p", [], Pause(actor=ADA, reach=only("T1"))),
        ("p", [e.AgentPaused(task_id="T1", actor=ADA)], Resume(actor=ADA, reach=only("T1"))),
        ("P", [], Pause(reach=WHOLE_RUN, actor=ADA)),
        ("P", [e.RunPaused(actor=ADA)], Resume(reach=WHOLE_RUN, actor=ADA)),
        ("R", [e.AgentInterrupted(task_id="T1")], Resume(actor=ADA, reach=only("T1"))),
        ("R", [e.TaskFailed(task_id="T1", reason="no")], Restart(reach=only("T1"), actor=ADA)),
    ],
)
async def test_keys_that_need_no_dialog(
    key: str, prepare: list[e.Fact], expected: Any, app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    script.start(script.task("Read"))
    for fact in prepare:
        script.record(fact)
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await press_until(pilot, wait_for, key, lambda: session.commands, "a command is submitted")
    assert session.commands == [expected]


async def test_steer_sends_what_was_written(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    script.start(script.task("Read"))
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await press_until(pilot, wait_for, "s", lambda: isinstance(app.screen, SteerScreen), "the message is asked")
        app.screen.dismiss(Words("look at auth.py first", When.QUEUED))
        await wait_for(pilot, lambda: session.commands, "a command is submitted")
    assert session.commands == [Steer(reach=only("T1"), text="look at auth.py first", when=When.QUEUED, actor=ADA)]


async def test_stop_asks_and_enter_is_no_answer(
    app: Any, supervised: Any, session: Any, script: Any, clock: Clock, wait_for: Any
) -> None:
    script.start(script.task("Read"))
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await press_until(pilot, wait_for, "x", lambda: isinstance(app.screen, StopScreen), "it is asked")
        await pilot.press("enter")
        assert isinstance(app.screen, StopScreen)
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "it is closed")
        assert session.commands == []
        await press_until(pilot, wait_for, "x", lambda: isinstance(app.screen, StopScreen), "it is asked")
        await wait_for(pilot, lambda: app.screen.guarded, "it counts how long it has been there")
        await pilot.press("y")
        assert isinstance(app.screen, StopScreen), "a yes that came too soon was meant for something else"
        clock.now += 0.4
        await press_until(pilot, wait_for, "y", lambda: session.commands, "a command is submitted")
    assert session.commands == [Stop(reach=only("T1"), actor=ADA)]


async def test_a_task_of_ones_own_is_added(app: Any, supervised: Any, session: Any, script: Any, wait_for: Any) -> None:
    script.task("Read")
    draft = script.state().draft("T1")
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await press_until(pilot, wait_for, "plus", lambda: isinstance(app.screen, EditScreen), "the form opens")
        app.screen.dismiss(draft)
        await wait_for(pilot, lambda: session.commands, "a command is submitted")
    assert session.commands == [AddTask(draft=draft, actor=ADA)]


@pytest.mark.parametrize(
    ("policy", "then", "asks"),
    [
        (Policy.AUTO, Policy.AUTO_EDIT, False), (Policy.AUTO_EDIT, Policy.ASK, False),
        (Policy.ASK, Policy.READ_ONLY, False), (Policy.READ_ONLY, Policy.AUTO, True),
    ],
)  # fmt: skip
async def test_the_policy_becomes_stricter_first_and_what_is_loose_is_confirmed(
    policy: Policy,
    then: Policy,
    asks: bool,
    app: Any,
    supervised: Any,
    session: Any,
    script: Any,
    clock: Clock,
    wait_for: Any,
) -> None:
    script.record(e.PolicyChanged(policy=policy, actor=ADA))
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        await pilot.press("m")
        if asks:
            await wait_for(pilot, lambda: isinstance(app.screen, ConfirmScreen) and app.screen.guarded, "it is asked")
            clock.now += 0.4
            await pilot.press("l")
        await wait_for(pilot, lambda: session.commands, "a command is submitted")
    assert session.commands == [SetPolicy(policy=then, actor=ADA)]


# -- looking


async def test_a_rebound_key_acts_and_the_old_one_does_not(
    make_app: Any, supervised: Any, session: Any, script: Any, clock: Clock, wait_for: Any
) -> None:
    proposal(script)
    app = make_app(settings=UiSettings(keys={"proposal.accept": "f5"}), clock=clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await supervised(pilot)
        assert "f5 accept" in screen_text(app)
        await pilot.press("a")
        await pilot.pause()
        assert session.commands == []
        await press_until(pilot, wait_for, "f5", lambda: session.commands, "a command is submitted")


async def test_search_and_palette_and_help(app: Any, supervised: Any, session: Any, script: Any, wait_for: Any) -> None:
    script.task("Read the cache")
    wanted = script.task("Write [b]the[/b] index [/")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        await pilot.press("slash")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen), "the search opens")
        assert "Write [b]the[/b] index [/" in screen_text(app)
        await pilot.press(*"index", "enter")
        await wait_for(pilot, lambda: screen.selected == wanted, "the task is selected")
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen), "the palette opens")
        await pilot.press(*"every agent", "enter")
        await wait_for(pilot, lambda: session.commands == [Pause(reach=WHOLE_RUN, actor=ADA)], "the run is paused")
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen), "the help opens")
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: app.screen is screen, "the help is closed")


@pytest.mark.parametrize("size", [(120, 40), (60, 24)])
async def test_the_palette_names_actions_as_settings_do_and_finds_them_by_it(
    size: tuple[int, int], app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    proposal(script)
    async with app.run_test(size=size) as pilot:
        await supervised(pilot)
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: isinstance(app.screen, PickScreen), "the palette opens")
        await wait_for(pilot, lambda: "next.attention" in screen_text(app), "the names are shown")
        rows = screen_text(app).splitlines()
        ends = {row.index(name) + len(name) for name in ("next.attention", "pane.zoom") for row in rows if name in row}
        assert len(ends) == 1, "the names stand at the right"
        await pilot.press(*"policy.next", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SuperviseScreen), "the palette is closed")
        await wait_for(pilot, lambda: session.commands, "it was done")
    assert session.commands == [SetPolicy(policy=Policy.READ_ONLY, actor=ADA)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_proposal_opens_its_agent_s_transcript_where_it_was_proposed(
    size: tuple[int, int], app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read the cache")
    script.start(doing)
    spawning = Message(
        ordinal=1, speaker=Speaker.ASSISTANT, at=script.at,
        parts=(TextPart("Here is what I found."), ToolCallPart("c1", "spawn_building_task", '{"title": "Share it"}')),
    )  # fmt: skip
    script.record(e.MessageAdded(task_id=doing, message=spawning))
    guess = script.propose("Share it", by=doing)
    for ordinal in range(2, 60):
        script.say(doing, f"Remark {ordinal}.", ordinal)
    async with app.run_test(size=size) as pilot:
        screen = await supervised(pilot)
        assert screen.selected == guess
        await pilot.press("2")
        await wait_for(pilot, lambda: "Here is what I found." in screen_text(app), "the place is shown")
        assert not screen.transcript.following
        assert any("›" in row and "Share it" in row for row in screen_text(app).splitlines())
        script.say(doing, "Remark 60.", 60)
        await wait_for(pilot, lambda: "1 new" in screen_text(app), "what comes is counted")
        assert "Here is what I found." in screen_text(app), "and moves nothing"
        screen.turn_to(doing)
        await wait_for(pilot, lambda: "Remark 60." in screen_text(app), "the task's own is followed")
        screen.turn_to(guess)
        await wait_for(pilot, lambda: "Here is what I found." in screen_text(app), "the place is shown again")


async def test_the_detail_says_that_a_retry_is_due_for_as_long_as_it_is(
    app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read the cache")
    script.start(doing)
    async with app.run_test(size=(200, 40)) as pilot:
        await supervised(pilot)
        script.flicker(e.ProviderWaiting(doing, "529 overloaded", 8.0))
        await wait_for(pilot, lambda: "waiting for the provider: 529 overloaded" in screen_text(app), "it is said")
        await wait_for(pilot, lambda: "Next try in 8 s." in screen_text(app), "and for how long")
        script.flicker(e.ProviderWaiting(doing, "529 overloaded", 7.0))
        await wait_for(pilot, lambda: "Next try in 7 s." in screen_text(app), "it is counted down")
        assert "t try it now" in screen_text(app)
        script.flicker(e.TextStreamed(doing, 1, e.Channel.TEXT, "Now the routes."))
        await wait_for(pilot, lambda: "waiting for the provider" not in screen_text(app), "it is over")


# -- the end


async def test_the_end_is_told_once_with_counts_and_where_the_work_is(
    make_app: Any, supervised: Any, script: Any, clock: Clock, wait_for: Any
) -> None:
    doing, wrong = script.task("Read"), script.task("Write")
    script.start(doing)
    script.start(wrong)
    app = make_app(settings=UiSettings(keys={"task.add": "f6"}), clock=clock)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await supervised(pilot)
        script.complete(doing)
        await pilot.pause()
        script.complete(wrong)
        await wait_for(pilot, lambda: "finished" in screen_text(app), "the header says it")
        await wait_for(pilot, lambda: said(app), "a notice says it")
        assert said(app) == ["Finished: 2 of 2 tasks completed. The work is in /work/api. f6 adds a task."]
        script.spend(doing, 10)
        script.record(e.PolicyChanged(policy=Policy.ASK, actor=ADA))
        await wait_for(pilot, lambda: app.screen.state.seq == len(script.facts), "more is drawn")
        assert len(said(app)) == 1


async def test_an_end_with_failures_says_so(app: Any, supervised: Any, script: Any, wait_for: Any) -> None:
    doing, wrong, gone = script.task("Read"), script.task("Write"), script.task("Check")
    script.start(doing)
    script.start(wrong)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await supervised(pilot)
        script.complete(doing)
        script.record(e.TaskCancelled(task_id=gone, reason="no", actor=ADA))
        script.fail(wrong)
        await wait_for(pilot, lambda: "finished" in screen_text(app), "the header says it")
        await wait_for(pilot, lambda: said(app), "a notice says it")
        (words,) = said(app)
        assert words.startswith("Finished: 1 of 3 tasks completed, 1 failed, 1 cancelled.")
        header = screen_text(app).splitlines()[1]
        assert "✓ 1/3" in header
        assert "✗ 1 failed" in header
        assert "− 1 cancelled" in header


async def test_a_run_that_had_ended_before_it_was_opened_is_not_announced(
    app: Any, supervised: Any, script: Any
) -> None:
    doing = script.task("Read")
    script.start(doing)
    script.complete(doing)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await supervised(pilot)
        assert "finished" in screen_text(app)
        assert said(app) == []


# -- the transcript


async def test_the_transcript_of_the_selected_task_is_read_once_and_fed(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read the cache")
    script.start(doing)
    script.say(doing, "I will look at auth.py first.")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        await wait_for(pilot, lambda: screen.transcript.task_id == doing, "the transcript is open")
        await wait_for(pilot, lambda: "look at auth.py first" in screen_text(app), "what was said is shown")
        script.flicker(e.TurnBegan(doing, 2, 1))
        script.flicker(e.TextStreamed(doing, 2, e.Channel.TEXT, "Now the routes."))
        await wait_for(pilot, lambda: "Now the routes." in screen_text(app), "what is being said is shown")
    assert session.read == [doing]


async def test_a_screen_that_turns_to_a_task_midway_shows_all_of_its_turn(
    app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    first, second = script.task("Read"), script.task("Write")
    script.start(first)
    script.start(second)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        assert screen.selected == first
        script.flicker(e.TurnBegan(second, 1, 1))
        script.flicker(e.TextStreamed(second, 1, e.Channel.TEXT, "From the very "))
        await pilot.pause(0.1)
        script.flicker(e.TextStreamed(second, 1, e.Channel.TEXT, "beginning."))
        await pilot.press("j")
        await wait_for(pilot, lambda: "From the very beginning." in screen_text(app), "the whole turn is shown once")


async def test_a_proposal_shows_the_transcript_it_was_proposed_in_and_a_task_its_own_when_it_starts(
    app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    guess = proposal(script)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await supervised(pilot)
        await wait_for(pilot, lambda: screen.transcript.task_id == "T1", "where it was proposed is open")
        script.decide(guess)
        await wait_for(pilot, lambda: "T2 has not started" in screen_text(app), "it says that it has not started")
        script.start(guess)
        await wait_for(pilot, lambda: screen.transcript.task_id == guess, "its own transcript is open")


# -- sizes


def shown(screen: SuperviseScreen) -> list[str]:
    return [pane for pane in Pane if screen.query_one(f"#{pane}").display]


@pytest.mark.parametrize(
    ("width", "current", "beside", "zoomed", "panes"),
    [
        (120, Pane.DAG, Pane.TRANSCRIPT, False, ["dag", "transcript", "detail"]),
        (200, Pane.DETAIL, Pane.DETAIL, False, ["dag", "transcript", "detail"]),
        (119, Pane.DAG, Pane.TRANSCRIPT, False, ["dag", "transcript"]),
        (90, Pane.DAG, Pane.DETAIL, False, ["dag", "detail"]),
        (90, Pane.DETAIL, Pane.DETAIL, False, ["dag", "detail"]),
        (89, Pane.DAG, Pane.DETAIL, False, ["dag"]),
        (40, Pane.DETAIL, Pane.DETAIL, False, ["detail"]),
        (200, Pane.TRANSCRIPT, Pane.TRANSCRIPT, True, ["transcript"]),
    ],
)
def test_which_panes_fit(width: int, current: Pane, beside: Pane, zoomed: bool, panes: list[str]) -> None:
    assert list(shown_panes(width, current, beside, zoomed=zoomed)) == panes


async def test_panes_follow_the_width_and_the_keys(app: Any, supervised: Any, script: Any, wait_for: Any) -> None:
    proposal(script)
    async with app.run_test(size=(200, 24)) as pilot:
        screen = await supervised(pilot)
        for width, keys, used, panes in (
            (200, "", "dag", ["dag", "transcript", "detail"]),
            (100, "", "dag", ["dag", "transcript"]),
            (100, "3", "detail", ["dag", "detail"]),
            (100, "1", "dag", ["dag", "detail"]),
            (80, "", "dag", ["dag"]),
            (80, "2", "transcript", ["transcript"]),
            (120, "", "transcript", ["dag", "transcript", "detail"]),
            (120, "z", "transcript", ["transcript"]),
            (120, "3", "detail", ["detail"]),
            (120, "z", "detail", ["dag", "transcript", "detail"]),
        ):
            await pilot.resize_terminal(width, 24)
            await pilot.press(*keys)
            inner = screen.query_one(f"#{used}", PaneBox).inner
            await wait_for(
                pilot,
                lambda: (shown(screen), screen.pane, screen.focused) == (panes, used, inner),  # noqa: B023
                f"{panes} are shown and {used} is in use at {width} after {keys!r}",
            )


async def test_tab_goes_round_the_panes_also_where_one_is_shown(app: Any, supervised: Any, script: Any) -> None:
    proposal(script)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await supervised(pilot)
        seen = []
        for _ in range(3):
            await pilot.press("tab")
            seen += shown(screen)
        await pilot.press("shift+tab")
        assert [*seen, *shown(screen)] == ["transcript", "detail", "dag", "detail"]


async def test_a_terminal_that_is_too_small_says_so_and_decides_nothing(
    app: Any, supervised: Any, session: Any, script: Any, wait_for: Any
) -> None:
    proposal(script)
    async with app.run_test(size=(29, 7)) as pilot:
        await supervised(pilot)
        assert "terminal too small" in screen_text(app)
        await pilot.press("a", "e", "r", "y")
        await pilot.pause()
        assert session.commands == []
        assert isinstance(app.screen, SuperviseScreen)
        await pilot.resize_terminal(80, 24)
        await press_until(pilot, wait_for, "a", lambda: session.commands, "a command is submitted")


async def test_the_footer_names_the_keys_that_apply(app: Any, supervised: Any, script: Any, wait_for: Any) -> None:
    proposal(script)
    async with app.run_test(size=(120, 24)) as pilot:
        await supervised(pilot)
        for width in (120, 80, 40):
            await pilot.resize_terminal(width, 24)
            for words in ("a accept  e edit  r reject", "? help"):
                await wait_for(pilot, lambda: words in screen_text(app).splitlines()[-1], f"{words} at {width}")  # noqa: B023
        await pilot.resize_terminal(120, 24)
        await pilot.press("k")
        await pilot.pause()
        footer = screen_text(app).splitlines()[-1]
        assert "accept" not in footer
        assert "p pause" in footer


def screen_text(app: HephaestusApp) -> str:
    """What is on the terminal, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    assert len(strips) == height
    return "\n".join("".join(segment.text for segment in strip)[:width] for strip in strips)


def _retitled(draft: Any, title: str) -> Any:
    return replace(draft, title=title)


async def test_that_most_of_a_budget_is_spent_is_said_in_passing(
    app: Any, supervised: Any, script: Any, wait_for: Any
) -> None:
    doing = script.task("Read the cache")
    script.start(doing)
    async with app.run_test(size=(200, 40)) as pilot:
        await supervised(pilot)
        script.record(e.BudgetWarned(budget=Budget(THE_RUN, Unit.DOLLARS), spent=4.1, limit=5.0))
        said = "82% of the budget of the run is spent: $4.10 of $5.00"
        await wait_for(pilot, lambda: said in " ".join(n.message for n in app._notifications), "it is said")

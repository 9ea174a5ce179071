"""Words, steps, stops and new attempts by keys alone: what is offered, what is asked first, and what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Pause, Restart, Resume, Revoke, Steer, Step, Stop
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import CommandRefused
from hephaestus_tui.domain.reach import WHOLE_RUN, only, with_below
from hephaestus_tui.domain.words import When
from hephaestus_tui.ui.applies import can_restart, is_retryable
from hephaestus_tui.ui.desk.wider import wider
from hephaestus_tui.ui.glyphs import UNICODE, Mark
from hephaestus_tui.ui.marks import mark_of
from hephaestus_tui.ui.screens.dialog import DialogScreen
from hephaestus_tui.ui.screens.restart import RestartScreen
from hephaestus_tui.ui.screens.steer import SteerScreen
from hephaestus_tui.ui.screens.stop import StopScreen
from hephaestus_tui.ui.widgets.task_words import Reading

ADA = Actor(ActorKind.HUMAN, "Ada")
SIZES = [(80, 24), (120, 40)]


def family(tale: Any) -> None:
    """T1 and T2 below it at work, T3 ready, T4 proposed."""
    tale.start(tale.task("Write the routes"))
    tale.task("Test the routes")
    tale.propose("Write the notes")


async def opens(desk: Any, key: str, kind: type[DialogScreen[Any]]) -> Any:
    await desk.press(key)
    await desk.until(lambda: isinstance(desk.app.screen, kind) and desk.app.screen.guarded, f"{kind.__name__} is there")
    return desk.app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_words_go_to_whom_and_when_they_are_meant(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    family(tale)

    async def does(desk: Any) -> None:
        await desk.select("T1")
        await opens(desk, "s", SteerScreen)
        await desk.press(*"Mind")
        await desk.sees("Read by T1.", "what the agent is at goes on")
        await desk.press("tab", "right")
        await desk.sees("It can be taken back until then")
        await desk.press("right")
        await desk.sees("closed or its command killed now")
        await desk.press("tab", "right")
        await desk.sees("Read by T1, T2.")
        await desk.press("enter")
        assert await desk.submitted() == [
            Steer(reach=with_below("T1"), text="Mind", when=When.INTERRUPTING, actor=ADA)
        ]  # fmt: skip

    await at_desk(does, size)


async def test_what_was_refused_and_what_was_chosen_come_back(tale: Any, at_desk: Any) -> None:

    async def does(desk: Any) -> None:
        desk.session.refusals.append(CommandRefused("T1 had ended."))
        await opens(desk, "s", SteerScreen)
        await desk.press("enter")
        await desk.sees("write something")
        await desk.press(*"go", "tab", "right", "enter")
        await desk.sees("T1 had ended.", "go")
        await desk.until(lambda: desk.app.screen.guarded, "it counts its moments")
        await desk.press("enter")
        sent = await desk.submitted(2)
        assert sent[1] == Steer(reach=only("T1"), text="go", when=When.QUEUED, actor=ADA)

    await at_desk(does)


async def test_a_message_is_not_thrown_away_unasked_and_says_who_is_gone(tale: Any, at_desk: Any) -> None:

    async def does(desk: Any) -> None:
        await opens(desk, "s", SteerScreen)
        await desk.press(*"hm", "escape")
        await desk.sees("Throw away your message?")
        await desk.press("n")
        tale.record(e.TaskCompleted(task_id="T1", summary="s", evidence=()))
        await desk.sees("No agent is there to read it")
        await desk.press("enter")
        assert desk.session.commands == []

    await at_desk(does)


async def test_unread_words_are_shown_with_their_names_and_taken_back(tale: Any, at_desk: Any) -> None:
    tale.record(e.AgentSteered(task_id="T1", text="First this.", actor=ADA, when=When.QUEUED))

    async def does(desk: Any) -> None:
        await desk.sees("Ada said, to be read when it is", "First this.", "U take it back")
        await desk.press("U")
        number = tale.facts[-1].seq
        assert await desk.submitted() == [Revoke(task_id="T1", number=number, actor=ADA)]
        tale.record(e.AgentSteered(task_id="T1", text="Then that.", actor=ADA))
        await desk.knows_all()
        await desk.press("U")
        await desk.sees("which message shall be taken back?", "Then that.")
        await desk.press(*"Then", "enter")
        assert (await desk.submitted(2))[1] == Revoke(task_id="T1", number=number + 1, actor=ADA)
        tale.record(e.WordsRevoked(task_id="T1", number=number, actor=ADA))
        tale.record(e.WordsRevoked(task_id="T1", number=number + 1, actor=ADA))
        await desk.knows_all()
        await desk.press("U")
        await desk.is_told("no words to T1 wait to be read")

    await at_desk(does)


@pytest.mark.parametrize("size", SIZES)
async def test_a_stop_says_what_it_ends_before_it_does(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    family(tale)

    async def does(desk: Any) -> None:
        await desk.select("T1")
        await opens(desk, "x", StopScreen)
        await desk.sees("1 task will be stopped:", "Nothing is lost")
        await desk.press("right")
        await desk.sees("3 tasks will be stopped:", "Write the routes", "Test the routes", "to be decided on: T4.")
        await desk.press("enter")
        assert isinstance(desk.app.screen, StopScreen)
        desk.clock.hold()
        tale.record(e.TaskCompleted(task_id="T2", summary="s", evidence=()))
        await desk.sees("2 tasks will be stopped:")
        await desk.press("y")
        assert isinstance(desk.app.screen, StopScreen), "what is listed has just changed"
        desk.clock.let_go()
        await desk.press("y")
        await desk.press("y")
        assert await desk.submitted() == [Stop(reach=with_below("T1"), actor=ADA)]

    await at_desk(does, size)


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_attempt_has_a_note_and_may_begin_anew(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    failed = tale.failed("Write the routes")

    async def does(desk: Any) -> None:
        await desk.select(failed)
        await opens(desk, "X", RestartScreen)
        await desk.sees("1 task will begin a new attempt", "failed")
        await desk.press(*"Another way", "tab", "right", "tab", "right")
        await desk.sees("2 tasks will begin a new attempt")
        await desk.press("enter")
        assert await desk.submitted() == [Restart(reach=WHOLE_RUN, note="Another way", fresh=True, actor=ADA)]

    await at_desk(does, size)


async def test_a_held_agent_takes_a_step_by_a_key_and_says_that_it_steps(tale: Any, at_desk: Any) -> None:

    async def does(desk: Any) -> None:
        await desk.press(".")
        await desk.is_told("at work: pause it first")
        tale.record(e.AgentPaused(task_id="T1", actor=ADA))
        await desk.sees("p let it go on  . one step")
        await desk.press(".")
        assert await desk.submitted() == [Step(reach=only("T1"), actor=ADA)]
        tale.record(e.AgentStepped(task_id="T1", actor=ADA))
        await desk.sees("stepping: one turn with its calls")
        assert Reading(tale.state(), UNICODE).status("T1") == "in progress, stepping"
        assert mark_of(tale.state(), "T1") is Mark.RUNNING
        tale.record(e.StepTaken(task_id="T1"))
        await desk.sees("paused by Ada, after a step")

    await at_desk(does)


async def test_what_has_not_begun_is_held_and_let_go(tale: Any, at_desk: Any) -> None:
    waiting = tale.task("Test the routes")

    async def does(desk: Any) -> None:
        await desk.select(waiting)
        await desk.press("p")
        assert await desk.submitted() == [Pause(reach=only(waiting), actor=ADA)]
        tale.record(e.AgentPaused(task_id=waiting, actor=ADA))
        await desk.sees("held by Ada: not to start")
        assert mark_of(tale.state(), waiting) is Mark.PAUSED
        await desk.press("p")
        assert (await desk.submitted(2))[1] == Resume(reach=only(waiting), actor=ADA)

    await at_desk(does)


async def test_a_subtree_is_held_and_stepped_from_one_list(tale: Any, at_desk: Any) -> None:
    family(tale)

    async def does(desk: Any) -> None:
        await desk.select("T1")
        await desk.press("H")
        await desk.sees("Pause T1 and all below it: T1, T2, T3, T4", "Pause the run")
        await desk.press("enter")
        assert await desk.submitted() == [Pause(reach=with_below("T1"), actor=ADA)]
        for task_id in ("T1", "T2", "T3"):
            tale.record(e.AgentPaused(task_id=task_id, actor=ADA))
        await desk.knows_all()
        await desk.press("H")
        await desk.sees("Step T1 and all below it, once: T1, T2", "Resume T1 and all below it: T1, T2, T3")
        await desk.press(*"step t1", "enter")
        assert (await desk.submitted(2))[1] == Step(reach=with_below("T1"), actor=ADA)

    await at_desk(does)


def test_only_what_would_do_something_is_offered_for_many(tale: Any) -> None:
    offered = [words for _, words in wider(tale.state(), "T1", ADA)]
    assert offered == ["Pause the run"]
    tale.record(e.RunPaused(actor=ADA))
    offered = [words for _, words in wider(tale.state(), "T1", ADA)]
    assert offered == ["Step every agent of the run that is held, once: T1", "Resume the run"]


@pytest.mark.parametrize(("key", "asked"), [("R", False), ("X", True)])
async def test_a_task_whose_work_was_discarded_begins_anew_by_key(
    tale: Any, at_desk: Any, key: str, asked: bool
) -> None:
    done = tale.completed("Write the routes")
    tale.record(
        e.WorkDone(task_id=done, branch="b", base="1" * 40, tip="2" * 40, paths=("a",), insertions=1, deletions=0)
    )
    assert not is_retryable(tale.state(), done)
    assert not can_restart(tale.state(), done)
    tale.record(e.WorkDiscarded(task_id=done, branch="b", reason="no", actor=ADA))

    async def does(desk: Any) -> None:
        await desk.select(done)
        await desk.sees("R retry")
        if asked:
            await opens(desk, key, RestartScreen)
        await desk.press("enter" if asked else key)
        assert await desk.submitted() == [Restart(reach=only(done), actor=ADA)]

    await at_desk(does)

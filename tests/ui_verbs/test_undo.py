"""What was decided can be taken back by two keys while its task has not started, and what follows is said before."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Undo
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.ui.desk.undoing import undo_words
from hephaestus_tui.ui.screens.confirm import ConfirmScreen

ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")


def test_an_accepted_task_goes_and_its_dependents_wait_still(tale: Any) -> None:
    guess = tale.propose("Cache it")
    tale.propose("Use it", guess)
    tale.accept(guess, actor=BOB)
    words = undo_words(tale.state(), guess)
    assert "It was accepted by Bob." in words
    assert "The task goes, and T2 waits for a decision again, as it was proposed." in words
    assert "T3 waits for it still." in words
    assert "The agent of T1 is told at its next turn." in words


def test_changes_made_on_accepting_go_with_the_decision(tale: Any) -> None:
    guess = tale.accept(tale.propose("Cache it"), title="Cache it well")
    words = undo_words(tale.state(), guess)
    assert "accepted by Ada, with changes" in words
    assert "as it was proposed, without the changes" in words


def test_a_rejection_names_its_reason_and_who_waits_again(tale: Any) -> None:
    guess = tale.propose("Cache it")
    tale.propose("Use it", guess)
    tale.propose("Test it", guess)
    tale.reject(guess, "too early.")
    tale.record(e.TaskCompleted(task_id="T1", summary="", evidence=()))
    words = undo_words(tale.state(), guess)
    assert "It was rejected by Ada: too early." in words
    assert "T3, T4 wait for it again." in words
    assert "The agent of T1 has ended, and is not told." in words


def test_a_merge_says_that_the_target_keeps_what_it_took_over(tale: Any) -> None:
    guess = tale.reject(tale.propose("Cache it"), into="T1")
    words = undo_words(tale.state(), guess)
    assert "It was merged into T1 by Ada." in words
    assert "T1 keeps what it took over" in words


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_ones_own_last_decision_is_taken_back_by_two_keys(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        tale.accept(guess)
        await desk.knows_all()
        await desk.press("u")
        await desk.sees("Take back the decision on T2?", "take it back")
        await desk.press("enter", "u", "space")
        assert isinstance(desk.app.screen, ConfirmScreen)
        await desk.press("y")
        assert await desk.submitted() == [Undo(task_id=guess, actor=ADA)]

    await at_desk(does, size)


async def test_the_key_itself_need_not_be_waited_for(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        desk.clock.hold()
        tale.accept(guess)
        await desk.knows_all()
        await desk.press("u")
        await desk.sees("Take back the decision on T2?")

    await at_desk(does)


async def test_a_key_that_comes_too_soon_takes_nothing_back(tale: Any, at_desk: Any) -> None:
    guess = tale.task("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        desk.clock.hold()
        await desk.press("u")
        await desk.sees("Take back")
        await desk.press("y", "y", "y")
        await desk.pilot.pause()
        assert desk.session.commands == []
        await desk.press("n")
        await desk.back()

    await at_desk(does)


async def test_what_has_started_is_stopped_instead(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        for task_id, words in (("T1", "undo: T1 has started: stop it instead"), (guess, "nobody has decided on T2")):
            await desk.select(task_id)
            await desk.press("u")
            await desk.is_told(words)

    await at_desk(does)

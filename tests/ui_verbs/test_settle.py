"""Whatever waits in vain is listed whole before anything becomes of it, and many are cancelled only when asked twice."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import SetBlockerDefault, SettleBlocker
from hephaestus_tui.domain.decision import Actor, ActorKind, Choice
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.stranded_lines import Stranded, cause_words, offered, stranded_by, told_lines

ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")


@pytest.fixture
def gone(tale: Any) -> str:
    """T2 has failed; T3 waits for it, T4 for T3, and T5, a proposal, for T4 and T2."""
    blocker: str = tale.failed("Read")
    tale.task("Write", blocker)
    tale.task("Check", "T3")
    tale.propose("Ship", "T4", blocker)
    return blocker


def test_all_that_waits_in_vain_is_listed_once_below_what_it_waits_for(tale: Any, gone: str) -> None:
    state = tale.state()
    assert stranded_by(state, gone) == (Stranded("T3", 0), Stranded("T4", 1), Stranded("T5", 2))
    rows = [(row.indent, row.plain) for row in told_lines(state, gone, stranded_by(state, gone), UNICODE)]
    assert rows[0] == (0, "T2 failed: the tests do not pass.")
    assert rows[2:] == [
        (0, "3 wait in vain"),
        (0, "□ T3 Write  can never start"),
        (2, "□ T4 Check  can never start"),
        (4, "◇ T5 Ship  proposed"),
    ]


def test_the_cause_is_told_for_each_way_to_go(tale: Any) -> None:
    bad = tale.reject(tale.propose("Read"), "too early")
    off = tale.task("Write")
    tale.record(e.TaskCancelled(task_id=off, reason="not needed", actor=ADA))
    state = tale.state()
    assert cause_words(state, bad) == "T2 was rejected by Ada: too early"
    assert cause_words(state, off) == "T3 was cancelled: not needed"


def test_what_is_left_waiting_says_so_and_may_be_chosen_anew(tale: Any, gone: str) -> None:
    tale.record(e.BlockerSettled(blocker=gone, choice=Choice.KEEP, dependents=("T3", "T5"), actor=ADA))
    state = tale.state()
    rows = [row.plain for row in told_lines(state, gone, stranded_by(state, gone), UNICODE)]
    assert "□ T3 Write  can never start, left waiting" in rows
    assert [key for key, _ in offered(state, gone, stranded_by(state, gone))] == ["g", "c"]
    tale.propose("One more", gone)
    state = tale.state()
    assert [key for key, _ in offered(state, gone, stranded_by(state, gone))] == ["g", "c", "w"]


def test_what_was_left_so_is_not_offered_again(tale: Any) -> None:
    blocker = tale.failed("Read")
    assert [key for key, _ in offered(tale.state(), blocker, ())] == ["w"]
    tale.record(e.BlockerSettled(blocker=blocker, choice=Choice.KEEP, dependents=(), actor=ADA))
    assert offered(tale.state(), blocker, ()) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(("key", "choice"), [("g", Choice.DROP), ("w", Choice.KEEP)])
async def test_dependents_go_ahead_or_are_kept_by_a_key(
    tale: Any, gone: str, at_desk: Any, size: tuple[int, int], key: str, choice: Choice
) -> None:
    async def does(desk: Any) -> None:
        await desk.select(gone)
        await desk.press("d")
        await desk.sees("T2 will not complete: Read", "3 wait in vain", "always so in this run: off")
        await desk.press("enter", "space", "d")
        await desk.press(key)
        assert await desk.submitted() == [SettleBlocker(blocker=gone, choice=choice, actor=ADA)]

    await at_desk(does, size)


async def test_many_are_cancelled_only_when_confirmed_with_their_number(tale: Any, gone: str, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.select("T4")
        await desk.press("d")
        await desk.sees("reject or cancel all 3, too")
        await desk.press("c")
        await desk.sees("Reject or cancel 3?", "all 3")
        await desk.sees("1 proposal is rejected and 2 tasks are cancelled")
        await desk.press("n")
        await desk.sees("3 wait in vain")
        await desk.press("c")
        await desk.sees("Reject or cancel 3?")
        await desk.press("y")
        assert await desk.submitted() == [SettleBlocker(blocker=gone, choice=Choice.CANCEL, actor=ADA)]

    await at_desk(does)


async def test_the_keys_are_seen_however_many_wait(tale: Any, gone: str, at_desk: Any) -> None:
    for number in range(150):
        tale.propose(f"Wait {number}", gone)

    async def does(desk: Any) -> None:
        await desk.select(gone, "Read")
        await desk.press("d", "t")
        await desk.sees("153 wait in vain", "leave them waiting", "What you choose now", "decide later")
        await desk.press("end")
        await desk.sees("and 53 more", "decide later")

    await at_desk(does, (80, 24))


async def test_a_choice_may_be_made_for_good(tale: Any, gone: str, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.select(gone)
        await desk.press("d", "t")
        await desk.sees("always so in this run: on", "What you choose now is chosen from now on")
        await desk.press("g")
        assert await desk.submitted(2) == [
            SettleBlocker(blocker=gone, choice=Choice.DROP, actor=ADA),
            SetBlockerDefault(choice=Choice.DROP, actor=ADA),
        ]

    await at_desk(does)


@pytest.mark.parametrize("stranded", [False, True])
async def test_a_choice_for_good_is_told_and_switched_off(tale: Any, at_desk: Any, stranded: bool) -> None:
    task_id = tale.task("Write", tale.failed("Read")) if stranded else "T1"
    tale.record(e.BlockerDefaultSet(choice=Choice.CANCEL, actor=ADA))

    async def does(desk: Any) -> None:
        await desk.select(task_id)
        await desk.press("d")
        await desk.reads(
            "In this run, without asking you: what waits for something that will never complete is rejected"
        )
        await desk.press("t")
        if stranded:
            await desk.sees("ask again from now on: on")
            await desk.press("w")
        commands = await desk.submitted(2 if stranded else 1)
        assert commands[-1] == SetBlockerDefault(choice=None, actor=ADA)

    await at_desk(does)


async def test_a_failed_task_for_which_nothing_waits_is_left_be(tale: Any, at_desk: Any) -> None:
    blocker = tale.failed("Read")

    async def does(desk: Any) -> None:
        await desk.select(blocker)
        await desk.press("d")
        await desk.sees("Nothing waits for it.", "leave T2 be")
        await desk.press("g", "c")
        await desk.pilot.pause()
        assert desk.session.commands == []
        await desk.press("w")
        assert await desk.submitted() == [SettleBlocker(blocker=blocker, choice=Choice.KEEP, actor=ADA)]

    await at_desk(does)


async def test_where_several_are_to_blame_one_is_chosen_first(tale: Any, at_desk: Any) -> None:
    first, second = tale.failed("Read"), tale.reject(tale.propose("Plan"))
    task_id = tale.propose("Write", first, second)

    async def does(desk: Any) -> None:
        await desk.select(task_id)
        await desk.press("d")
        await desk.sees("T4 waits in vain for 2: which one first?", "failed", "rejected")
        await desk.press(*second, "enter")
        await desk.sees("T3 will not complete: Plan")
        await desk.press("g")
        assert await desk.submitted() == [SettleBlocker(blocker=second, choice=Choice.DROP, actor=ADA)]

    await at_desk(does)


async def test_what_joins_the_list_is_shown_and_held(tale: Any, gone: str, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.select(gone)
        await desk.press("d")
        await desk.sees("3 wait in vain")
        desk.clock.hold()
        tale.propose("One more", gone)
        await desk.sees("4 wait in vain")
        await desk.press("g")
        assert desk.session.commands == []

    await at_desk(does)


async def test_a_blocker_that_is_retried_meanwhile_strands_nobody(tale: Any, gone: str, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.select(gone)
        await desk.press("d")
        await desk.sees("3 wait in vain")
        tale.record(e.TaskRetried(task_id=gone, actor=BOB))
        await desk.reads("T2 is ready meanwhile: nothing waits for it in vain.")
        await desk.press("c", "g", "w")
        await desk.pilot.pause()
        assert desk.session.commands == []

    await at_desk(does)


async def test_what_does_not_apply_says_why(tale: Any, at_desk: Any) -> None:
    bad = tale.reject(tale.propose("Plan"))

    async def does(desk: Any) -> None:
        for task_id, words in (("T1", "T1 waits for nothing that will never"), (bad, "nothing waits for it any more")):
            await desk.select(task_id)
            await desk.press("d")
            await desk.is_told(words)

    await at_desk(does)


async def test_what_joins_after_the_question_is_not_cancelled_unseen(tale: Any, gone: str, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.select("T4")
        await desk.press("d")
        await desk.sees("reject or cancel all 3, too")
        await desk.press("c")
        await desk.sees("Reject or cancel 3?")
        tale.propose("One more", gone)
        await desk.knows_all()
        await desk.press("y")
        await desk.sees("4 wait in vain")
        assert desk.session.commands == []

    await at_desk(does)

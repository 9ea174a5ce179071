"""A merge is seen before it is made: what the target says then, who waits for it, and why it cannot be where it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import Merge
from hephaestus_tui.domain.decision import Actor, ActorKind, Near
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.screens.merge_choices import merge_choices
from hephaestus_tui.ui.screens.merge_preview import fault_of_merge, preview_lines

ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")


def told(state: Any, task_id: str, into: str) -> str:
    return "\n".join(row.plain for row in preview_lines(state, task_id, into, UNICODE))


# -- the choice


def test_likely_duplicates_come_first_with_score_and_what_merging_means(tale: Any) -> None:
    done = tale.completed("Cache it")
    bad = tale.reject(tale.propose("Cache it now"))
    tale.reject(tale.propose("Something else"))
    other = tale.propose("Other")
    guess = tale.propose("Cache it again", near=(Near(bad, 71), Near(done, 92)))
    choices = merge_choices(tale.state(), guess, UNICODE)
    assert [(c.id, c.note) for c in choices] == [
        (done, "92 % alike, completed: only noted"),
        (bad, "71 % alike, was rejected"),
        (other, "proposal"),
        ("T1", "at work: its agent is told"),
    ]


def test_what_would_close_a_circle_is_marked_in_the_list_and_told_in_words(tale: Any) -> None:
    guess = tale.propose("Cache it")
    middle = tale.propose("Use it", guess)
    end = tale.propose("Test it", middle)
    free = tale.propose("Free")
    notes = {c.id: c.note for c in merge_choices(tale.state(), guess, ASCII)}
    assert (notes[end], notes[middle], notes[free]) == ("would close a circle", "proposal", "proposal")
    fault = fault_of_merge(tale.state(), guess, end)
    assert fault.startswith(f"{middle} waits for {guess}; merged, it would wait for {end}, which waits for {middle}")


def test_the_list_marks_what_the_gate_would_refuse(tale: Any) -> None:
    """The list looks at all of them at once, and must come to the same as one look at each."""
    a = tale.propose("a")
    b = tale.propose("b", a)
    c = tale.propose("c", b)
    tale.propose("d", a, c)
    tale.propose("e", c)
    state = tale.state()
    for choice in merge_choices(state, a, UNICODE):
        circle = "circle" in fault_of_merge(state, a, choice.id)
        assert (choice.note == "would close a circle") == circle, choice


# -- the preview


def test_a_proposal_or_unbegun_task_takes_over_words_and_criteria(tale: Any) -> None:
    target = tale.task("Keep answers")
    blocker = tale.propose("First")
    guess = tale.propose("Cache it", blocker, done_criteria=("the tests pass", "it is fast"))
    tale.propose("Use it", guess)
    words = told(tale.state(), guess, target)
    assert "Keep answers, with all that belongs to it." in words
    assert f"+ Also ({guess}: Cache it): Cache it, with all that belongs to it." in words
    assert "  the tests pass" in words
    assert "+ it is fast" in words
    assert f"+ it also waits for {blocker} (proposed)" in words
    assert f"Waiting for {target} instead of {guess}:\n◇ T5 Use it  proposed" in words


def test_who_is_at_work_is_told_what_it_takes_over(tale: Any) -> None:
    guess = tale.propose("Cache it")
    words = told(tale.state(), guess, "T1")
    assert f"What its agent reads at its next turn: {guess} is part of its task now" in words
    assert "+ Cache it, with all that belongs to it." in words
    assert f"Nobody else waits for {guess}." in words


def test_what_is_completed_is_only_noted_and_nobody_waits_any_more(tale: Any) -> None:
    done = tale.completed("Keep answers")
    guess = tale.propose("Cache it")
    tale.propose("Use it", guess)
    words = told(tale.state(), guess, done)
    assert f"{done} is completed: nothing in it changes." in words
    assert f"No longer waiting for {guess}, since {done} is completed:" in words


def test_what_would_not_fit_is_told(tale: Any) -> None:
    long = tale.propose("Long", description="x" * 19_990)
    guess = tale.propose("Cache it")
    assert "with T3 merged into it the description would have" in fault_of_merge(tale.state(), guess, long)


# -- by keys


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_proposal_is_merged_by_keys(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    target = tale.propose("Keep answers")
    guess = tale.propose("Cache it", near=(Near(target, 88),))

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("M")
        await desk.sees("merge T3 into", "88 % alike")
        await desk.press("enter")
        await desk.sees("Merge T3 into T2", "T3 Cache it", "y merge it")
        await desk.press("enter", "space", "M")
        await desk.sees("y merge it")
        await desk.press("y")
        assert await desk.submitted() == [Merge(task_id=guess, version=1, into=target, actor=ADA)]
        assert desk.run.selected == guess  # nobody has read the target yet

    await at_desk(does, size)


async def test_escape_leads_back_to_the_choice_and_then_out(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("M")
        await desk.sees("merge T2 into")
        await desk.press("enter")
        await desk.sees("y merge it")
        await desk.press("escape")
        await desk.sees("merge T2 into")
        await desk.press("escape")
        await desk.back()
        assert desk.session.commands == []

    await at_desk(does)


async def test_a_circle_is_refused_before_anything_is_sent(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")
    end = tale.propose("Test it", tale.propose("Use it", guess))

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("M")
        await desk.sees("would close a circle")
        await desk.press(*end, "enter")
        await desk.reads("T3 waits for T2; merged, it would wait for T4, which waits for T3: a circle")
        assert "merge it" not in desk.text
        await desk.press("y")
        await desk.pilot.pause()
        assert desk.session.commands == []

    await at_desk(does, (80, 24))


async def test_what_changes_meanwhile_is_shown_and_held(tale: Any, at_desk: Any) -> None:
    target, guess = tale.propose("Keep answers"), tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("M", *target, "enter")
        await desk.sees("y merge it")
        desk.clock.hold()
        tale.amend(guess, done_criteria=("it is measured",))
        await desk.sees("+ it is measured")
        await desk.press("y")
        assert desk.session.commands == [], "nobody has read yet what changed"
        desk.clock.let_go()
        await desk.press("y")
        (command,) = await desk.submitted()
        assert command.version == 2

    await at_desk(does)


async def test_a_proposal_that_is_decided_meanwhile_is_not_merged(tale: Any, at_desk: Any) -> None:
    target, guess = tale.propose("Keep answers"), tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("M", *target, "enter")
        await desk.sees("y merge it")
        tale.reject(guess, actor=BOB)
        await desk.reads("T3 was rejected by Bob meanwhile: there is nothing left to merge.")
        await desk.press("y", "escape")
        await desk.back()
        assert desk.session.commands == []

    await at_desk(does)


async def test_a_target_that_completes_meanwhile_is_told_anew(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("M", *"T1", "enter")
        await desk.sees("What its agent reads at its next turn")
        tale.record(e.TaskCompleted(task_id="T1", summary="done", evidence=()))
        await desk.sees("T1 is completed: nothing in it changes.")

    await at_desk(does)

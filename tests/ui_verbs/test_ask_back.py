"""A question to the agent of a proposal: who answers is said before, and what was typed outlives what happens meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import AskBack
from hephaestus_tui.domain.decision import Actor, ActorKind, Query
from hephaestus_tui.domain.errors import BadDraft, StaleVersion
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.ui.screens.ask_back import answerer_words

ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")


def asked(task_id: str) -> e.ProposalQueried:
    query = Query(id=f"{task_id}.1", task_id=task_id, version=1, text="Why?", actor=BOB, asked_at=0.0)
    return e.ProposalQueried(query=query)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((), "The agent of T1 (backend developer) is at work, and answers at its next turn."),
        ((e.AgentPaused(task_id="T1", actor=ADA),), "is paused, and answers when it is let go on"),
        ((e.AgentStalled(task_id="T1", reason="no key"),), "has stalled, and answers when it is resumed"),
        ((e.AgentInterrupted(task_id="T1"),), "was interrupted, and answers when it is resumed"),
        ((e.TaskCompleted(task_id="T1", summary="", evidence=()),), "it is woken to answer, and for nothing else"),
        ((e.RunPaused(actor=ADA),), "The run is paused: nothing comes before it goes on."),
    ],
)
def test_it_is_said_who_answers(tale: Any, facts: tuple[e.Fact, ...], words: str) -> None:
    guess = tale.propose("Cache it")
    for fact in facts:
        tale.record(fact)
    assert words in answerer_words(tale.state(), guess)


def test_it_is_said_when_nobody_can(tale: Any) -> None:
    assert "Nobody can answer" in answerer_words(tale.state(), tale.propose("Cache it", by=None))
    assert "Nobody can answer" in answerer_words(RunState(), "T9")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_question_is_sent_by_keys(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("c")
        await desk.sees("Ask about T2: Cache it", "is at work, and answers")
        await desk.press("enter")
        await desk.sees("write a question")
        await desk.press(*"why?", "enter")
        assert await desk.submitted() == [AskBack(task_id=guess, version=1, question="why?", actor=ADA)]

    await at_desk(does, size)


async def test_the_words_stay_when_the_proposal_changes_and_ask_about_what_stands(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("c", *"why?")
        await desk.sees("why?")
        desk.clock.hold()
        tale.amend(guess, title="Cache it better")
        await desk.reads("T2 has changed meanwhile (title): your question will be about version 2.")
        await desk.press("enter")
        assert desk.session.commands == [], "nobody has read yet what changed"
        desk.clock.let_go()
        await desk.press("enter")
        (command,) = await desk.submitted()
        assert (command.version, command.question) == (2, "why?")

    await at_desk(does)


async def test_the_words_stay_when_it_is_decided_and_nothing_is_sent(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("c", *"why?")
        await desk.sees("why?")
        tale.accept(guess, actor=BOB)
        await desk.reads("T2 was accepted by Bob meanwhile: there is nothing left to ask.")
        await desk.press("enter")
        await desk.sees("why?")
        await desk.press("escape")
        await desk.sees("Throw away your question?")
        await desk.press("y")
        await desk.back()
        assert desk.session.commands == []

    await at_desk(does)


async def test_another_persons_question_comes_first(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("c", *"why?")
        tale.record(asked(guess))
        await desk.reads("Bob has asked about T2 already")
        await desk.press("enter")
        await desk.pilot.pause()
        assert desk.session.commands == []

    await at_desk(does)


@pytest.mark.parametrize("refusal", [StaleVersion("T2 has changed"), BadDraft({"question": "it is too long"})])
async def test_what_was_refused_comes_back_with_the_reason(tale: Any, at_desk: Any, refusal: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        desk.session.refusals = [refusal]
        await desk.select(guess)
        await desk.press("c")
        await desk.sees("Ask about T2")
        await desk.press(*"why?", "enter")
        await desk.sees(str(refusal), "why?")
        await desk.press("enter")
        assert len(await desk.submitted(2)) == 2

    await at_desk(does)


async def test_keys_that_do_not_apply_say_why(tale: Any, at_desk: Any) -> None:
    own, open_one = tale.propose("Mine", by=None), tale.propose("Asked")
    tale.record(asked(open_one))

    async def does(desk: Any) -> None:
        for task_id, words in (
            (own, f"ask back: {own} was written by a person"), (open_one, f"{open_one} was asked about already"),
            ("T1", "ask back: T1 is a task, not a proposal"),
        ):  # fmt: skip
            await desk.select(task_id)
            await desk.press("c")
            await desk.is_told(words)

    await at_desk(does)

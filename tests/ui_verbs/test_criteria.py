"""Criteria that an agent could not meet are seen with what was run, and a person says by keys alone what shall be."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.check import Check, Waiver
from hephaestus_tui.domain.commands import Answer
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.task import Evidence, Finding
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.widgets.detail_text import detail

ADA = Actor(ActorKind.HUMAN, "Ada")
FAILED = Check(command="pytest -q [red]", code=1, seconds=0.3, output="[exit code 1]\nE   assert 1 == 2\x1b[2K")
PASSED = Check(command="ruff check", code=0, seconds=0.1, output="[exit code 0]")
EVIDENCE = (
    Evidence(criterion="The suite passes", evidence="I ran it", checked=FAILED),
    Evidence(criterion="It is tidy", evidence="It is", checked=PASSED),
    Evidence(criterion="It is told in the README", evidence="README, line 3"),
)


def unmet(tale: Any) -> None:
    fact = e.CriteriaUnmet(task_id="T1", turn=2, index=0, round=3, evidence=EVIDENCE, asks=True)
    question = e.Question(
        id="q1", kind=e.QuestionKind.CRITERION, task_id="T1", text="The task is not completed.", options=(), turn=2,
        index=0, asked_at=0.0,
    )  # fmt: skip
    tale.record(fact)
    tale.record(e.QuestionAsked(question=question))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("key", "title", "answer"),
    [
        ("g", "Accept T1 as it is", "accept: so be it"),
        ("b", "Send T1 back", "back: so be it"),
        ("f", "Fail T1", "fail: so be it"),
    ],
)
async def test_a_person_says_by_keys_what_shall_be(
    tale: Any, at_desk: Any, size: tuple[int, int], key: str, title: str, answer: str
) -> None:
    unmet(tale)

    async def does(desk: Any) -> None:
        await desk.press("y")
        await desk.sees(
            "T1 is not done", "The suite passes", "$ pytest -q [red]", "exit code 1 after 0.3 s", "assert 1 == 2"
        )
        await desk.press(key)
        await desk.sees(title)
        await desk.press(*(character if character != " " else "space" for character in "so be it"), "enter")
        assert await desk.submitted(1) == [Answer(question_id="q1", answer=answer, actor=ADA)]

    await at_desk(does, size)


async def test_accepting_needs_a_reason_and_escape_leads_back(tale: Any, at_desk: Any) -> None:
    unmet(tale)

    async def does(desk: Any) -> None:
        await desk.press("y")
        await desk.sees("T1 is not done")
        await desk.press("g")
        await desk.sees("recorded with your name")
        await desk.press("enter")
        await desk.sees("write something")
        await desk.press("escape")
        await desk.sees("decide later")
        await desk.press("escape")
        assert not await desk.submitted(0)

    await at_desk(does)


def text_of(tale: Any) -> str:
    return "\n".join(row.plain for row in detail(tale.state(), "T1", 0.0, UNICODE))


def test_the_detail_says_that_it_waits_and_for_what(tale: Any) -> None:
    unmet(tale)
    text = text_of(tale)
    assert "NOT MET waits for you" in text
    assert "after 3 tries these criteria are not met:" in text
    assert "\x1b" not in text


def test_the_detail_says_who_checked_what(tale: Any) -> None:
    tale.record(
        e.TaskCompleted(
            task_id="T1", summary="s", evidence=EVIDENCE, finding=Finding.FAILED, waived=Waiver("Ada", "so be it")
        )
    )  # fmt: skip
    text = text_of(tale)
    assert "checked by the engine: exit code 1 after 0.3 s" in text
    assert "checked by the engine: exit code 0 after 0.1 s" in text
    assert "its agent says: I ran it" in text
    assert "accepted as it is by Ada: so be it" in text


def test_the_detail_shows_what_is_being_run(tale: Any) -> None:
    tale.record(e.CheckStarted(task_id="T1", turn=2, index=0, number=1, command="pytest -q"))
    assert "running now: $ pytest -q" in text_of(tale)

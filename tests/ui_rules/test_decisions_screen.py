"""Every decision can be looked up with who made it, why and what it changed; nothing can be decided there."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain.decision import Actor, ActorKind, Verdict
from hephaestus_tui.domain.task import Phase, Priority
from hephaestus_tui.ui.screens.decisions import DecisionsScreen

RULE = Actor(ActorKind.RULE, "small-looks")
SIZES = [(120, 40), (80, 24)]


@pytest.fixture
def decided(run: Any) -> Any:
    edited, undone, by_rule = (
        run.propose("Count it"),
        run.propose("Test it", phase=Phase.VALIDATION),
        run.propose("Look"),
    )
    run.ask(edited, "Count what?", "The queries of a request.")
    run.decide(edited, Verdict.EDIT, title="Count all of it", priority=Priority.HIGH)
    run.decide(undone, Verdict.REJECT, reason="write it [b]with[/b] the code")
    run.undo(undone)
    run.decide(by_rule, actor=RULE)
    return run


@pytest.mark.parametrize("size", SIZES)
async def test_the_record_is_read_from_the_newest_on(decided, at_screen, size) -> None:
    async def look(person: Any) -> None:
        await person.press("D")
        await person.on(DecisionsScreen)
        await person.sees(
            "4 decisions and 1 question about proposals",
            "accepted T4 Look",
            "rule small-looks, after",
            "rejected T3 Test it",
            "write it [b]with[/b] t",
            "TAKEN BACK by Ada",
            "edited T2 Count it",
            "title, priority",
        )
        places = [person.text.index(name) for name in ("T4 Look", "T3 Test it", "T2 Count it")]
        assert places == sorted(places)
        assert "1 decision by rules" in person.words

    await at_screen(look, size)


@pytest.mark.parametrize("size", SIZES)
async def test_enter_unfolds_what_was_proposed_and_what_became_of_it_and_folds_it_again(
    decided, at_screen, session, size
) -> None:
    async def look(person: Any) -> None:
        await person.press("D")
        await person.on(DecisionsScreen)
        await person.press("j", "j", "enter")
        await person.sees("edited by Ada", "Proposed, and what became of it", "normal → high")
        await person.press("j")
        await person.sees("asked by Ada", "Count what?", "The agent answered, 2 m later", "The queries of a request.")
        await person.press("k", "k")
        await person.sees("TAKEN BACK by Ada", "too soon")
        await person.press("enter")
        await person.until(lambda: "too soon" not in person.words, "it is folded")
        assert session.commands == []

    await at_screen(look, size)


async def test_rates_are_told_by_role_then_model_then_phase(decided, at_screen) -> None:
    async def look(person: Any) -> None:
        await person.press("D")
        await person.on(DecisionsScreen)
        await person.sees("by role", "project manager 1 33% 1 33% - 1 33%")
        await person.press("b")
        await person.sees("scripted:demo 1 33% 1 33% - 1 33%")
        await person.press("b")
        await person.sees("investigation 1 33% 1 33% - 1 33%")
        await person.press("b")
        await person.sees("project manager")

    await at_screen(look)


async def test_what_is_decided_meanwhile_appears_and_the_cursor_stays_where_it_was(decided, at_screen) -> None:
    async def look(person: Any) -> None:
        await person.press("D")
        screen = await person.on(DecisionsScreen)
        await person.press("j")
        assert screen.under_cursor.task_id == "T3"
        decided.decide(decided.propose("One more"))
        await person.sees("5 decisions", "T5 One more")
        assert screen.under_cursor.task_id == "T3"

    await at_screen(look)


async def test_one_key_goes_to_the_task(decided, at_screen) -> None:
    async def look(person: Any) -> None:
        await person.press("D")
        await person.on(DecisionsScreen)
        await person.press("j", "g")
        await person.back()
        await person.until(lambda: person.app.screen.selected == "T3", "T3 is selected")

    await at_screen(look)


async def test_many_decisions_are_walked_through(run, at_screen) -> None:
    for number in range(150):
        run.decide(run.propose(f"Look at {number}"))

    async def look(person: Any) -> None:
        await person.press("D")
        screen = await person.on(DecisionsScreen)
        await person.press(*["pagedown"] * 30)
        assert screen.under_cursor.task_id == "T1"
        await person.sees("Look at what is slow")

    await at_screen(look)

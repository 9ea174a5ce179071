"""A proposal is written as several in one box; what they become is seen as one types, and nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hephaestus_tui.domain.commands import Split
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.errors import StaleVersion
from hephaestus_tui.domain.task import Phase, TaskDraft
from hephaestus_tui.ui.screens.split import drafts_of, first_text, result_lines

ADA, BOB = Actor(ActorKind.HUMAN, "Ada"), Actor(ActorKind.HUMAN, "Bob")
DRAFT = TaskDraft(
    title="Cache it", description="Keep the answers.", rationale="It is slow.", phase=Phase.BUILDING,
    role="backend_developer",
)  # fmt: skip


def test_the_original_is_the_first_part_and_the_second_is_empty() -> None:
    assert first_text(DRAFT) == "# Cache it\nKeep the answers.\n\n# "


def test_what_was_not_touched_keeps_every_character() -> None:
    odd = replace(DRAFT, title="Cache\u202e it", description="\n# a heading\n\x1b[31mred\x1b[0m  \n")
    first, second = drafts_of(f"{first_text(odd)}Two\nWords.", odd)
    assert first == odd
    assert (second.title, second.description) == ("Two", "Words.")


def test_what_results_is_told_without_ids_that_nobody_knows() -> None:
    drafts = tuple(replace(DRAFT, title=title) for title in ("One", "Two", ""))
    assert result_lines("T4", drafts, False).split("\n") == [
        "T4, and 2 new proposals:", "  T4    One", "  new   Two", "  new   (no title)",
    ]  # fmt: skip
    assert "  new   Two  waits for the one before" in result_lines("T4", drafts, True)
    assert "and 5 more" in result_lines("T4", drafts * 3, True)
    assert result_lines("T4", drafts[:1], False).startswith("T4 alone:")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_proposal_is_split_by_keys(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    guess = tale.propose("Cache it")
    draft = tale.state().draft(guess)

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("S")
        await desk.sees("Split T2: Cache it", "T2, and 1 new proposal:")
        await desk.press("ctrl+s")
        await desk.sees("part 2: title is empty")
        await desk.press(*"Use it", "enter", *"Everywhere.", "ctrl+t")
        await desk.sees("Use it  waits for the one before", "each waits for the one before: on")
        await desk.press("ctrl+s")
        (command,) = await desk.submitted()
        second = replace(draft, title="Use it", description="Everywhere.")
        assert command == Split(task_id=guess, version=1, parts=(draft, second), chained=True, actor=ADA)

    await at_desk(does, size)


async def test_what_was_refused_comes_back_as_it_was(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        desk.session.refusals = [StaleVersion("T2 has changed since it was shown")]
        await desk.select(guess)
        await desk.press("S", *"Use it", "enter", *"Everywhere.", "ctrl+t", "ctrl+s")
        await desk.sees("T2 has changed since it was shown", "Everywhere.", "waits for the one before")
        await desk.press("ctrl+s")
        one, other = await desk.submitted(2)
        assert one == other

    await at_desk(does)


async def test_the_parts_stay_when_the_proposal_changes(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("S", *"Use it", "enter", *"Everywhere.")
        await desk.sees("Everywhere.")
        tale.amend(guess, role="qa_tester")
        await desk.reads("T2 was changed meanwhile (role): it is version 2 now, and you have read 1.")
        await desk.press("ctrl+s")
        assert desk.session.commands == [], "nobody has read that version"
        desk.clock.hold()
        await desk.press("ctrl+n")
        await desk.reads("This splits version 2 now.")
        await desk.press("ctrl+s")
        assert desk.session.commands == []
        desk.clock.let_go()
        await desk.press("ctrl+s")
        (command,) = await desk.submitted()
        assert command.version == 2
        assert {part.role for part in command.parts} == {"qa_tester"}, "all else is that of the version that stands"

    await at_desk(does)


async def test_the_parts_stay_when_it_is_decided_and_are_not_thrown_away_unasked(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("S", *"Use it")
        tale.accept(guess, actor=BOB)
        await desk.reads("T2 was accepted by Bob meanwhile: nothing can be split.")
        await desk.press("ctrl+s")
        await desk.sees("# Use it")
        await desk.press("escape")
        await desk.sees("Throw away your parts?")
        await desk.press("n")
        await desk.sees("# Use it")
        assert desk.session.commands == []

    await at_desk(does)


async def test_its_keys_are_seen_however_much_is_written(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it", description="All that belongs to it.\n" * 40)

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("S", *"Use it", *(key for n in range(6) for key in ("enter", "#", "space", str(n))))
        await desk.sees("and 4 more")
        tale.accept(guess, actor=BOB)
        await desk.sees("meanwhile: nothing can be split", "# 5", "esc cancel")

    await at_desk(does, (80, 24))


async def test_an_untouched_box_is_left_without_a_question(tale: Any, at_desk: Any) -> None:
    guess = tale.propose("Cache it")

    async def does(desk: Any) -> None:
        await desk.select(guess)
        await desk.press("S")
        await desk.sees("Split T2")
        await desk.press("escape")
        await desk.back()

    await at_desk(does)

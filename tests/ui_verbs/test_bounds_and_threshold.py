"""A bound of proposing is left or raised by a number; the measure of a duplicate is set while its effect is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.commands import SetDuplicateScore, SettleBound
from hephaestus_tui.domain.decision import Actor, ActorKind, Near
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.bound import limit_fault, reached_lines
from hephaestus_tui.ui.screens.threshold import threshold_lines

ADA = Actor(ActorKind.HUMAN, "Ada")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("9", ""), (" 10000 ", ""), ("", "type a number above 8"), ("8", "it is 8 already: type a larger one"),
        ("-9", "only digits"), ("9.5", "only digits"), ("٩", "only digits"), ("10001", "10,000 at most"),
    ],
)  # fmt: skip
def test_a_limit_is_checked_as_it_is_typed(text: str, fault: str) -> None:
    assert limit_fault(text, 8) == fault


def test_it_is_told_who_reached_a_bound_and_what_holds(tale: Any) -> None:
    tale.record(e.BoundReached(bound="children", task_id="T1", limit=8))
    rows = [row.plain for row in reached_lines(tale.state(), "children")]
    assert rows[0] == "At most 8 proposals by one task."
    assert rows[-1] == "T1 Look at the routes  backend developer"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_one_bound_is_raised_and_the_next_left(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    for bound in ("children", "per_turn"):
        tale.record(e.BoundReached(bound=bound, task_id="T1", limit=3))

    async def does(desk: Any) -> None:
        await desk.press("b")
        await desk.sees("children (1 of 2)", "At most 3 proposals by one task.", "T1 Look at the routes")
        await desk.press("enter")
        await desk.sees("type a number above 3")
        await desk.press("3")
        await desk.sees("it is 3 already")
        await desk.press("0", "enter")
        await desk.sees("per turn (2 of 2)")
        await desk.press("ctrl+l")
        assert await desk.submitted(2) == [
            SettleBound(bound="children", limit=30, actor=ADA),
            SettleBound(bound="per_turn", limit=None, actor=ADA),
        ]

    await at_desk(does, size)


async def test_a_bound_may_be_looked_at_and_left_for_later(tale: Any, at_desk: Any) -> None:
    tale.record(e.BoundReached(bound="depth", task_id="T1", limit=4))

    async def does(desk: Any) -> None:
        await desk.press("b")
        await desk.sees("A bound of proposing is reached: depth")
        await desk.press("escape")
        await desk.back()
        assert desk.session.commands == []

    await at_desk(does)


async def test_without_a_bound_reached_the_key_says_so(at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.press("b")
        await desk.is_told("spawn bound: agents have reached no bound of proposing")

    await at_desk(does)


def test_those_that_count_come_before_those_that_do_not(tale: Any) -> None:
    tale.propose("Cache it", near=(Near("T1", 60), Near("T9", 55)))
    tale.propose("Look at routes", near=(Near("T1", 91),))
    tale.propose("Else")
    rows = [row.plain for row in threshold_lines(tale.state(), 80, UNICODE)]
    assert rows[0] == "From 80 % alike on: 1 of 3 open proposals is a likely duplicate."
    assert rows[2] == "Likely duplicates"
    assert rows[3] == " 91 % T3 Look at routes  like T1 Look at the routes (in progress)"
    assert rows[5] == "Less alike: not mentioned"
    assert rows[6].startswith(" 60 % T2 Cache it  like T1")
    assert "Likely duplicates" not in [row.plain for row in threshold_lines(tale.state(), 95, UNICODE)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_measure_is_moved_and_saved_by_keys(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    tale.propose("Look at routes", near=(Near("T1", 78),))

    async def does(desk: Any) -> None:
        await desk.press("%")
        await desk.sees("From 80 % alike on: 0 of 1 open proposal are likely duplicates.", "save 80 %")
        await desk.press("down", "down")
        await desk.sees("From 78 % alike on: 1 of 1 open proposal is a likely duplicate.", "save 78 %")
        await desk.press("left", "up", "enter")
        await desk.sees("save 74 %")
        await desk.press("s")
        assert await desk.submitted() == [SetDuplicateScore(score=74, actor=ADA)]

    await at_desk(does, size)


async def test_the_measure_stays_between_its_bounds_and_escape_changes_nothing(at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.press("%", *["right"] * 9)
        await desk.sees("save 100 %", "No open proposal resembles")
        await desk.press(*["left"] * 12)
        await desk.sees("save 50 %")
        await desk.press("escape")
        await desk.back()
        assert desk.session.commands == []

    await at_desk(does)

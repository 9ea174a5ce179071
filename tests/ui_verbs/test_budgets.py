"""A budget that is used up is raised, done without, or ends who waits for it, by keys alone; and what was spent is seen."""

from __future__ import annotations

from typing import Any

import pytest

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.budget import THE_RUN, Budget, Place, Scope, Unit
from hephaestus_tui.domain.commands import AllowUnpriced, RetryNow, SetBudget, Stop
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.domain.reach import only
from hephaestus_tui.ui.glyphs import UNICODE
from hephaestus_tui.ui.screens.budget import limit_fault
from hephaestus_tui.ui.widgets.detail_cost import cost_lines
from hephaestus_tui.ui.widgets.detail_text import detail

ADA = Actor(ActorKind.HUMAN, "Ada")
RUN = Budget(THE_RUN, Unit.DOLLARS)
OWN = Budget(Place(Scope.TASK, "T1"), Unit.TOKENS)


def reached(budget: Budget, unpriced: str | None = None) -> e.BudgetReached:
    return e.BudgetReached(budget=budget, task_id="T1", spent=5.5, limit=5.0, unpriced=unpriced)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("6", ""), (" $6.5 ", ""), ("0", ""), ("", "only a number; 0 is no limit"), ("nan", "only a number; 0 is no limit"),
        ("-1", "only a number; 0 is no limit"), ("٩", "only a number; 0 is no limit"), ("inf", "only a number; 0 is no limit"),
        ("5", "$5.50 are spent already: type more, or 0 for no limit"),
    ],
)  # fmt: skip
def test_a_limit_is_checked_as_it_is_typed(text: str, fault: str) -> None:
    assert limit_fault(text, 5.5, Unit.DOLLARS) == fault


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_is_raised_by_keys(tale: Any, at_desk: Any, size: tuple[int, int]) -> None:
    tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(input=9, cost=5.5)))
    tale.record(reached(RUN))

    async def does(desk: Any) -> None:
        await desk.press("$")
        await desk.sees("A budget is reached: the dollars of the run", "$5.50 of $5.00", "T1 Look at the routes")
        await desk.press("5")
        await desk.sees("$5.50 are spent already")
        await desk.press("0", "enter")
        assert await desk.submitted(1) == [SetBudget(budget=RUN, limit=50.0, actor=ADA)]

    await at_desk(does, size)


async def test_without_a_price_one_may_go_on_and_the_second_is_left_for_later(tale: Any, at_desk: Any) -> None:
    tale.record(reached(RUN, "openai:new"))
    tale.record(reached(OWN))

    async def does(desk: Any) -> None:
        await desk.press("$")
        await desk.sees("(1 of 2)", "The price of openai:new is not known", "go on without the price")
        await desk.press("ctrl+g")
        await desk.sees("(2 of 2)", "the tokens of T1")
        await desk.press("ctrl+g", "escape")
        assert await desk.submitted(1) == [AllowUnpriced(actor=ADA)]

    await at_desk(does)


async def test_who_waits_is_stopped_after_a_question(tale: Any, at_desk: Any) -> None:
    tale.record(reached(OWN))

    async def does(desk: Any) -> None:
        await desk.press("$")
        await desk.sees("A budget is reached: the tokens of T1")
        await desk.press("ctrl+x")
        await desk.sees("Stop T1?")
        await desk.press("y")
        assert await desk.submitted(1) == [Stop(reach=only("T1"), actor=ADA, reason="stopped at the tokens of T1")]

    await at_desk(does)


async def test_a_provider_is_asked_again_by_a_key(tale: Any, at_desk: Any) -> None:
    async def does(desk: Any) -> None:
        await desk.press("t")
        assert await desk.submitted(1) == [RetryNow(task_id="T1", actor=ADA)]

    await at_desk(does)


def test_the_detail_tells_what_was_spent_and_who_waits(tale: Any) -> None:
    assert cost_lines(tale.state(), "T1", UNICODE) == []
    tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(input=900, cost=0.5)))
    tale.record(e.BudgetWarned(budget=RUN, spent=0.5, limit=0.6))
    rows = [row.plain for row in cost_lines(tale.state(), "T1", UNICODE)]
    assert rows[0] == "$0.50  this task"
    assert rows[-2:] == ["$0.50 of $0.60  the run", "━━━━━━━━━━━━━━━━━─── 83%"]
    tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(input=100, cost=None)))
    tale.record(reached(RUN, "m"))
    text = "\n".join(row.plain for row in detail(tale.state(), "T1", 0.0, UNICODE))
    assert "$0.50 and what has no known price of $5.00  the run" in text
    assert "BUDGET waits for you" in text
    assert "The price of m is not known" in text

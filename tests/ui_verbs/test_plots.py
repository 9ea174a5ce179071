"""The plots by key, and what they say."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.ui.agent_rows import Order, agent_row, head_row, spent_by_agents
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.plot_lines import plot_lines
from hephaestus_tui.ui.screens.plots import PlotsScreen
from hephaestus_tui.ui.sparkline import sparkline
from tests.ui_verbs.conftest import ADA


def test_a_sparkline_shows_each_value_and_hides_none() -> None:
    assert sparkline((0, 1, 4, 8), 10, UNICODE) == " ▁▄█"
    assert sparkline((0, 1, 4, 8), 10, ASCII) == " .=@"
    assert sparkline((0, 0.001, 8), 10, UNICODE) == " ▁█", "little is not nothing"
    assert sparkline((), 10, UNICODE) == ""
    assert sparkline((0, 0), 10, UNICODE) == "  "


def test_many_values_keep_their_peaks() -> None:
    assert sparkline([0.0] * 59 + [5.0], 6, UNICODE) == "     █"
    assert len(sparkline(range(60), 7, UNICODE)) == 7


def test_a_run_is_told_with_its_figures(tale: Any) -> None:
    tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(output=1_200, cost=0.5)))
    state = tale.state()
    said = "\n".join(line.plain for line in plot_lines(state, state.started_at + 120, UNICODE))
    for words in ("1.2k in all", "$0.50 in all", "1 now, most 1"):
        assert words in said
    tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(output=1, cost=None)))
    state = tale.state()
    assert "some unpriced" in "".join(line.plain for line in plot_lines(state, state.started_at, UNICODE))


async def test_the_plots_are_a_key_away_and_stay_live(at_desk: Any, tale: Any) -> None:
    async def look(desk: Any) -> None:
        await desk.press("B")
        await desk.sees("The run over its time", "tasks open", "over time", "waited")
        assert isinstance(desk.app.screen, PlotsScreen)
        assert "1.2k in all" not in desk.text
        tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(output=1_200, cost=0.5)))
        await desk.sees("1.2k in all")
        dear = tale.start(tale.task("Look at all of it"))
        tale.record(e.UsageRecorded(task_id=dear, model="m", usage=Usage(output=10, cost=1.5)))
        await desk.sees("$1.50")
        assert desk.text.index(f"{dear} backend") < desk.text.index("T1 backend"), "the dearest first"
        await desk.press("s")
        await desk.sees("tokens*", "s sort by waiting")
        assert desk.text.index(f"{dear} backend") > desk.text.index("T1 backend"), "who said most first"
        await desk.press("down", "up", "j", "enter")
        await desk.back()
        await desk.until(lambda: desk.run.selected in (dear, "T1"), "its task is selected")

    await at_desk(look, (80, 24))


def test_an_agent_that_waits_for_a_person_says_how_long(tale: Any) -> None:
    question = e.Question(
        id="q1", kind=e.QuestionKind.QUESTION, task_id="T1", text="204?", options=(), turn=0, index=0, asked_at=1_000.0
    )
    tale.record(e.QuestionAsked(question=question))
    state, asked = tale.state(), tale.facts[-1].at
    (row,) = spent_by_agents(state, asked + 300, Order.WAITED)
    assert row.waited == 300
    for glyphs in (UNICODE, ASCII):
        assert "".join(piece.text for piece in agent_row(row, 0.0, glyphs)).rstrip().endswith("5 m")
    tale.record(e.QuestionAnswered(question_id="q1", answer="204", actor=ADA))
    state = tale.state()
    (row,) = spent_by_agents(state, asked + 300, Order.WAITED)
    assert row.waited == tale.facts[-1].at - asked, "it counts no further, and is not forgotten"


def test_rows_of_agents_fit_at_80x24_and_need_no_colour_and_no_unicode(tale: Any) -> None:
    for number in range(3):
        task_id = tale.start(tale.task("Look"))
        tale.record(e.UsageRecorded(task_id=task_id, model="m", usage=Usage(output=99_999, cost=99.5 * number)))
    found = spent_by_agents(tale.state(), 2_000.0, Order.COST)
    assert [spent.usage.cost for spent in found] == [199.0, 99.5, 0.0, 0.0]
    said = ["".join(piece.text for piece in agent_row(spent, 199.0, ASCII)) for spent in found]
    assert all(row.isascii() and len(row) <= 68 for row in said)
    assert [row.count("=") for row in said] == [7, 4, 0, 0]
    assert len(head_row(Order.COST)) <= 72

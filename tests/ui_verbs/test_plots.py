"""The plots by key, and what they say."""

from __future__ import annotations

from typing import Any

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.message import Usage
from hephaestus_tui.ui.glyphs import ASCII, UNICODE
from hephaestus_tui.ui.plot_lines import plot_lines
from hephaestus_tui.ui.screens.plots import PlotsScreen
from hephaestus_tui.ui.sparkline import sparkline


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
    for words in ("1.2k in all", "$0.50 in all", "1 now, most 1", "T1 ", "1.2k in "):
        assert words in said
    tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(output=1, cost=None)))
    state = tale.state()
    assert "some unpriced" in "".join(line.plain for line in plot_lines(state, state.started_at, UNICODE))


async def test_the_plots_are_a_key_away_and_stay_live(at_desk: Any, tale: Any) -> None:
    async def look(desk: Any) -> None:
        await desk.press("B")
        await desk.sees("The run over its time", "tasks open")
        assert isinstance(desk.app.screen, PlotsScreen)
        assert "1.2k in all" not in desk.text
        tale.record(e.UsageRecorded(task_id="T1", model="m", usage=Usage(output=1_200, cost=0.5)))
        await desk.sees("1.2k in all")
        await desk.press("j", "k", "escape")
        await desk.back()

    await at_desk(look, (80, 24))

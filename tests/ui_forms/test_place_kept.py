"""A window that is made narrower and wider again shows the line at which a person was reading."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult

from hephaestus_tui.ui.widgets.lines import paragraphs
from hephaestus_tui.ui.widgets.lines_view import LinesView

WORDS = " and it goes on for longer than any window is wide, so that it wraps," * 6
LINES = tuple(paragraphs("\n".join(f"line {n}{WORDS}" if n % 3 else f"line {n}" for n in range(90))))


class Reading(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = LinesView(LINES)

    def compose(self) -> ComposeResult:
        yield self.view


def top(view: LinesView) -> int:
    row = view.row_at(view.scroll_offset.y)
    assert row is not None
    return row.line


@pytest.mark.parametrize("row", [0, 97, 151, 10_000], ids=["top", "between", "in a long line", "end"])
async def test_the_line_at_the_top_stays(row: int, wait_for: Any) -> None:
    app = Reading()
    view = app.view
    async with app.run_test(size=(120, 24)) as pilot:
        await wait_for(pilot, lambda: view.row_count > 100, "it is laid out")
        view.go_to(row)
        await pilot.pause()
        before, at, rows = top(view), view.scroll_offset.y, view.row_count
        for width in (80, 47, 120):
            await pilot.resize_terminal(width, 24)
            await wait_for(pilot, lambda: view.size.width == width, "it is as wide")  # noqa: B023
            await pilot.pause()
            assert (view.row_count > rows) is (width < 120)
            assert top(view) == before
        assert view.scroll_offset.y == at


async def test_it_is_the_line_of_where_one_went_meanwhile(wait_for: Any) -> None:
    app = Reading()
    view = app.view
    async with app.run_test(size=(120, 24)) as pilot:
        await wait_for(pilot, lambda: view.row_count > 100, "it is laid out")
        view.go_to(97)
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: view.size.width == 80, "it is narrower")
        view.go_to(view.scroll_offset.y + 30)
        await pilot.pause()
        went = top(view)
        await pilot.resize_terminal(120, 24)
        await wait_for(pilot, lambda: view.size.width == 120, "it is wide again")
        await pilot.pause()
        assert top(view) == went

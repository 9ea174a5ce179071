"""What shows the whole run at a glance, the bars of the phases and the map at the edge, and folding in the pane."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Actor, ActorKind
from hephaestus_tui.domain.task import Phase, TaskStatus
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.dag_header import phase_bars
from hephaestus_tui.ui.widgets.dag_minimap import LEVELS, minimap, place_at

SIZE = (70, 16)
PAGE = SIZE[1] - 2
ADA = Actor(ActorKind.HUMAN, "Ada")


class Pane(App[None]):
    def __init__(self, glyphs: GlyphSet = UNICODE) -> None:
        super().__init__()
        self.view = DagView(glyphs)

    def compose(self) -> ComposeResult:
        yield self.view

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines())


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await pilot.pause()


def finish(run: Any, task_id: str) -> None:
    run.start(task_id)
    run.complete(task_id)


def place(app: Pane, words: str) -> int:
    return next(y for y, line in enumerate(app.lines()) if words in line)


def test_bars_fit_and_count_only_what_is_a_task(glyphs: GlyphSet) -> None:
    of = Counter(
        {(Phase.BUILDING, Mark.DONE): 3, (Phase.BUILDING, Mark.RUNNING): 1, (Phase.BUILDING, Mark.PROPOSED): 9}
    )
    full = "=" if glyphs is ASCII else "━"
    for width in range(100):
        text = "".join(span.text for span in phase_bars(of, width, glyphs))
        assert cell_len(text) <= width
        if width >= 40:
            assert "3/4" in text
            bar = text[text.index("B ") :].split()[1]
            assert bar.count(full) == len(bar) * 3 // 4


def test_the_map_shows_the_worst_of_each_stretch_and_where_one_is(glyphs: GlyphSet) -> None:
    levels = bytearray([LEVELS[Mark.DONE]] * 1_000)
    levels[555], levels[556], levels[990] = LEVELS[Mark.BLOCKED], LEVELS[Mark.FAILED], LEVELS[Mark.RUNNING]
    cells = minimap(levels, 10, 300, 10, glyphs)
    assert [cell.mark for cell in cells] == [Mark.DONE] * 5 + [Mark.FAILED] + [Mark.DONE] * 3 + [Mark.RUNNING]
    assert [cell.here for cell in cells] == [n == 3 for n in range(10)]
    assert cells[3].sign != cells[2].sign  # told without colour
    assert cells[5].sign == glyphs.marks[Mark.FAILED]
    assert minimap(levels[:10], 10, 0, 10, glyphs) == ()
    assert [place_at(n, 10, 1_000) for n in (0, 5, 9, 20)] == [0, 500, 900, 999]
    assert len(LEVELS) == len(Mark)


async def test_a_click_on_the_map_goes_there_and_selects_nothing(run: Any) -> None:
    app = Pane()
    for n in range(200):
        run.task(f"Task {n}")
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "T200" in app.text)
        assert all(cell_len(line) == SIZE[0] for line in app.lines())
        await pilot.click(DagView, offset=(SIZE[0] - 1, 2))
        await until(pilot, lambda: "T1 " in app.text)
        assert app.view.selected is None


async def test_a_run_that_is_opened_is_folded_and_one_at_work_only_above_the_screen(run: Any, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    for n in range(30):
        run.task(f"Task {n}")
    for n in range(1, 21):
        finish(run, f"T{n}")
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        await until(pilot, lambda: "20 done" in app.lines()[2])
        for n in range(21, 30):
            finish(run, f"T{n}")
        app.view.show(run.state)
        await until(pilot, lambda: app.lines()[0].split()[1] == "29")
        assert "T21 " in app.text  # finished before one's eyes, and so still there
        for n in range(PAGE):
            run.task(f"More {n}")
            app.view.show(run.state)
        await until(pilot, lambda: "T44" in app.text)
        app.view.focus()
        await pilot.press("g")
        await until(pilot, lambda: "29 done" in app.lines()[2])


async def test_the_key_unfolds_and_folds_and_the_cursor_keeps_its_line(run: Any) -> None:
    app = Pane()
    for n in range(40):
        run.task(f"Task {n}")
    for n in range(10, 31):
        finish(run, f"T{n}")
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T31")
        await until(pilot, lambda: "T31" in app.text)
        line = place(app, "T31")
        await pilot.press("Z")
        await until(pilot, lambda: "T30 " in app.text)
        assert place(app, "T31") == line
        await pilot.press("Z")
        await until(pilot, lambda: "21 done" in app.text)
        assert place(app, "T31") == line
        await pilot.press("up")
        assert app.view.selected == "T30"
        assert f"{UNICODE.pointer}" in app.lines()[place(app, "T10–T30")]
        await pilot.press("up")
        assert app.view.selected == "T9"


async def test_what_wakes_above_the_screen_is_unfolded_and_nothing_moves(run: Any) -> None:
    app = Pane()
    for n in range(60):
        run.task(f"Task {n}")
    for n in range(1, 31):
        run.fact(e.TaskCancelled(task_id=f"T{n}", reason="", actor=ADA))
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.select("T50")
        await until(pilot, lambda: "T50" in app.text)
        before = [line[:-1] for line in app.lines()[2:]]
        run.fact(e.TaskRetried(task_id="T5", actor=ADA, was=TaskStatus.CANCELLED))
        app.view.show(run.state)
        await until(pilot, lambda: "31 ready" in app.lines()[0])
        await pilot.pause()
        assert [line[:-1] for line in app.lines()[2:]] == before
        app.view.focus()
        await pilot.press("g")
        await until(pilot, lambda: "T1 " in app.lines()[2])

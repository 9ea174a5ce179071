"""Live edges, all of them, or none: what is drawn and named changes, and nothing moves by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult

from hephaestus_tui.ui.glyphs import GlyphSet
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.dag_gutter import lines_for
from tests.at_the_screen import until

SIZE = (78, 16)
ReadPicture = Callable[[list[str], GlyphSet, set[int]], set[tuple[int, int]]]


class Pane(App[None]):
    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self.view = DagView(glyphs)

    def compose(self) -> ComposeResult:
        yield self.view

    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]

    def tasks(self) -> list[str]:
        return [line for line in self.lines()[2:] if line.strip()]


async def test_edges_live_all_and_none_move_nothing(run: Any, glyphs: GlyphSet, read_picture: ReadPicture) -> None:
    app = Pane(glyphs)
    for n in range(9):
        run.task(f"Task {n}", *([f"T{n - 1}"] if n > 1 else []))
    for task_id in ("T1", "T3"):
        run.start(task_id)
        run.complete(task_id)
    run.start("T5")
    arrow = lines_for(glyphs).earlier

    def gutters() -> list[str]:
        return [line[1:8] for line in app.tasks()]

    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        await until(pilot, lambda: len(app.tasks()) == 9, "the rows are drawn")
        live, titles = gutters(), [line.find(" Task") for line in app.tasks()]
        drawn = read_picture(live, glyphs, {0, 2})
        assert drawn
        assert not any("(" in line for line in app.tasks())
        await pilot.press("vertical_line")
        await until(pilot, lambda: "edges: all" in app.lines()[1], "the header says so")
        assert gutters() == live
        assert [n for n, line in enumerate(app.tasks()) if "(" in line] == [2, 4]
        assert f"({arrow}T1)" in app.tasks()[2]
        assert f"({arrow}T3)" in app.tasks()[4]
        await pilot.press("vertical_line")
        await until(pilot, lambda: "edges: none" in app.lines()[1], "the header says so")
        assert [line.find(" Task") for line in app.tasks()] == titles
        assert not any(arrow in line for line in app.tasks())
        assert not read_picture(gutters(), glyphs, set())
        for bare, full in zip(gutters(), live, strict=True):
            assert full[bare.index(bare.strip())] == bare.strip()
        await pilot.press("vertical_line")
        await until(pilot, lambda: "edges" not in app.lines()[1], "the live ones need no words")
        assert gutters() == live


@pytest.mark.parametrize("key", ["5", "6", "7"])
async def test_chips_name_the_same_edges(run: Any, key: str, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    for n in range(4):
        run.task(f"Task {n}", *(["T1", "T2"] if n == 3 else []))
    run.start("T1")
    run.complete("T1")
    arrow = lines_for(glyphs).earlier

    def named() -> list[str]:
        told = next(line for line in app.tasks() if "Task 3" in line).partition("Task 3")[2]
        return [word for word in told.split() if arrow in word]

    async with app.run_test(size=(150, 16)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T4")
        await pilot.press(key)
        for words in ([f"{arrow}T2"], [f"{arrow}T2", f"({arrow}T1)"], [], [f"{arrow}T2"]):
            await until(pilot, lambda words=words: named() == words, f"{words} are named")  # type: ignore[misc]
            await pilot.press("vertical_line")


async def test_where_the_selected_task_was_found_and_what_was_found_in_it_is_ticked(run: Any, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    run.task("Apart")
    root = run.found_in(None, "Root")
    inner = run.found_in(root, "Inner")
    run.found_in(inner, "Leaf")

    def margin() -> str:
        return "".join(line[0] for line in app.tasks())

    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select(inner)
        await pilot.press("colon")
        await until(pilot, lambda: margin() == f" ^{glyphs.pointer}+", "both are ticked")
        run.found_in(inner, "One more")
        app.view.show(run.state)
        await until(pilot, lambda: margin() == f" ^{glyphs.pointer}++", "so is what came")
        await pilot.press("up")
        await until(pilot, lambda: margin() == f" {glyphs.pointer}+  ", "they follow the cursor")
        await pilot.press("g")
        await until(pilot, lambda: margin() == f"{glyphs.pointer}    ", "a task without kin has none")
        await pilot.press("down", "colon")
        await until(pilot, lambda: margin() == f" {glyphs.pointer}   ", "and the same key takes them away")

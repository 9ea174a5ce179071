"""The other views of the same tasks: none is lost in them, what waits says so, and one selection is shared by all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hephaestus_tui.domain import events as e
from hephaestus_tui.domain.decision import Proposal
from hephaestus_tui.domain.reducer import apply
from hephaestus_tui.domain.state import RunState
from hephaestus_tui.domain.task import Origin, Phase, TaskDraft
from hephaestus_tui.ui.glyphs import ASCII, UNICODE, GlyphSet, Mark
from hephaestus_tui.ui.widgets.dag import DagView
from hephaestus_tui.ui.widgets.dag_chips import Chip, LaidOut, chip_spans
from hephaestus_tui.ui.widgets.dag_focus import MOST, focus
from hephaestus_tui.ui.widgets.dag_gutter import lines_for
from hephaestus_tui.ui.widgets.dag_phases import Phases
from hephaestus_tui.ui.widgets.dag_rows import DagRows
from hephaestus_tui.ui.widgets.dag_tree import DEEPEST, Tree
from hephaestus_tui.ui.widgets.dag_words import Row

Histories = Callable[[str], st.SearchStrategy[list[list[e.Fact]]]]
SIZE = (70, 20)


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


def found_in(run: Any, parent: str | None, title: str = "Found") -> str:
    task_id: str = run.state.next_id()
    draft = TaskDraft(title=title, description="d", rationale="r", phase=Phase.BUILDING, role="qa_tester")
    origin = Origin(task_id=parent, agent_id=f"A{parent}", turn=1, index=0, depth=1) if parent else Origin()
    proposal = Proposal(task_id=task_id, version=1, draft=draft, origin=origin, waits=False, proposed_at=0.0)
    run.fact(e.TaskProposed(proposal=proposal))
    run.decide(task_id)
    return task_id


def finish(run: Any, task_id: str) -> None:
    run.start(task_id)
    run.complete(task_id)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_task_is_lost_in_any_view_and_none_is_twice(histories: Histories, data: st.DataObject) -> None:
    state, rows, seq = RunState(), DagRows(4), 0
    kept = [Tree(rows, state, 60, UNICODE), Phases(rows, 60), Phases(rows, 100)]
    for group in data.draw(histories("r")):
        for fact in group:
            seq += 1
            apply(state, e.Recorded(seq, float(seq), fact))
        changed = rows.update(state).changed
        for view, fresh in zip(
            kept, (Tree(rows, state, 60, UNICODE), Phases(rows, 60), Phases(rows, 100)), strict=True
        ):
            before = [*view.lines]
            moved = view.update(rows, state, changed)
            assert [*view.lines] == [*fresh.lines]
            # the count below what is folded, or in a heading, may change where it stands
            places = [[(c.x, c.task_id) for c in line] for line in before]
            assert moved or [[(c.x, c.task_id) for c in line] for line in view.lines] == places
            for y, line in enumerate(view.lines):
                assert [view.place_of(c.task_id) for c in line if c.task_id] == [
                    (y, n) for n, c in enumerate(line) if c.task_id
                ]
    ids = sorted(row.task_id for row in rows.rows)
    for width in (60, 100):
        columns = Phases(rows, width)
        shown = sorted(c.task_id for line in columns.lines for c in line if c.task_id)
        assert shown == ids
        for line in columns.lines:
            assert all(a.x + a.width < b.x for a, b in pairwise(line))
            assert line[-1].x + line[-1].width <= width
    lines = [*Tree(rows, state, 60, UNICODE).lines]
    below = sum(int(c.after[1:-5].replace(",", "")) for line in lines for c in line if c.after)
    assert len(lines) + below == len(ids)
    for centre in ids:
        for width in (60, 120, 200):
            chips = [c for line in focus(state, centre, width, UNICODE) for c in line if c.task_id]
            assert len({c.task_id for c in chips}) == len(chips)
            middle = next(c for c in chips if c.task_id == centre)
            steps = sorted({c.x for c in chips if c.x < middle.x})
            near = {c.task_id for c in chips if steps and c.x == steps[-1]}
            if len(state.blockers[centre]) <= MOST and near:
                assert near == {*state.blockers[centre]}


def test_a_chip_takes_exactly_its_cells_and_names_what_it_waits_for(run: Any, glyphs: GlyphSet) -> None:
    run.task("a")
    run.task("b")
    run.task("缓存认证查询的结果 👩‍👩‍👧‍👦 \u202edesrever שלום", "T1", "T2")
    row = Row("T3", Mark.BLOCKED, Phase.BUILDING, "缓存认证查询的结果 👩‍👩‍👧‍👦 \u202edesrever שלום", "qa_tester")
    for width in range(60):
        for here in (False, True):
            spans = chip_spans(Chip(0, width, "T3", "  ", "+3 done"), row, run.state, glyphs, here=here)
            assert sum(cell_len(span.text) for span in spans) == width
    text = "".join(span.text for span in chip_spans(Chip(0, 50, "T3"), row, run.state, glyphs, here=False))
    assert f"{lines_for(glyphs).earlier}T1+1" in text


def test_from_chip_to_chip() -> None:
    lines = [
        [Chip(0, 9, None), Chip(10, 9, None)],
        [Chip(0, 9, "T1"), Chip(10, 9, "T2")],
        [Chip(0, 9, "T3"), Chip(10, 9, None)],
        [Chip(0, 9, "T4"), Chip(10, 9, "T5")],
    ]
    chips = LaidOut(lambda state: lines, RunState())
    assert [chips.below("T1", 1), chips.below("T1", 2), chips.below("T1", 9)] == ["T3", "T4", "T4"]
    assert [chips.below("T5", -1), chips.below("T2", -1), chips.below("T9", 1)] == ["T2", None, "T1"]
    assert [chips.beside("T3", 1), chips.beside("T4", 1), chips.beside("T5", 1)] == ["T2", "T5", None]
    assert [chips.at(1, 12), chips.at(1, 9), chips.at(9, 0), chips.first(), chips.last()] == [
        "T2",
        None,
        None,
        "T1",
        "T5",
    ]


async def test_the_tree_folds_what_is_wholly_done_and_caps_its_indent(run: Any, glyphs: GlyphSet) -> None:
    app = Pane(glyphs)
    deep = found_in(run, None, "Root")
    for _ in range(12):
        deep = found_in(run, deep)
    done = found_in(run, None, "All done")
    for _ in range(3):
        finish(run, found_in(run, done))
    finish(run, done)
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        await pilot.press("5")
        await until(pilot, lambda: "+3 done" in app.text)
        assert "T15 " not in app.text
        lines = app.lines()
        columns = [next(line.index(f"T{n} ") for line in lines if f"T{n} " in line) for n in range(1, 14)]
        assert columns[1] - columns[0] == 2
        assert columns[DEEPEST] - columns[0] == 2 * DEEPEST
        assert columns[12] - columns[0] <= 2 * DEEPEST + 3
        assert ("..12" if glyphs is ASCII else "‥12") in app.text


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_one_selection_is_shared_by_all_views(run: Any, width: int) -> None:
    app = Pane()
    for n in range(60):
        run.task(f"Task {n}", *([f"T{n - 3}"] if n > 3 else []))
    async with app.run_test(size=(width, 20)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T30")
        await until(pilot, lambda: "T30" in app.text)
        before = app.lines()
        for key in ("5", "6", "7", "4"):
            await pilot.press(key)
            await until(pilot, lambda: any(UNICODE.pointer in line and "T30 " in line for line in app.lines()))
            assert app.view.selected == "T30"
            assert {cell_len(line) for line in app.lines()} == {width}
        assert app.lines() == before
        await pilot.press("6", "left", "enter")
        await until(pilot, lambda: app.view.selected == "T26")
        await pilot.press("right")
        await until(pilot, lambda: app.view.selected == "T30")
        run.task("New", "T30")
        app.view.show(run.state)
        await pilot.press("enter")
        await until(pilot, lambda: "T61" in app.text)
        await pilot.press("7", "end")
        assert app.view.selected == "T4"  # the last that is ready, after all that is blocked
        await pilot.click(DagView, offset=(3, 6))
        await until(pilot, lambda: app.view.selected not in ("T4", None))


@pytest.mark.parametrize("width", [53, 105])
async def test_the_focus_says_titles_in_full(run: Any, width: int) -> None:
    app = Pane()
    run.task("Count the words of every")
    run.task("Write the table of results", "T1")
    async with app.run_test(size=(width, 20)) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T2")
        await pilot.press("6")
        await until(pilot, lambda: "Count the words of every" in app.text and "Write the table of results" in app.text)
        assert "nothing waits for it" in app.text
        assert "it waits for " in app.text


async def test_nothing_is_well_with_no_tasks_or_one(run: Any) -> None:
    app = Pane()
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        await pilot.press(*"567I", "C", "backslash", "less_than_sign", "left", "Z", "F", "enter", "4")
        run.task("Alone")
        app.view.show(run.state)
        for key in "5674":
            await pilot.press(key)
            await until(pilot, lambda: "Alone" in app.text)


@pytest.mark.parametrize("key", ["5", "7"])
async def test_what_arrives_scrolls_no_other_view_and_parts_are_shown_in_it(run: Any, key: str) -> None:
    app = Pane()
    for n in range(60):
        run.task(f"Task {n}")
    for n in range(1, 21):
        finish(run, f"T{n}")
    async with app.run_test(size=SIZE) as pilot:
        app.view.show(run.state)
        app.view.focus()
        app.view.select("T60")
        await pilot.press(key, "up")
        selected = app.view.selected
        await until(pilot, lambda: f"{selected} " in app.text)
        place = app.view.scroll_offset.y
        for n in range(21, 40):
            finish(run, f"T{n}")
            run.task("More")
            app.view.show(run.state)
        await pilot.pause()
        assert any(UNICODE.pointer in line and f"{selected} " in line for line in app.lines())
        if key == "5":  # by phase, what is ready comes before what is done
            assert app.view.scroll_offset.y == place
        await pilot.press("I")
        await until(pilot, lambda: f"around {selected}" in app.text)
        assert sum("Task" in line for line in app.lines()) == 1
        await pilot.press("I", "4")
        await until(pilot, lambda: any(UNICODE.pointer in line for line in app.lines()))
        await pilot.resize_terminal(100, SIZE[1])
        await until(pilot, lambda: app.view.size.width == 100)
        await pilot.press(key)
        finish(run, "T50")
        app.view.show(run.state)
        await until(pilot, lambda: "40 done" in app.lines()[0])
